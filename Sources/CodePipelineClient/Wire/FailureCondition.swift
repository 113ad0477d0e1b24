extension Wire {
    /// One condition of a stage's failure (Condition).
    package struct FailureCondition: Hashable, Sendable, Decodable {
        /// What the pipeline does when the condition is not met.
        package let result: FailureResult?
    }
}
