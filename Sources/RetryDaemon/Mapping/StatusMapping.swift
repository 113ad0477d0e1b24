import CodePipelineClient
package import RetryCore

extension RetryCore.StageStatus {
    /// The core's word for AWS's; none at all is as good as an unknown one.
    package init(_ wire: WireStageStatus?) {
        switch wire {
        case .cancelled: self = .cancelled
        case .inProgress: self = .inProgress
        case .failed: self = .failed
        case .stopped: self = .stopped
        case .stopping: self = .stopping
        case .succeeded: self = .succeeded
        case .skipped: self = .skipped
        case .unknown(let text): self = .unknown(text.bounded(.name))
        case nil: self = .unknown("")
        }
    }
}

extension RetryCore.ActionStatus {
    /// The core's word for AWS's.
    package init(_ wire: WireActionStatus) {
        switch wire {
        case .inProgress: self = .inProgress
        case .abandoned: self = .abandoned
        case .succeeded: self = .succeeded
        case .failed: self = .failed
        case .unknown(let text): self = .unknown(text.bounded(.name))
        }
    }
}

extension RetryCore.ExecutionType {
    /// The core's word for AWS's; an answer without one is of an ordinary run.
    package init(_ wire: WireExecutionType?) {
        switch wire {
        case .standard, nil: self = .standard
        case .rollback: self = .rollback
        case .unknown(let text): self = .unknown(text.bounded(.name))
        }
    }
}

extension RetryCore.ExecutionMode {
    /// The core's word for AWS's; a definition without one is of the default mode.
    package init(_ wire: WireExecutionMode?) {
        switch wire {
        case .superseded, nil: self = .superseded
        case .queued: self = .queued
        case .parallel: self = .parallel
        case .unknown(let text): self = .unknown(text.bounded(.name))
        }
    }
}

extension RetryCore.FailureResult {
    /// The core's word for AWS's.
    package init(_ wire: WireFailureResult) {
        switch wire {
        case .rollback: self = .rollback
        case .fail: self = .fail
        case .retry: self = .retry
        case .skip: self = .skip
        case .unknown(let text): self = .unknown(text.bounded(.name))
        }
    }
}

extension RetryCore.ConditionState {
    /// What the conditions of a stage did, taken together; the worst counts.
    ///
    /// A status that nobody knows counts as failed: what cannot be judged is never retried.
    package init(of stage: WireStage) {
        self = .none
        add(stage.beforeEntryConditionState?.latestExecution?.status)
        add(stage.onSuccessConditionState?.latestExecution?.status)
        add(stage.onFailureConditionState?.latestExecution?.status)
    }

    private mutating func add(_ status: WireConditionStatus?) {
        switch status {
        case .failed, .errored, .cancelled, .abandoned, .unknown: self = .failed
        case .inProgress: if self == .none { self = .inProgress }
        case .succeeded, .overridden, nil: break
        }
    }
}
