import Primitives

/// `StageState.latestExecution`.
package struct StageExecution: Hashable, Sendable {
    /// The pipeline execution.
    package var id: ExecutionID
    /// The stage's status in it.
    package var status: StageStatus
    /// Whether it is a rollback; standard when the answer has no type.
    package var type: ExecutionType

    /// Creates an execution.
    package init(id: ExecutionID, status: StageStatus, type: ExecutionType = .standard) {
        self.id = id
        self.status = status
        self.type = type
    }
}
