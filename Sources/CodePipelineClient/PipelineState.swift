package import Primitives

/// What GetPipelineState answers: every stage with its last execution.
///
/// Of AWS's members those are left out that nothing here looks at. Each type is read in two ways
/// that agree: from a decoder, and from a ``JSONReader``, which is many times quicker.
package struct PipelineState: Hashable, Sendable, Decodable {
    /// The pipeline's name.
    package private(set) var pipelineName: String?
    /// The version of the definition; counts up with every edit.
    package private(set) var pipelineVersion: Int?
    /// The stages in order.
    package private(set) var stageStates: [StageState] = []
    /// Whether the answer has `stageStates` at all; without it nothing is known of any stage.
    package private(set) var hasStages = false
    /// When the pipeline was created.
    package private(set) var created: WallTime?
    /// When its definition was last changed.
    package private(set) var updated: WallTime?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case pipelineName, pipelineVersion, stageStates, created, updated
    }

    private struct AnyStage: Decodable {}

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        pipelineName = try members.value(.pipelineName)
        pipelineVersion = try members.value(.pipelineVersion)
        stageStates = try members.list(.stageStates)
        hasStages = try members.value(.stageStates, of: [AnyStage?].self) != nil
        created = try members.time(.created)
        updated = try members.time(.updated)
    }
}

extension PipelineState: JSONReadable {
    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(JSONDoubt) {
        var cursor = try reader.object()
        while let member = try reader.member(PipelineState.members, &cursor) {
            switch member {
            case .pipelineName: pipelineName = try reader.string()
            case .pipelineVersion: pipelineVersion = try reader.int()
            case .stageStates:
                hasStages = true
                stageStates = try reader.list()
            case .created: created = try reader.time()
            case .updated: updated = try reader.time()
            }
        }
    }
}

/// One stage of a pipeline (StageState).
package struct StageState: Hashable, Sendable, Decodable {
    /// The stage's name.
    package private(set) var stageName: String?
    /// The execution that reached the stage last; absent when none did.
    package private(set) var latestExecution: StageExecution?
    /// The execution that waits to enter.
    package private(set) var inboundExecution: StageExecution?
    /// All executions that wait to enter.
    package private(set) var inboundExecutions: [StageExecution] = []
    /// The gate into the stage.
    package private(set) var inboundTransitionState: TransitionState?
    /// The actions in order.
    package private(set) var actionStates: [ActionState] = []
    /// The conditions before the stage.
    package private(set) var beforeEntryConditionState: StageConditionState?
    /// The conditions after a success.
    package private(set) var onSuccessConditionState: StageConditionState?
    /// The conditions after a failure.
    package private(set) var onFailureConditionState: StageConditionState?
    /// How often the stage was repeated; absent before the first time.
    package private(set) var retryStageMetadata: RetryStageMetadata?

    private enum CodingKeys: String, CodingKey, CaseIterable {
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

extension StageState: JSONReadable {
    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(JSONDoubt) {
        var cursor = try reader.object()
        while let member = try reader.member(StageState.members, &cursor) {
            switch member {
            case .stageName: stageName = try reader.string()
            case .latestExecution: latestExecution = try reader.value()
            case .inboundExecution: inboundExecution = try reader.value()
            case .inboundExecutions: inboundExecutions = try reader.list()
            case .inboundTransitionState: inboundTransitionState = try reader.value()
            case .actionStates: actionStates = try reader.list()
            case .beforeEntryConditionState: beforeEntryConditionState = try reader.value()
            case .onSuccessConditionState: onSuccessConditionState = try reader.value()
            case .onFailureConditionState: onFailureConditionState = try reader.value()
            case .retryStageMetadata: retryStageMetadata = try reader.value()
            }
        }
    }
}

/// An execution in a stage or before it (StageExecution).
package struct StageExecution: Hashable, Sendable, Decodable {
    /// The pipeline execution.
    package private(set) var pipelineExecutionId: String?
    /// How it stands in this stage.
    package private(set) var status: StageExecutionStatus?
    /// What it is for; absent in old answers.
    package private(set) var type: ExecutionType?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case pipelineExecutionId, status, type
    }
}

extension StageExecution: JSONReadable {
    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(JSONDoubt) {
        var cursor = try reader.object()
        while let member = try reader.member(StageExecution.members, &cursor) {
            switch member {
            case .pipelineExecutionId: pipelineExecutionId = try reader.string()
            case .status: status = try reader.name()
            case .type: type = try reader.name()
            }
        }
    }
}

/// The gate into a stage (TransitionState).
package struct TransitionState: Hashable, Sendable, Decodable {
    /// Whether executions may pass.
    package private(set) var enabled: Bool?
    /// Why it is closed.
    package private(set) var disabledReason: String?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case enabled, disabledReason
    }
}

extension TransitionState: JSONReadable {
    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(JSONDoubt) {
        var cursor = try reader.object()
        while let member = try reader.member(TransitionState.members, &cursor) {
            switch member {
            case .enabled: enabled = try reader.bool()
            case .disabledReason: disabledReason = try reader.string()
            }
        }
    }
}

/// How often a stage was repeated in its execution (RetryStageMetadata).
package struct RetryStageMetadata: Hashable, Sendable, Decodable {
    /// Repetitions by the stage's own configuration; at most one is allowed.
    package private(set) var autoStageRetryAttempt: Int?
    /// Repetitions by RetryStageExecution, by whomever.
    package private(set) var manualStageRetryAttempt: Int?
    /// Who repeated it last.
    package private(set) var latestRetryTrigger: RetryTrigger?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case autoStageRetryAttempt, manualStageRetryAttempt, latestRetryTrigger
    }
}

extension RetryStageMetadata: JSONReadable {
    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(JSONDoubt) {
        var cursor = try reader.object()
        while let member = try reader.member(RetryStageMetadata.members, &cursor) {
            switch member {
            case .autoStageRetryAttempt: autoStageRetryAttempt = try reader.int()
            case .manualStageRetryAttempt: manualStageRetryAttempt = try reader.int()
            case .latestRetryTrigger: latestRetryTrigger = try reader.name()
            }
        }
    }
}
