package import WireFormats

extension Wire {
    /// The gate into a stage (TransitionState).
    package struct TransitionState: Hashable, Sendable, Decodable {
        /// Whether executions may pass.
        package private(set) var enabled: Bool?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case enabled
        }
    }
}

extension Wire.TransitionState: JSONReadable {
    private static let members = JSONMembers(of: CodingKeys.self)

    package init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .enabled: enabled = try reader.bool()
            }
        }
    }
}
