import Primitives

extension Fleet {
    /// Reports once the conditions in a state that no stage's failure shows.
    mutating func notice(_ key: PipelineKey, _ snapshot: PipelineSnapshot, _ turn: inout FleetTurn)
    {
        var notices = notices[key] ?? PipelineNotices()
        var sources: Set<PipelineNotices.SourceFailure> = []
        var stuck: [StageName: PipelineNotices.Stuck] = [:]
        for stage in snapshot.stages {
            for action in stage.unreadSources {
                let failure = PipelineNotices.SourceFailure(stage: stage.name, action: action.name)
                sources.insert(failure)
                guard !notices.sources.contains(failure) else { continue }
                turn.report(.sourceFailed(context(of: key), stage.name, FailureFacts(action)))
            }
            guard let execution = stage.latest?.id, let failure = stage.endedBy else { continue }
            let known = notices.stuck[stage.name]
            stuck[stage.name] =
                known?.execution == execution
                ? known : .init(execution: execution, failure: failure, since: turn.now)
        }
        notices.sources = sources
        notices.stuck = stuck
        self.notices[key] = sources.isEmpty && stuck.isEmpty ? nil : notices
        reportStuck(key, &turn)
    }

    /// Reports which stages have been stuck for too long; another poll with the same bytes is
    /// enough.
    mutating func reportStuck(_ key: PipelineKey, _ turn: inout FleetTurn) {
        guard let stuck = notices[key]?.stuck else { return }
        for (stage, found) in stuck.sorted(by: { $0.key < $1.key })
        where !found.isReported && turn.now - found.since >= Timing.stuck {
            notices[key]?.stuck[stage]?.isReported = true
            turn.report(
                .stageStuck(
                    context(of: key),
                    stage,
                    found.execution,
                    found.failure,
                    since: turn.now - found.since
                )
            )
        }
    }
}

extension StageSnapshot {
    /// The actions that failed without an attempt, as a source does that cannot be polled.
    ///
    /// A Failed stage has an episode of its own.
    fileprivate var unreadSources: [ActionSnapshot] {
        guard latest?.status != .failed else { return [] }
        return actions.filter { $0.status == .failed && $0.executionID == nil }
    }

    /// The action that failed or was cancelled in a stage that is InProgress and in which nothing
    /// runs; nil when something may still move it.
    fileprivate var endedBy: FailureFacts? {
        guard latest?.status == .inProgress else { return nil }
        let started = actions.filter { $0.status != nil && $0.executionID != nil }
        var failed: ActionSnapshot?
        for action in started {
            switch action.status {
            case .inProgress, .unknown, nil: return nil
            case .failed, .abandoned: failed = failed ?? action
            case .succeeded: break
            }
        }
        guard conditions.all.allSatisfy({ $0.state != .inProgress }) else { return nil }
        return failed.map(FailureFacts.init)
    }
}

extension FailureFacts {
    fileprivate init(_ action: ActionSnapshot) {
        self.init(
            action: action.name,
            code: action.code,
            message: action.message ?? action.summary,
            url: action.url,
            failedAt: action.lastStatusChange
        )
    }
}
