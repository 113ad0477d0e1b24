package import WireFormats

extension Wire {
    /// The conditions at one position of a stage (StageConditionState).
    package struct StageConditionState: Hashable, Sendable, Decodable {
        /// The conditions' last run as a whole.
        package private(set) var latestExecution: ConditionExecution?
        /// Each condition.
        package private(set) var conditionStates: [ConditionState] = []

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case latestExecution, conditionStates
        }

        package init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            latestExecution = try members.value(.latestExecution)
            conditionStates = try members.list(.conditionStates)
        }
    }
}

extension Wire.StageConditionState: JSONReadable {
    private static let members = JSONMembers(of: CodingKeys.self)

    package init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .latestExecution: latestExecution = try reader.value()
            case .conditionStates: conditionStates = try reader.list()
            }
        }
    }
}
