extension Wire {
    /// One action of a definition (ActionDeclaration).
    package struct ActionDeclaration: Hashable, Sendable, Decodable {
        /// The action's name.
        package let name: String?
        /// What it does and with what.
        package let actionTypeId: ActionTypeID?
        /// Actions of one number run at once; default 1.
        package let runOrder: Int?
        /// The Region that it runs in, where it is not the pipeline's.
        package let region: String?
        /// What its configuration says of change sets; nothing else of it is kept.
        package let configuration: ChangeSetConfiguration?
    }
}
