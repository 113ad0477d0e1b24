extension Wire {
    /// What an execution is for (CodePipeline API, ExecutionType).
    package enum ExecutionType: WireEnum {
        /// A new revision goes through.
        case standard
        /// An old revision comes back.
        case rollback
        /// A name that this program does not know.
        case unknown(String)

        package static let known: [String: ExecutionType] = [
            "STANDARD": .standard, "ROLLBACK": .rollback,
        ]
    }
}
