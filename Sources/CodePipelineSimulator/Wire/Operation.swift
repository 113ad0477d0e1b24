/// The operations that the simulator serves.
package enum Operation: String, Hashable, Sendable, CaseIterable {
    /// The state of a pipeline's stages.
    case getPipelineState = "GetPipelineState"
    /// The retry of a stage.
    case retryStageExecution = "RetryStageExecution"
    /// A pipeline's definition.
    case getPipeline = "GetPipeline"
    /// All pipelines.
    case listPipelines = "ListPipelines"
    /// One execution.
    case getPipelineExecution = "GetPipelineExecution"
    /// The executions of a pipeline.
    case listPipelineExecutions = "ListPipelineExecutions"
    /// The action runs of a pipeline.
    case listActionExecutions = "ListActionExecutions"
    /// The start of an execution.
    case startPipelineExecution = "StartPipelineExecution"
    /// The stop of an execution.
    case stopPipelineExecution = "StopPipelineExecution"
    /// The answer to an approval.
    case putApprovalResult = "PutApprovalResult"
    /// A new version of a definition.
    case updatePipeline = "UpdatePipeline"
    /// Closes the gate into a stage.
    case disableStageTransition = "DisableStageTransition"
    /// Opens the gate into a stage.
    case enableStageTransition = "EnableStageTransition"
    /// Rolls a stage back.
    case rollbackStage = "RollbackStage"

    /// Whether the operation changes nothing.
    package var isRead: Bool {
        switch self {
        case .getPipelineState, .getPipeline, .listPipelines, .getPipelineExecution,
            .listPipelineExecutions, .listActionExecutions:
            true
        case .retryStageExecution, .startPipelineExecution, .stopPipelineExecution,
            .putApprovalResult, .updatePipeline, .disableStageTransition,
            .enableStageTransition, .rollbackStage:
            false
        }
    }
}
