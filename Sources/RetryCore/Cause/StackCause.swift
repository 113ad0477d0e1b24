/// What CloudFormation says beside the reason of the first failed resource.
package struct StackCause: Hashable, Sendable {
    /// The fate of the change set that the action executes.
    package enum ChangeSet: String, Hashable, Sendable {
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

    /// Whether no retry can update the stack: somebody has to delete or repair it first.
    ///
    /// Two modes of the action do that themselves (CodePipeline User Guide, CloudFormation action).
    var isStuck: Bool {
        guard let status, StackCause.stuck.contains(status) else { return false }
        return actionMode.map(StackCause.mending.contains) != true
    }

    /// Statuses that end an update for good.
    static let stuck: Set<String> = [
        "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED", "UPDATE_ROLLBACK_FAILED",
        "REVIEW_IN_PROGRESS",
    ]
    private static let mending: Set<String> = ["REPLACE_ON_FAILURE", "DELETE_ONLY"]

    /// Creates it; everything may be unknown, and texts are cleaned as those of ``RootCause``.
    package init(
        resourceType: String? = nil,
        status: String? = nil,
        actionMode: String? = nil,
        changeSet: ChangeSet? = nil
    ) {
        func name(_ text: String?) -> String? {
            text.flatMap { CauseText.line($0, limit: RootCause.nameLimit) }
        }
        self.resourceType = name(resourceType)
        self.status = name(status)
        self.actionMode = name(actionMode)
        self.changeSet = changeSet
    }
}
