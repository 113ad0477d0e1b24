package import WireFormats

extension Wire {
    /// Why an action failed (ErrorDetails).
    package struct ErrorDetails: Hashable, Sendable, Decodable {
        /// A code such as `JobFailed`; not a closed list.
        package private(set) var code: String?
        /// The text, up to 5000 characters.
        package private(set) var message: String?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case code, message
        }
    }
}

extension Wire.ErrorDetails: JSONReadable {
    private static let members = JSONMembers(of: CodingKeys.self)

    package init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .code: code = try reader.string()
            case .message: message = try reader.string()
            }
        }
    }
}
