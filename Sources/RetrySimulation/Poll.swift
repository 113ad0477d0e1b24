import CodePipelineSimulator
import Primitives
import RetryCore

/// The content of one GetPipelineState answer, or of one execution that was read singly, with the
/// truth of that time.
struct Poll: Hashable, Sendable {
    var call: CallID
    var pipeline: PipelineKey
    /// The execution that was read; nil: it is the pipeline's state.
    var execution: ExecutionID?
    /// Where the answer came from.
    var place: Place
    /// True milliseconds of the request.
    var askedAt: Int64
    var stages: [StageName: StageTruth]
}

/// The truth about a stage, as an observer who reads everything at once would know it.
struct StageTruth: Hashable, Sendable {
    /// The newest attempt of an action that failed.
    struct FailedRun: Hashable, Sendable {
        var attempt: ActionExecutionID
        var category: String
        var code: String
        var message: String
        var at: WallTime
        var runOrder: Int
    }

    var execution: ExecutionID?
    /// The latest execution in the stage as a key, made once; nil where there is none.
    var episode: EpisodeKey?
    /// The content of the answer, for comparison.
    var baseline: StageBaseline?
    var status: RetryCore.StageStatus?
    var isRollback = false
    /// Whether the execution runs the pipeline's current version.
    var isCurrent = true
    var failed: [FailedRun] = []
    /// The same of every action whose newest run failed, from any attempt.
    var everFailed: [FailedRun] = []
    var hasAbandoned = false
    /// The same in any attempt, as somebody sees it who reads the newest run of each action.
    var hasEverAbandoned = false
    /// Whether an approval of the stage was given in the execution.
    var hasApproved = false
    var hasFailedCondition = false
    /// Whether a condition is being evaluated.
    var hasOpenCondition = false
    var hasRunning = false
    /// Whether an action shows an unknown status.
    var hasUnknown = false
    var onFailure: String?
    /// The result of the condition of onFailure.
    var failureCondition: String?
    /// The same of former definitions, where the current one may not be known yet.
    var formerReactions: Set<String> = []
    /// Whether a service has told that the stack of a failed action cannot be updated.
    var isStuck = false
    /// Whether one has told that an input artifact of it is gone.
    var lacksArtifact = false
    var isParallel = false
    /// Whether it is put together from the history of an execution in PARALLEL mode.
    var isOfHistory = false
    /// When the definition got its current version.
    var definedAt: WallTime?
    var manualRetries = 0
    var automaticRetries = 0
    var hasNewerWaiting = false
    var isTransitionEnabled = true
}

extension StageTruth {
    /// Whether the definition was the current one long before the failure: a poll of a PARALLEL
    /// pipeline does not show its version, so that the definition is read again after a minute.
    var isDefinitionKnown: Bool {
        guard isOfHistory, let definedAt else { return true }
        guard let failedAt = failed.map(\.at).max() else { return false }
        return definedAt + .seconds(120) < failedAt
    }

    /// Whether the execution ran another version than a definition that is known.
    var isOutdated: Bool { isOfHistory && !isCurrent && isDefinitionKnown }

    /// What CodePipeline does by itself when the stage fails, or may do.
    var reactions: [String] { [onFailure, failureCondition].compactMap(\.self) }

    /// Whether CodePipeline does this when the stage fails, by the current definition or by one
    /// that may still be the newest known.
    func mayReact(by reaction: String) -> Bool {
        reactions.contains(reaction) || formerReactions.contains(reaction)
    }

    /// Notes the conditions of the execution in the stage.
    mutating func note(_ conditions: [ServiceModel.ConditionView]) {
        hasFailedCondition = conditions.contains { $0.status == .failed || $0.status == .cancelled }
        hasOpenCondition = conditions.contains { $0.status == .inProgress }
    }

    /// Notes what the answer shows of the stage.
    mutating func note(_ stage: StageSnapshot, of pipeline: PipelineKey) {
        baseline = Own.baseline(of: stage)
        episode = execution.map {
            EpisodeKey(pipeline: pipeline, stage: stage.name, execution: $0)
        }
    }
}

extension StageTruth.FailedRun {
    fileprivate init(_ run: ServiceModel.ActionRunView) {
        attempt = ActionExecutionID(run.id)
        category = run.action.category.rawValue
        code = run.errorCode ?? ""
        message = run.errorMessage ?? ""
        at = WallTime(milliseconds: run.updated.milliseconds)
        runOrder = run.action.runOrder
    }
}

extension ServiceModel {
    /// The truth about every stage of a pipeline.
    func truth(of pipeline: String) throws(ServiceError) -> [StageName: StageTruth] {
        try truth(of: state(of: pipeline))
    }

    /// The truth about every stage of a state that was just read.
    func truth(of state: StateView) throws(ServiceError) -> [StageName: StageTruth] {
        let pipeline = state.pipeline
        let definition = try definition(of: pipeline)
        var stages: [StageName: StageTruth] = [:]
        stages.reserveCapacity(state.stages.count)
        for stage in state.stages {
            var truth = StageTruth()
            truth.isParallel = definition.executionMode == .parallel
            let declared = definition.stages.first { $0.name == stage.name }
            truth.onFailure = declared?.onFailure?.result
            truth.failureCondition = declared?.failureCondition?.rawValue
            // One that was stopped or cancelled still shows, and never enters.
            truth.hasNewerWaiting = stage.inbound.contains {
                $0.status == .inProgress && $0.execution != stage.latest?.execution
            }
            truth.note(stage.conditions)
            truth.isTransitionEnabled = stage.transition.isEnabled
            truth.manualRetries = stage.retries?.manual ?? 0
            truth.automaticRetries = stage.retries?.automatic ?? 0
            if let latest = stage.latest {
                truth.execution = ExecutionID(latest.execution)
                truth.status = RetryCore.StageStatus(latest.status)
                truth.isRollback = latest.type == .rollback
                if latest.status == .failed {
                    let shown = stage.actions.compactMap(\.latest)
                    try read(latest.execution, stage.name, pipeline, state.version, shown, &truth)
                }
            }
            stages[StageName(stage.name)] = truth
        }
        return stages
    }

    /// The truth about an execution in a stage that another one may have taken since.
    func truth(
        of key: EpisodeKey,
        _ name: String,
        _ status: StageStatus?,
        latest: StageTruth?
    ) throws(ServiceError) -> StageTruth? {
        if let latest, latest.execution == key.execution, latest.status == .failed {
            return latest
        }
        var truth = latest ?? StageTruth()
        truth.execution = key.execution
        truth.status = status.map { RetryCore.StageStatus($0) }
        truth.failed = []
        truth.everFailed = []
        truth.hasApproved = false
        truth.hasRunning = false
        truth.note(try conditions(of: key.execution.text, in: key.stage.text, of: name))
        let version = try state(of: name).version
        try read(key.execution.text, key.stage.text, name, version, [], &truth)
        return truth
    }

    /// Reads the newest attempt of every action; the runs come newest first.
    ///
    /// The state shows the end of an approval before its row does.
    private func read(
        _ execution: String,
        _ stage: String,
        _ pipeline: String,
        _ version: Int,
        _ shown: [ActionRunView],
        _ truth: inout StageTruth
    ) throws(ServiceError) {
        truth.take(try actionRuns(of: pipeline, execution: execution), of: stage, version, shown)
    }
}

extension StageTruth {
    /// Takes the newest attempt of every action of a stage; the runs come newest first.
    mutating func take(
        _ runs: [ServiceModel.ActionRunView],
        of stage: String,
        _ version: Int,
        _ shown: [ServiceModel.ActionRunView]
    ) {
        var seen: Set<String> = []
        var abandoned: [Int] = []
        for run in runs {
            isCurrent = isCurrent && run.version == version
            let isGiven = run.action.category.rawValue == "Approval" && run.status == .succeeded
            hasApproved = hasApproved || isGiven && run.stage == stage
            guard run.stage == stage, seen.insert(run.action.name).inserted else { continue }
            switch run.status {
            case .failed:
                failed.append(StageTruth.FailedRun(run))
            case .abandoned: abandoned.append(run.action.runOrder)
            case .inProgress:
                switch shown.first(where: { $0.id == run.id })?.status {
                case .failed:
                    failed += shown.filter { $0.id == run.id }.map { .init($0) }
                case .succeeded, .abandoned: break
                case .inProgress, nil: hasRunning = true
                }
            case .succeeded: break
            }
        }
        // A later order starts only when the earlier ones succeeded: a failure at another order
        // than the newest one belongs to an earlier attempt.
        everFailed = failed
        let newest = failed.max { $0.at < $1.at }
        failed.removeAll { $0.runOrder != newest?.runOrder }
        // The same for actions that a stop abandoned: a person has retried the stage since.
        hasEverAbandoned = !abandoned.isEmpty
        hasAbandoned = abandoned.contains { $0 == newest?.runOrder ?? $0 }
    }
}
