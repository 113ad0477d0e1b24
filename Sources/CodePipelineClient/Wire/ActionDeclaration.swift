package import WireFormats

extension Wire {
    /// One action of a definition (ActionDeclaration).
    package struct ActionDeclaration: Hashable, Sendable, Decodable {
        /// The action's name.
        package private(set) var name: String?
        /// The category and provider of the action.
        package private(set) var actionTypeId: ActionTypeID?
        /// Actions with the same number run in parallel; default 1.
        package private(set) var runOrder: Int?
        /// The Region that it runs in, where it is not the pipeline's.
        package private(set) var region: String?
        /// The change set settings of its configuration; nothing else of it is kept.
        package private(set) var configuration: ChangeSetConfiguration?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case name, actionTypeId, runOrder, region, configuration
        }
    }
}

extension Wire.ActionDeclaration: JSONReadable {
    private static let members = JSONMembers(of: CodingKeys.self)

    package init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .name: name = try reader.string()
            case .actionTypeId: actionTypeId = try reader.value()
            case .runOrder: runOrder = try reader.int()
            case .region: region = try reader.string()
            case .configuration: configuration = try reader.value()
            }
        }
    }
}
