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
        "Cancelled": .cancelled, "InProgress": .inProgress, "Failed": .failed, "Stopped": .stopped,
        "Stopping": .stopping, "Succeeded": .succeeded, "Skipped": .skipped,
    ]
}

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

/// Who repeated a stage (CodePipeline API, RetryTrigger).
package enum RetryTrigger: WireEnum {
    /// CodePipeline, by the stage's own configuration.
    case automated
    /// Somebody who called RetryStageExecution.
    case manual
    /// A name that this program does not know.
    case unknown(String)

    package static let known: [String: RetryTrigger] = [
        "AutomatedStageRetry": .automated, "ManualStageRetry": .manual,
    ]
}

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
        "InProgress": .inProgress, "Failed": .failed, "Errored": .errored, "Succeeded": .succeeded,
        "Cancelled": .cancelled, "Abandoned": .abandoned, "Overridden": .overridden,
    ]
}
