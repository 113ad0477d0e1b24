package import CodePipelineClient

// The client names its types after AWS's, as the core does: here they get names of their own.
// This file must not import the core, or the names below would be ambiguous.

/// The client's `PipelineState`.
package typealias WireState = PipelineState
/// The client's `StageState`.
package typealias WireStage = StageState
/// The client's `StageExecution`.
package typealias WireStageExecution = StageExecution
/// The client's `ActionState`.
package typealias WireActionState = ActionState
/// The client's `PipelineDefinition`.
package typealias WireDefinition = PipelineDefinition
/// The client's `StageDeclaration`.
package typealias WireStageDeclaration = StageDeclaration
/// The client's `ChangeSetConfiguration`.
package typealias WireChangeSetConfiguration = ChangeSetConfiguration
/// The client's `ActionExecutionDetail`.
package typealias WireActionDetail = ActionExecutionDetail
/// The client's `PipelineExecutionSummary`.
package typealias WireExecutionSummary = PipelineExecutionSummary
/// The client's `PipelineExecutionStatus`.
package typealias WirePipelineExecutionStatus = PipelineExecutionStatus
/// The client's `StageExecutionStatus`.
package typealias WireStageStatus = StageExecutionStatus
/// The client's `ActionExecutionStatus`.
package typealias WireActionStatus = ActionExecutionStatus
/// The client's `ExecutionType`.
package typealias WireExecutionType = ExecutionType
/// The client's `ExecutionMode`.
package typealias WireExecutionMode = ExecutionMode
/// The client's `FailureResult`.
package typealias WireFailureResult = FailureResult
/// The client's `StageConditionState`.
package typealias WireStageConditions = StageConditionState
/// The client's `ConditionExecution`.
package typealias WireConditionExecution = ConditionExecution
/// The client's `ConditionStatus`.
package typealias WireConditionStatus = ConditionStatus
/// The client's `ReadError`.
package typealias WireReadError = ReadError
/// The client's `RetryAnswer`.
package typealias WireRetryAnswer = RetryAnswer
/// The client's `RetryRefusal`.
package typealias WireRefusal = RetryRefusal
/// The client itself.
package typealias WireClient = CodePipelineClient
