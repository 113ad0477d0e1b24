extension Wire {
    /// One stage of a definition (StageDeclaration).
    package struct StageDeclaration: Hashable, Sendable, Decodable {
        /// The stage's name.
        package let name: String?
        /// Its actions in order.
        package let actions: [ActionDeclaration]
        /// What the pipeline does itself when the stage fails.
        package let onFailure: FailureConditions?

        private enum CodingKeys: String, CodingKey {
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
