package import WireFormats

extension Wire {
    /// One condition (ConditionState).
    package struct ConditionState: Hashable, Sendable, Decodable {
        /// Its last run.
        package private(set) var latestExecution: ConditionExecution?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case latestExecution
        }

        package init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            latestExecution = try members.value(.latestExecution)
        }
    }
}

extension Wire.ConditionState: JSONReadable {
    private static let members = JSONMembers(of: CodingKeys.self)

    package init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .latestExecution: latestExecution = try reader.value()
            }
        }
    }
}
