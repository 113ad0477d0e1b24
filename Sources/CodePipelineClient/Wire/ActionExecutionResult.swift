extension Wire {
    /// A provider's result of its run (ActionExecutionResult).
    package struct ActionExecutionResult: Hashable, Sendable, Decodable {
        /// The provider's text.
        package let externalExecutionSummary: String?
        /// Where the run is shown.
        package let externalExecutionUrl: String?
        /// Why it failed.
        package let errorDetails: ErrorDetails?
    }
}
