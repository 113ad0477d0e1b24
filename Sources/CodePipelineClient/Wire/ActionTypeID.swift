package import WireFormats

extension Wire {
    /// The category and provider of an action (ActionTypeId).
    package struct ActionTypeID: Hashable, Sendable, Decodable {
        /// The kind of work.
        package private(set) var category: ActionCategory?
        /// The provider, such as `CodeBuild` or `Manual`.
        package private(set) var provider: String?
        /// The version of the action type.
        package private(set) var version: String?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case category, provider, version
        }
    }
}

extension Wire.ActionTypeID: JSONReadable {
    private static let members = JSONMembers(of: CodingKeys.self)

    package init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .category: category = try reader.name()
            case .provider: provider = try reader.string()
            case .version: version = try reader.string()
            }
        }
    }
}
