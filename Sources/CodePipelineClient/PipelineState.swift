package import RetryCore

/// What GetPipelineState answers: every stage with its last execution.
package struct PipelineState: Hashable, Sendable, Decodable {
    /// The pipeline's name.
    package let pipelineName: String?
    /// The version of the definition; counts up with every edit.
    package let pipelineVersion: Int?
    /// The stages in order.
    package let stageStates: [StageState]
    /// When the pipeline was created.
    package let created: WallTime?
    /// When its definition was last changed.
    package let updated: WallTime?

    private enum CodingKeys: String, CodingKey {
        case pipelineName, pipelineVersion, stageStates, created, updated
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        pipelineName = try members.value(.pipelineName)
        pipelineVersion = try members.value(.pipelineVersion)
        stageStates = try members.list(.stageStates)
        created = try members.time(.created)
        updated = try members.time(.updated)
    }
}

/// One stage of a pipeline (StageState).
package struct StageState: Hashable, Sendable, Decodable {
    /// The stage's name.
    package let stageName: String?
    /// The execution that reached the stage last; absent when none did.
    package let latestExecution: StageExecution?
    /// The execution that waits to enter.
    package let inboundExecution: StageExecution?
    /// All executions that wait to enter.
    package let inboundExecutions: [StageExecution]
    /// The gate into the stage.
    package let inboundTransitionState: TransitionState?
    /// The actions in order.
    package let actionStates: [ActionState]
    /// The conditions before the stage.
    package let beforeEntryConditionState: StageConditionState?
    /// The conditions after a success.
    package let onSuccessConditionState: StageConditionState?
    /// The conditions after a failure.
    package let onFailureConditionState: StageConditionState?
    /// How often the stage was repeated; absent before the first time.
    package let retryStageMetadata: RetryStageMetadata?

    private enum CodingKeys: String, CodingKey {
        case stageName, latestExecution, inboundExecution, inboundExecutions
        case inboundTransitionState, actionStates, beforeEntryConditionState
        case onSuccessConditionState, onFailureConditionState, retryStageMetadata
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        stageName = try members.value(.stageName)
        latestExecution = try members.value(.latestExecution)
        inboundExecution = try members.value(.inboundExecution)
        inboundExecutions = try members.list(.inboundExecutions)
        inboundTransitionState = try members.value(.inboundTransitionState)
        actionStates = try members.list(.actionStates)
        beforeEntryConditionState = try members.value(.beforeEntryConditionState)
        onSuccessConditionState = try members.value(.onSuccessConditionState)
        onFailureConditionState = try members.value(.onFailureConditionState)
        retryStageMetadata = try members.value(.retryStageMetadata)
    }
}

/// An execution in a stage or before it (StageExecution).
package struct StageExecution: Hashable, Sendable, Decodable {
    /// The pipeline execution.
    package let pipelineExecutionId: String?
    /// How it stands in this stage.
    package let status: StageExecutionStatus?
    /// What it is for; absent in old answers.
    package let type: ExecutionType?
}

/// The gate into a stage (TransitionState).
package struct TransitionState: Hashable, Sendable, Decodable {
    /// Whether executions may pass.
    package let enabled: Bool?
    /// Who changed it last.
    package let lastChangedBy: String?
    /// When it was changed last.
    package let lastChangedAt: WallTime?
    /// Why it is closed.
    package let disabledReason: String?

    private enum CodingKeys: String, CodingKey {
        case enabled, lastChangedBy, lastChangedAt, disabledReason
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        enabled = try members.value(.enabled)
        lastChangedBy = try members.value(.lastChangedBy)
        lastChangedAt = try members.time(.lastChangedAt)
        disabledReason = try members.value(.disabledReason)
    }
}

/// How often a stage was repeated in its execution (RetryStageMetadata).
package struct RetryStageMetadata: Hashable, Sendable, Decodable {
    /// Repetitions by the stage's own configuration; at most one is allowed.
    package let autoStageRetryAttempt: Int?
    /// Repetitions by RetryStageExecution, by whomever.
    package let manualStageRetryAttempt: Int?
    /// Who repeated it last.
    package let latestRetryTrigger: RetryTrigger?
}
