extension Wire {
    /// The status of an action's or a rule's execution.
    ///
    /// CodePipeline API, ActionExecutionStatus and RuleExecutionStatus.
    package enum ActionExecutionStatus: WireEnum {
        /// It runs or waits for somebody.
        case inProgress
        /// The execution was stopped without waiting for it.
        case abandoned
        /// It succeeded.
        case succeeded
        /// It failed, was rejected or timed out.
        case failed
        /// A name that this program does not know.
        case unknown(String)

        package static let known: [String: ActionExecutionStatus] = [
            "InProgress": .inProgress, "Abandoned": .abandoned, "Succeeded": .succeeded,
            "Failed": .failed,
        ]
    }
}
