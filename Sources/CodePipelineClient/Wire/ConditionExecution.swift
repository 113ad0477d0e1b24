package import WireFormats

extension Wire {
    /// One run of a condition (ConditionExecution, StageConditionsExecution).
    package struct ConditionExecution: Hashable, Sendable, Decodable {
        /// Its status.
        package private(set) var status: ConditionStatus?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case status
        }
    }
}

extension Wire.ConditionExecution: JSONReadable {
    private static let members = JSONMembers(of: CodingKeys.self)

    package init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .status: status = try reader.name()
            }
        }
    }
}
