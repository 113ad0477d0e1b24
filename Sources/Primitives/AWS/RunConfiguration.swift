/// The part of an action's resolved configuration that says what ran.
package enum RunConfiguration {
    /// The keys that are kept; no other value is needed, and some are secrets.
    package static let keys: Set<String> = [
        "ActionMode", "ApplicationName", "CallAs", "ChangeSetName", "ClusterName",
        "DeploymentGroupName", "EnvironmentName", "ProjectName", "ServiceName", "StackName",
        "StackSetName", "StateMachineArn",
    ]
}
