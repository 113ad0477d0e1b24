package import WireFormats

extension Wire {
    /// One condition of a stage's failure (Condition).
    package struct FailureCondition: Hashable, Sendable, Decodable {
        /// What the pipeline does when the condition is not met.
        package private(set) var result: FailureResult?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case result
        }
    }
}

extension Wire.FailureCondition: JSONReadable {
    private static let members = JSONMembers(of: CodingKeys.self)

    package init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .result: result = try reader.name()
            }
        }
    }
}
