extension Wire {
    /// One action of a definition (ActionDeclaration).
    package struct ActionDeclaration: Hashable, Sendable, Decodable {
        /// The action's name.
        package let name: String?
        /// The category and provider of the action.
        package let actionTypeId: ActionTypeID?
        /// Actions with the same number run in parallel; default 1.
        package let runOrder: Int?
        /// The Region that it runs in, where it is not the pipeline's.
        package let region: String?
        /// The change set settings of its configuration; nothing else of it is kept.
        package let configuration: ChangeSetConfiguration?
    }
}
