/// What CloudFormation says beside the reason of the first failed resource.
package struct StackCause: Hashable, Sendable {
    /// The fate of the change set that the action executes.
    package enum ChangeSet: Hashable, Sendable {
        /// It is still there: its execution never began.
        case available
        /// It was executed, or somebody deleted it.
        case gone
    }

    /// The type of the resource that failed first, such as `AWS::Lambda::Function`.
    package var resourceType: String?
    /// The stack's status after the failure, such as `UPDATE_ROLLBACK_COMPLETE`.
    package var status: String?
    /// The action's `ActionMode`, such as `CREATE_UPDATE`.
    package var actionMode: String?
    /// The action's change set; nil: it has none, or its fate is not known.
    package var changeSet: ChangeSet?

    /// Creates it; everything may be unknown.
    package init(
        resourceType: String? = nil,
        status: String? = nil,
        actionMode: String? = nil,
        changeSet: ChangeSet? = nil
    ) {
        self.resourceType = resourceType
        self.status = status
        self.actionMode = actionMode
        self.changeSet = changeSet
    }
}
