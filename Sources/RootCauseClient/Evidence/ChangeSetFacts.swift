/// What CloudFormation knows of a change set.
package struct ChangeSetFacts: Hashable, Sendable {
    /// Its name.
    package var name: String
    /// Whether it is there; false: it was executed and is gone, or was never created.
    package var exists: Bool
    /// Its status, such as `CREATE_COMPLETE` or `FAILED`.
    package var status: String?
    /// Whether it can be executed: `AVAILABLE`, or why not, such as `EXECUTE_FAILED`.
    package var executionStatus: String?
    /// Why it has its status.
    package var reason: String?

    /// Creates facts of a change set.
    package init(
        name: String,
        exists: Bool,
        status: String? = nil,
        executionStatus: String? = nil,
        reason: String? = nil
    ) {
        self.name = name
        self.exists = exists
        self.status = status
        self.executionStatus = executionStatus
        self.reason = reason
    }
}
