package import WireFormats

extension Wire {
    /// One action of a stage (ActionState).
    package struct ActionState: Hashable, Sendable, Decodable {
        /// The action's name.
        package private(set) var actionName: String?
        /// Its last execution; it may be of an older pipeline execution than the stage's.
        package private(set) var latestExecution: ActionExecution?
        /// Where the action's resource is shown.
        package private(set) var entityUrl: String?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case actionName, latestExecution, entityUrl
        }
    }
}

extension Wire.ActionState: JSONReadable {
    private static let members = JSONMembers(of: CodingKeys.self)

    package init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .actionName: actionName = try reader.string()
            case .latestExecution: latestExecution = try reader.value()
            case .entityUrl: entityUrl = try reader.string()
            }
        }
    }
}
