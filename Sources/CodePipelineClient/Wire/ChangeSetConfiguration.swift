extension Wire {
    /// The keys of an action's configuration that are about CloudFormation's change sets.
    package struct ChangeSetConfiguration: Hashable, Sendable, Decodable {
        /// The mode of the action, such as `CHANGE_SET_EXECUTE`.
        package let actionMode: String?
        /// The change set that it creates or executes.
        package let changeSetName: String?
        /// The stack that it works on.
        package let stackName: String?

        private enum CodingKeys: String, CodingKey {
            case actionMode = "ActionMode"
            case changeSetName = "ChangeSetName"
            case stackName = "StackName"
        }

        /// Takes the keys from a configuration as ListActionExecutions gives it.
        package init(_ configuration: [String: String]) {
            actionMode = configuration[CodingKeys.actionMode.rawValue]
            changeSetName = configuration[CodingKeys.changeSetName.rawValue]
            stackName = configuration[CodingKeys.stackName.rawValue]
        }
    }
}
