extension Wire {
    /// How executions of a pipeline meet (CodePipeline API, ExecutionMode).
    package enum ExecutionMode: WireEnum {
        /// One after the other.
        case queued
        /// A newer one overtakes.
        case superseded
        /// Independently.
        case parallel
        /// A name that this program does not know.
        case unknown(String)

        package static let known: [String: ExecutionMode] = [
            "QUEUED": .queued, "SUPERSEDED": .superseded, "PARALLEL": .parallel,
        ]
    }
}
