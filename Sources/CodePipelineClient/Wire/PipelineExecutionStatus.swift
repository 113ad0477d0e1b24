extension Wire {
    /// The status of a pipeline's execution (CodePipeline API, PipelineExecutionStatus).
    package enum PipelineExecutionStatus: WireEnum {
        /// The definition was updated.
        case cancelled
        /// It runs.
        case inProgress
        /// Somebody stopped it.
        case stopped
        /// It is being stopped.
        case stopping
        /// It succeeded.
        case succeeded
        /// A newer one overtook it.
        case superseded
        /// It failed.
        case failed
        /// A name that this program does not know.
        case unknown(String)

        package static let known: [String: PipelineExecutionStatus] = [
            "Cancelled": .cancelled, "InProgress": .inProgress, "Stopped": .stopped,
            "Stopping": .stopping, "Succeeded": .succeeded, "Superseded": .superseded,
            "Failed": .failed,
        ]
    }
}
