import CodePipelineSimulator
import Primitives
import RetryCore

/// From the model's views to the core's facts, as the daemon maps the wire.
extension PipelineSnapshot {
    init(_ state: ServiceModel.StateView) {
        self.init(
            version: state.version,
            created: WallTime(milliseconds: state.created.milliseconds),
            stages: state.stages.map { StageSnapshot($0) }
        )
    }
}

extension PipelineSnapshot {
    /// A substitute for the digest of the answer's bytes.
    var digest: StateDigest {
        var hasher = Hasher()
        hash(into: &hasher)
        let value = UInt64(bitPattern: Int64(hasher.finalize()))
        return StateDigest(high: value, low: ~value)
    }
}

extension StageSnapshot {
    init(_ stage: ServiceModel.StageView) {
        self.init(
            name: StageName(stage.name),
            latest: stage.latest.map { latest in
                StageExecution(
                    id: ExecutionID(latest.execution),
                    status: StageStatus(latest.status),
                    type: latest.type == .rollback ? .rollback : .standard
                )
            },
            inbound: stage.inbound
                .filter { $0.status == .inProgress && $0.execution != stage.latest?.execution }
                .map { ExecutionID($0.execution) },
            transitionEnabled: stage.transition.isEnabled,
            actions: stage.actions.map { action in
                let name = ActionName(action.action.name)
                if let failure = action.pollingFailure {
                    return ActionSnapshot(name: name, failure)
                }
                return action.latest.map { ActionSnapshot($0) } ?? ActionSnapshot(name: name)
            },
            conditions: StageConditions(
                beforeEntry: ConditionState(stage.beforeEntry),
                onSuccess: ConditionState(stage.onSuccess),
                onFailure: ConditionState(stage.onFailure)
            ),
            counters: RetryCounters(
                automatic: stage.retries?.automatic ?? 0,
                manual: stage.retries?.manual ?? 0
            )
        )
    }
}

extension ConditionState {
    fileprivate init(_ condition: ServiceModel.ConditionView?) {
        self =
            switch condition?.status {
            case .succeeded, nil: .none
            case .inProgress: .inProgress
            case .failed, .cancelled: .failed
            }
    }
}

extension ExecutionSummary {
    init(_ execution: ServiceModel.ExecutionView) {
        self.init(
            id: ExecutionID(execution.id),
            status: ExecutionStatus(execution.status),
            type: execution.type == .rollback ? .rollback : .standard,
            mode: execution.mode == .parallel ? .parallel : .superseded,
            started: WallTime(milliseconds: execution.started.milliseconds),
            lastUpdate: WallTime(milliseconds: execution.updated.milliseconds),
            statusSummary: execution.statusSummary,
            hasRevisions: !execution.revisions.isEmpty
        )
    }
}

extension ExecutionSummary {
    /// An execution as GetPipelineExecution shows it: with its version, without times.
    static func alone(_ execution: ServiceModel.ExecutionView) -> ExecutionSummary {
        var summary = ExecutionSummary(execution)
        summary.version = execution.version
        summary.started = nil
        summary.lastUpdate = nil
        return summary
    }
}

extension ExecutionStatus {
    init(_ status: ServiceModel.ExecutionStatus) {
        self =
            switch status {
            case .cancelled: .cancelled
            case .inProgress: .inProgress
            case .stopped: .stopped
            case .stopping: .stopping
            case .succeeded: .succeeded
            case .superseded: .superseded
            case .failed: .failed
            }
    }
}

extension ActionSnapshot {
    /// A failed poll of a source: there is no run.
    init(name: ActionName, _ failure: ServiceModel.PollingFailure) {
        self.init(
            name: name,
            status: .failed,
            lastStatusChange: WallTime(milliseconds: failure.at.milliseconds),
            code: failure.code,
            message: failure.message
        )
    }

    init(_ run: ServiceModel.ActionRunView) {
        self.init(
            name: ActionName(run.action.name),
            executionID: ActionExecutionID(run.id),
            status: ActionStatus(run.status),
            lastStatusChange: run.changed.map { WallTime(milliseconds: $0.milliseconds) },
            code: run.errorCode,
            message: run.errorMessage,
            summary: run.summary,
            url: run.externalURL
        )
    }
}

extension ActionRow {
    /// A row dates every run, and its errors have no message.
    init(_ run: ServiceModel.ActionRunView) {
        var action = ActionSnapshot(run)
        action.lastStatusChange = WallTime(milliseconds: run.updated.milliseconds)
        action.message = nil
        action.summary = run.rowSummary
        self.init(
            stage: StageName(run.stage),
            action: action,
            category: ActionCategory(run.action.category.rawValue),
            provider: run.action.provider,
            started: WallTime(milliseconds: run.started.milliseconds),
            pipelineVersion: run.version,
            run: run.isAskable ? ActionRun(run) : nil
        )
    }
}

extension ActionRun {
    init(_ run: ServiceModel.ActionRunView) {
        self.init(
            externalID: run.externalID,
            started: WallTime(milliseconds: run.started.milliseconds)
        )
    }
}

extension ServiceModel.ActionRunView {
    /// Whether a service can be asked why it failed.
    fileprivate var isAskable: Bool {
        status == .failed && CauseService(provider: action.provider) != nil
    }
}

extension StageStatus {
    init(_ status: ServiceModel.StageStatus) {
        self =
            switch status {
            case .cancelled: .cancelled
            case .inProgress: .inProgress
            case .failed: .failed
            case .stopped: .stopped
            case .stopping: .stopping
            case .succeeded: .succeeded
            case .skipped: .skipped
            }
    }
}

extension ActionStatus {
    init(_ status: ServiceModel.ActionStatus) {
        self =
            switch status {
            case .inProgress: .inProgress
            case .abandoned: .abandoned
            case .succeeded: .succeeded
            case .failed: .failed
            }
    }
}

extension PipelineDefinition {
    init(_ definition: ServiceModel.Definition, version: Int) {
        var stages: [StageName: StageDefinition] = [:]
        for stage in definition.stages {
            var actions: [ActionName: ActionKind] = [:]
            for action in stage.actions {
                actions[ActionName(action.name)] = ActionKind(
                    category: ActionCategory(action.category.rawValue),
                    provider: action.provider,
                    runOrder: action.runOrder
                )
            }
            stages[StageName(stage.name)] = StageDefinition(
                onFailure: stage.onFailure.map { FailureResult($0) },
                failureConditions: stage.failureCondition.map { [FailureResult($0)] } ?? [],
                actions: actions
            )
        }
        let mode: ExecutionMode =
            switch definition.executionMode {
            case .superseded: .superseded
            case .queued: .queued
            case .parallel: .parallel
            }
        self.init(
            version: version,
            executionMode: mode,
            account: "111122223333",
            partition: "aws",
            stages: stages
        )
    }
}

extension FailureResult {
    init(_ reaction: ServiceModel.OnFailure) {
        self =
            switch reaction {
            case .retry: .retry
            case .rollback: .rollback
            case .skip: .skip
            case .fail: .fail
            }
    }
}

extension FailureResult {
    init(_ result: ServiceModel.ConditionResult) {
        self =
            switch result {
            case .rollback: .rollback
            case .skip: .skip
            case .fail: .fail
            }
    }
}

extension RetryRefusal {
    /// The refusal for an error code of the service.
    init(code: String) {
        self =
            switch code {
            case "ConflictException": .conflict
            case "ConcurrentPipelineExecutionsLimitExceededException": .concurrentLimit
            case "NotLatestPipelineExecutionException": .notLatest
            case "StageNotRetryableException": .notRetryable
            case "StageNotFoundException": .stageNotFound
            case "PipelineNotFoundException": .pipelineNotFound
            case "ValidationException": .invalid
            case _: .other
            }
    }
}
