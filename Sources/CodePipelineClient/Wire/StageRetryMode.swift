extension Wire {
    /// Which actions of a stage a retry repeats (CodePipeline API, StageRetryMode).
    package enum StageRetryMode: String, Hashable, Sendable, CaseIterable {
        /// Only those that failed.
        case failedActions = "FAILED_ACTIONS"
        /// All of the stage, from its first.
        case allActions = "ALL_ACTIONS"
    }
}
