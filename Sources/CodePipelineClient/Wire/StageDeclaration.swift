package import WireFormats

extension Wire {
    /// One stage of a definition (StageDeclaration).
    package struct StageDeclaration: Hashable, Sendable, Decodable {
        /// The stage's name.
        package private(set) var name: String?
        /// Its actions in order.
        package private(set) var actions: [ActionDeclaration] = []
        /// What the pipeline does itself when the stage fails.
        package private(set) var onFailure: FailureConditions?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case name, actions, onFailure
        }

        package init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            name = try members.value(.name)
            actions = try members.list(.actions)
            onFailure = try members.value(.onFailure)
        }
    }
}

extension Wire.StageDeclaration: JSONReadable {
    private static let members = JSONMembers(of: CodingKeys.self)

    package init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .name: name = try reader.string()
            case .actions: actions = try reader.list()
            case .onFailure: onFailure = try reader.value()
            }
        }
    }
}
