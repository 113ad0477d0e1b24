import CodePipelineSimulator
import Primitives
import RetryCore

/// Executions in PARALLEL mode: what their history shows of their stages.
extension ServiceModel {
    /// The truth about every stage of an execution that an answer shows, by its status and runs,
    /// newest first; both may lag.
    func truth(
        of view: ExecutionView,
        _ runs: [ActionRunView],
        _ key: PipelineKey,
        _ name: String
    ) throws(ServiceError) -> [StageName: StageTruth] {
        let definition = try definition(of: name)
        let state = try state(of: name)
        let current = runs.max { $0.started < $1.started }?.stage
        var stages: [StageName: StageTruth] = [:]
        for stage in Set(runs.map(\.stage)) {
            let declared = definition.stages.first { $0.name == stage }
            var truth = StageTruth()
            truth.isOfHistory = true
            truth.execution = ExecutionID(view.id)
            truth.isRollback = view.type == .rollback
            truth.definedAt = WallTime(milliseconds: state.updated.milliseconds)
            truth.onFailure = declared?.onFailure?.result
            truth.failureCondition = declared?.failureCondition?.rawValue
            truth.take(runs.filter { $0.stage == stage }, of: stage, state.version, [])
            let retries = Own.retries(among: runs.filter { $0.stage == stage })
            truth.automaticRetries = truth.reactions.contains("RETRY") ? min(1, retries) : 0
            truth.manualRetries = retries - truth.automaticRetries
            truth.status = stage == current ? Own.status(in: view.status) : .succeeded
            if !truth.isDefinitionKnown {
                truth.formerReactions = try reactions(to: stage, before: state.version, name)
            }
            truth.note(Own.shown(runs.filter { $0.stage == stage }), in: StageName(stage), of: key)
            stages[StageName(stage)] = truth
        }
        return stages
    }

    /// What every former definition did when a stage failed.
    private func reactions(
        to stage: String,
        before version: Int,
        _ name: String
    ) throws(ServiceError) -> Set<String> {
        var reactions: Set<String> = []
        for version in 1..<max(1, version) {
            let definition = try definition(of: name, version: version)
            let declared = definition.stages.first { $0.name == stage }
            if let reaction = declared?.onFailure?.result { reactions.insert(reaction) }
            if let condition = declared?.failureCondition { reactions.insert(condition.rawValue) }
        }
        return reactions
    }

    /// The truth of now about a stage of an execution in PARALLEL mode.
    func truth(
        of view: ExecutionView,
        in key: EpisodeKey,
        _ name: String
    ) throws(ServiceError) -> StageTruth {
        let runs = try actionRuns(of: name, execution: view.id)
        var truth = try truth(of: view, runs, key.pipeline, name)[key.stage] ?? StageTruth()
        truth.isOfHistory = true
        truth.execution = key.execution
        truth.status = view.stageStatuses[key.stage.text].map { RetryCore.StageStatus($0) }
        truth.note(try conditions(of: view.id, in: key.stage.text, of: name))
        return truth
    }
}

extension StageTruth {
    /// Notes what a history shows of a stage: the newest run of each action.
    fileprivate mutating func note(
        _ shown: (runs: [ActionExecutionID: WallTime], latest: WallTime?),
        in stage: StageName,
        of pipeline: PipelineKey
    ) {
        baseline = StageBaseline(
            manualRetries: manualRetries,
            actionExecutions: Set(shown.runs.keys),
            lastStatusChange: shown.latest
        )
        episode = execution.map {
            EpisodeKey(pipeline: pipeline, stage: stage, execution: $0)
        }
    }
}

extension Own {
    /// How often a stage was retried, by its runs in any order: a run of an action that ran before,
    /// after a failure, begins one; what starts again with it belongs to it.
    static func retries(among runs: [ServiceModel.ActionRunView]) -> Int {
        var known: Set<String> = []
        var retries = 0
        var failure: ModelTime?
        for run in runs.sorted(by: { ($0.started, $0.sequence) < ($1.started, $1.sequence) }) {
            if !known.insert(run.action.name).inserted, let at = failure, at <= run.started {
                retries += 1
                failure = nil
            }
            if run.status == .failed || run.status == .abandoned {
                failure = min(failure ?? run.updated, run.updated)
            }
        }
        return retries
    }

    /// The status of the stage that an execution is in.
    static func status(
        in execution: ServiceModel.ExecutionStatus
    ) -> RetryCore.StageStatus {
        switch execution {
        case .inProgress: .inProgress
        case .failed: .failed
        case .succeeded: .succeeded
        case .stopped: .stopped
        case .stopping: .stopping
        case .cancelled, .superseded: .cancelled
        }
    }

    /// The newest run of each action, when its row changed, and the latest of these times.
    fileprivate static func shown(
        _ runs: [ServiceModel.ActionRunView]
    ) -> (runs: [ActionExecutionID: WallTime], latest: WallTime?) {
        var newest: [String: ServiceModel.ActionRunView] = [:]
        for run in runs {
            if let other = newest[run.action.name], other.sequence > run.sequence { continue }
            newest[run.action.name] = run
        }
        let times = newest.values.map { run in
            (ActionExecutionID(run.id), WallTime(milliseconds: run.updated.milliseconds))
        }
        return (Dictionary(uniqueKeysWithValues: times), times.map(\.1).max())
    }
}
