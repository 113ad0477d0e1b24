extension Wire {
    /// The purpose of an execution (CodePipeline API, ExecutionType).
    package enum ExecutionType: WireEnum {
        /// A new revision runs through the pipeline.
        case standard
        /// An old revision is restored.
        case rollback
        /// A name that this program does not know.
        case unknown(String)

        package static let known: [String: ExecutionType] = [
            "STANDARD": .standard, "ROLLBACK": .rollback,
        ]
    }
}
