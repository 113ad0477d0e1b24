extension Wire {
    /// The category and provider of an action (ActionTypeId).
    package struct ActionTypeID: Hashable, Sendable, Decodable {
        /// The kind of work.
        package let category: ActionCategory?
        /// The provider, such as `CodeBuild` or `Manual`.
        package let provider: String?
        /// The version of the action type.
        package let version: String?
    }
}
