/// What the service that ran a failed action knows of the failure, as it says it.
///
/// Texts are those of the service: bounded, and neither cleaned nor redacted. What they mean is
/// decided elsewhere.
package struct CauseEvidence: Hashable, Sendable {
    /// The action's provider, such as `CodeBuild`; empty when files alone were read.
    package var provider: String
    /// What ran the action: project and build, stack, deployment, service, log stream.
    package var resource: String?
    /// Where it failed: the build phase, the operation of the stack, the life cycle's stage.
    package var phase: String?
    /// The status of what failed, such as `TIMED_OUT` or `CREATE_FAILED`.
    package var status: String?
    /// The service's error code, such as `COMMAND_EXECUTION_ERROR` or `Throttling`.
    package var code: String?
    /// The service's text; at most 8 KiB.
    package var message: String?
    /// The failed resource of a stack, such as `AWS::S3::Bucket`.
    package var resourceType: String?
    /// The failed resource's name in its template.
    package var logicalID: String?
    /// The action's mode, such as `CHANGE_SET_EXECUTE`.
    package var actionMode: String?
    /// The status of the stack, such as `ROLLBACK_COMPLETE`.
    package var stackStatus: String?
    /// The change set that the action creates or executes.
    package var changeSet: ChangeSetFacts?
    /// The lifecycle event of a deployment that failed first.
    package var lifecycleEvent: String?
    /// The code of that event's script, such as `ScriptFailed`; ``code`` is the deployment's.
    package var diagnosticCode: String?
    /// Why a task stopped, such as `TaskFailedToStart`.
    package var stopCode: String?
    /// The exit code of the container or command.
    package var exitCode: Int?
    /// The last lines of the log, oldest first.
    package var logLines: [String] = []
    /// A link for people.
    package var consoleURL: String?
    /// Whether the user's own code ran; false: it never began; nil: unknown.
    package var ranUserCode: Bool?
    /// What the service does about it by itself; nil: nothing that was seen.
    package var activity: ProviderActivity?
    /// What could not be read, in order.
    package var gaps: [CauseGap] = []

    /// Creates evidence without any facts.
    package init(provider: String = "") {
        self.provider = provider
    }

    /// Whether the service said anything of the failure.
    package var isKnown: Bool {
        let texts = [phase, status, code, message, resourceType, stackStatus, stopCode]
        return texts.contains { $0 != nil } || changeSet != nil || exitCode != nil
            || !logLines.isEmpty || activity != nil
    }
}

/// What a service does about a failure by itself.
package enum ProviderActivity: Hashable, Sendable {
    /// It repeats what failed: CodeBuild's own retry.
    case retrying
    /// It returns to what was before: a stack, a deployment or a service.
    case rollingBack
}
