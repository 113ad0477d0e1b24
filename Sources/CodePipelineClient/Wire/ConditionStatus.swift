extension Wire {
    /// The status of a condition (CodePipeline API, ConditionExecutionStatus).
    package enum ConditionStatus: WireEnum {
        /// Its rules run.
        case inProgress
        /// A rule failed.
        case failed
        /// A rule could not be run.
        case errored
        /// All rules succeeded.
        case succeeded
        /// It was cancelled.
        case cancelled
        /// It was abandoned.
        case abandoned
        /// Somebody overrode it.
        case overridden
        /// A name that this program does not know.
        case unknown(String)

        package static let known: [String: ConditionStatus] = [
            "InProgress": .inProgress, "Failed": .failed, "Errored": .errored,
            "Succeeded": .succeeded,
            "Cancelled": .cancelled, "Abandoned": .abandoned, "Overridden": .overridden,
        ]
    }
}
