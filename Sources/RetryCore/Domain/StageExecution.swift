import Primitives

/// `StageState.latestExecution`, or what an execution's history says of the stage.
package struct StageExecution: Hashable, Sendable {
    /// The pipeline execution.
    package var id: ExecutionID
    /// The stage's status in it.
    package var status: StageStatus
    /// Whether it is a rollback; standard when the answer has no type.
    package var type: ExecutionType

    /// The execution's own mode, where the stage was put together from the execution's history;
    /// nil where GetPipelineState shows the stage.
    package var historyMode: ExecutionMode?

    /// Creates an execution.
    package init(
        id: ExecutionID,
        status: StageStatus,
        type: ExecutionType = .standard,
        historyMode: ExecutionMode? = nil
    ) {
        self.id = id
        self.status = status
        self.type = type
        self.historyMode = historyMode
    }
}
