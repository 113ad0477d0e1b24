extension ServiceModel {
    /// The status of an execution in one stage (API enum StageExecutionStatus).
    package enum StageStatus: String, Hashable, Sendable, CaseIterable {
        /// The definition was updated before the stage could finish.
        case cancelled = "Cancelled"
        /// Actions run, or will.
        case inProgress = "InProgress"
        /// An action or a condition failed.
        case failed = "Failed"
        /// Stopped on request.
        case stopped = "Stopped"
        /// A stop waits for running actions.
        case stopping = "Stopping"
        /// All actions succeeded.
        case succeeded = "Succeeded"
        /// Passed over by an entry condition or onFailure SKIP.
        case skipped = "Skipped"

        /// Whether the stage is locked by the execution.
        var holdsLock: Bool {
            self == .inProgress || self == .stopping
        }
    }

    /// The status of an action execution (API enum ActionExecutionStatus).
    package enum ActionStatus: String, Hashable, Sendable, CaseIterable {
        /// It runs.
        case inProgress = "InProgress"
        /// Abandoned by a stop.
        case abandoned = "Abandoned"
        /// It succeeded.
        case succeeded = "Succeeded"
        /// It failed, or was rejected.
        case failed = "Failed"
    }

    /// The status of a pipeline execution (API enum PipelineExecutionStatus).
    package enum ExecutionStatus: String, Hashable, Sendable, CaseIterable {
        /// Ended by a change of the definition.
        case cancelled = "Cancelled"
        /// It runs or waits.
        case inProgress = "InProgress"
        /// Stopped on request.
        case stopped = "Stopped"
        /// A stop waits for running actions.
        case stopping = "Stopping"
        /// All stages are done.
        case succeeded = "Succeeded"
        /// A newer execution replaced it in front of a stage.
        case superseded = "Superseded"
        /// A stage failed.
        case failed = "Failed"

        /// Whether the execution runs or waits.
        package var isActive: Bool {
            self == .inProgress || self == .stopping
        }
    }

    /// The type of an execution (API enum ExecutionType).
    package enum ExecutionType: String, Hashable, Sendable, CaseIterable {
        /// Started by a change or a person.
        case standard = "STANDARD"
        /// Started to roll a stage back.
        case rollback = "ROLLBACK"
    }

    /// Who retried a stage last (API enum RetryTrigger).
    package enum RetryTrigger: String, Hashable, Sendable, CaseIterable {
        /// The stage's own onFailure RETRY.
        case automated = "AutomatedStageRetry"
        /// RetryStageExecution, no matter who called it.
        case manual = "ManualStageRetry"
    }

    /// The status of a stage condition (API enum ConditionExecutionStatus, the values modelled).
    package enum ConditionStatus: String, Hashable, Sendable {
        /// The condition did not hold.
        case failed = "Failed"
        /// The condition held.
        case succeeded = "Succeeded"
        /// It is being evaluated.
        case inProgress = "InProgress"
        /// A stop or an update came before the end of its evaluation.
        case cancelled = "Cancelled"
    }

    /// The caller of a change.
    package enum Caller: Hashable, Sendable {
        /// A client of the API, by its access key id or any other label.
        case client(String)
        /// A person, as scripted.
        case human
        /// The service itself.
        case service
    }
}
