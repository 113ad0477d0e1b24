extension Wire {
    /// The status of a stage's execution (CodePipeline API, StageExecutionStatus).
    package enum StageExecutionStatus: WireEnum {
        /// The definition was updated before the stage could finish.
        case cancelled
        /// Actions run or wait.
        case inProgress
        /// An action or a condition failed.
        case failed
        /// Somebody stopped it.
        case stopped
        /// It is being stopped.
        case stopping
        /// All actions succeeded.
        case succeeded
        /// A condition skipped it.
        case skipped
        /// A name that this program does not know.
        case unknown(String)

        package static let known: [String: StageExecutionStatus] = [
            "Cancelled": .cancelled, "InProgress": .inProgress, "Failed": .failed,
            "Stopped": .stopped,
            "Stopping": .stopping, "Succeeded": .succeeded, "Skipped": .skipped,
        ]
    }
}
