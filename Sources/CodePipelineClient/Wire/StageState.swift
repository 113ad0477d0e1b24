package import WireFormats

extension Wire {
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
}

extension Wire.StageState: JSONReadable {
    private static let members = JSONMembers(of: CodingKeys.self)

    package init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
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
