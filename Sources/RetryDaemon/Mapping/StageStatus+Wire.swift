package import CodePipelineClient
package import RetryCore

extension StageStatus {
    /// Maps AWS's value to the core's; a missing one is treated like an unknown one.
    package init(_ wire: Wire.StageExecutionStatus?) {
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

extension ActionStatus {
    /// Maps AWS's value to the core's.
    package init(_ wire: Wire.ActionExecutionStatus) {
        switch wire {
        case .inProgress: self = .inProgress
        case .abandoned: self = .abandoned
        case .succeeded: self = .succeeded
        case .failed: self = .failed
        case .unknown(let text): self = .unknown(text.bounded(.name))
        }
    }
}

extension ExecutionType {
    /// Maps AWS's value to the core's; a missing one means an ordinary run.
    package init(_ wire: Wire.ExecutionType?) {
        switch wire {
        case .standard, nil: self = .standard
        case .rollback: self = .rollback
        case .unknown(let text): self = .unknown(text.bounded(.name))
        }
    }
}

extension ExecutionMode {
    /// Maps AWS's value to the core's; a missing one means the default mode.
    package init(_ wire: Wire.ExecutionMode?) {
        switch wire {
        case .superseded, nil: self = .superseded
        case .queued: self = .queued
        case .parallel: self = .parallel
        case .unknown(let text): self = .unknown(text.bounded(.name))
        }
    }
}

extension FailureResult {
    /// Maps AWS's value to the core's.
    package init(_ wire: Wire.FailureResult) {
        switch wire {
        case .rollback: self = .rollback
        case .fail: self = .fail
        case .retry: self = .retry
        case .skip: self = .skip
        case .unknown(let text): self = .unknown(text.bounded(.name))
        }
    }
}

extension ConditionState {
    /// The combined result of the conditions at one position: that of their run, or without one the
    /// worst of theirs.
    package init(_ wire: Wire.StageConditionState?) {
        guard let whole = wire?.latestExecution else {
            let each = (wire?.conditionStates ?? []).map {
                ConditionState($0.latestExecution)
            }
            self = each.max { $0.weight < $1.weight } ?? .none
            return
        }
        self.init(whole)
    }

    /// A run without a status is treated like one with an unknown status.
    private init(_ run: Wire.ConditionExecution?) {
        guard let run else {
            self = .none
            return
        }
        switch run.status {
        case .failed, .errored, .cancelled, .abandoned: self = .failed
        case .inProgress: self = .inProgress
        case .succeeded, .overridden: self = .none
        case .unknown(let text): self = .unknown(text.bounded(.name))
        case nil: self = .unknown("")
        }
    }

    private var weight: Int {
        switch self {
        case .none: 0
        case .inProgress: 1
        case .failed: 2
        case .unknown: 3
        }
    }
}
