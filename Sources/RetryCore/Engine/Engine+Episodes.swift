import Primitives

/// What a look means for the episodes of a pipeline: the look is the whole truth.
extension Engine {
    /// Takes what a look shows of each stage.
    ///
    /// - Returns: Whether all of it was taken; what was not must be looked at again, even if the
    ///   same bytes come.
    mutating func reconcile(
        _ key: PipelineKey,
        _ snapshot: PipelineSnapshot,
        by id: CallID,
        _ now: Instant
    ) -> Bool {
        let names = Set(snapshot.stages.map(\.name))
        var isWhole = true
        let missing = (pipelines[key]?.stages ?? [:]).filter { !names.contains($0.key) }
        for (_, episode) in missing.sorted(by: { $0.key < $1.key }) {
            isWhole = missed(episode, by: id, now) && isWhole
        }
        dropRecalls(of: key, but: names)
        for stage in snapshot.stages {
            isWhole = reconcile(key, stage, by: id, now) && isWhole
        }
        return isWhole
    }

    /// A stage that another version of the definition no longer has: believed after a second look.
    ///
    /// The episode stays in memory, ended: its execution may come back with the stage.
    private mutating func missed(_ key: EpisodeKey, by id: CallID, _ now: Instant) -> Bool {
        guard let episode = episodes[key] else { return true }
        // What explains the loss is another edition, which doubted or took back its intent already.
        guard !episode.isCommitted else { return false }
        guard let after = episode.missingAfter else {
            let next = calls.nextID
            episodes[key]?.missingAfter = next
            want(.state(key.pipeline), .check)
            return false
        }
        guard id >= after else { return false }
        end(key, .gone, nil, now)
        return true
    }

    private mutating func reconcile(
        _ key: PipelineKey,
        _ stage: StageSnapshot,
        by id: CallID,
        _ now: Instant
    ) -> Bool {
        let current = pipelines[key]?.stages[stage.name]
        if let current { episodes[current]?.missingAfter = nil }
        if let current, current.execution == stage.latest?.id {
            episodes[current]?.edition = pipelines[key]?.edition
        }
        if let current, isOlderCopy(stage, of: current, now) { return false }
        // A call under way is answered first: its intent must not be lost from sight.
        if let current, let episode = episodes[current], episode.isCommitted {
            if episode.stage != stage { episodes[current]?.isDoubted = true }
            return false
        }
        if let current, current.execution != stage.latest?.id {
            guard isOvertaken(current, by: id, now) else { return false }
            supersede(current, by: stage.latest?.id, now)
        }
        guard let latest = stage.latest else { return true }
        let episode = EpisodeKey(pipeline: key, stage: stage.name, execution: latest.id)
        if episodes[episode] != nil {
            pipelines[key]?.stages[stage.name] = episode
            observe(episode, stage, latest.status, by: id, now)
        } else if ended.contains(episode) {
            pipelines[key]?.stages[stage.name] = episode
            ended.note(episode, isFailed: latest.status == .failed)
        } else if latest.status.opensEpisode {
            recall(episode, stage, now)
            return true
        }
        dropRecall(key, stage.name)
        return true
    }

    /// Whether two looks in a row show another execution: one alone may be an older copy.
    private mutating func isOvertaken(
        _ key: EpisodeKey,
        by id: CallID,
        _ now: Instant
    ) -> Bool {
        let asked = episodes[key]?.overtakenAfter ?? ended.overtakenAfter(key)
        if let asked { return id >= asked }
        let after = calls.nextID
        episodes[key]?.overtakenAfter = after
        ended.doubt(key, after: after)
        if case .queued = episodes[key]?.phase { redecide(key, now) }
        want(.state(key.pipeline), .check)
        return false
    }

    /// The episode stays in memory, ended, until the next one of its stage: an older copy of the
    /// state must not open it again.
    private mutating func supersede(
        _ key: EpisodeKey,
        by other: ExecutionID?,
        _ now: Instant
    ) {
        if let episode = episodes[key] {
            let retries = episode.ownRetries
            report(.stageSuperseded(context(of: key), by: other, retries: retries))
            settleAtEnd(key)
            conclude(key, .superseded, nil, now)
        }
    }

    mutating func open(_ key: EpisodeKey, _ stage: StageSnapshot, _ now: Instant) {
        let time = serverTime(key.pipeline.target, now)
        let failedAt = stage.actions.filter { $0.status == .failed }
            .compactMap(\.lastStatusChange).max()
        let record = EpisodeRecord(
            key: key,
            firstFailure: failedAt ?? time,
            firstSeen: time,
            foreignRetries: stage.counters.manual
        )
        if let older = pipelines[key.pipeline]?.stages[key.stage] { forget(older, now) }
        pipelines[key.pipeline]?.stages[key.stage] = key
        pipelines[key.pipeline]?.executions.remember(key.execution)
        episodes[key] = Episode(
            record: record,
            phase: .gathering(since: now, until: now),
            stage: stage
        )
        episodes[key]?.edition = pipelines[key.pipeline]?.edition
        startGathering(key, now)
    }

    /// A live or ended episode whose execution is still the stage's latest.
    private mutating func observe(
        _ key: EpisodeKey,
        _ stage: StageSnapshot,
        _ status: StageStatus,
        by id: CallID,
        _ now: Instant
    ) {
        guard var episode = episodes[key], episode.phase != .ended else { return }
        let isOther = episode.stage != stage
        let isChanged = isOther && episode.stage.mark != stage.mark
        if case .queued = episode.phase, isOther { redecide(key, now) }
        episode = episodes[key] ?? episode
        if isOther { episode.take(stage) }
        episode.overtakenAfter = nil
        episode.absorbLateRetries()
        episodes[key] = episode
        if status.settlesResumed { settleResumed(key, now) }
        switch status {
        case .failed: stillFailed(key, changed: isChanged, by: id, now)
        case .unknown: unclear(key, changed: isChanged, by: id, now)
        case .inProgress, .stopping: movesAgain(key, now)
        case .succeeded: recovered(key, now)
        case .stopped: endSettled(key, .stopped, now)
        case .cancelled: endSettled(key, .cancelled, now)
        case .skipped: endSettled(key, .skips, now)
        }
    }

    private mutating func stillFailed(
        _ key: EpisodeKey,
        changed: Bool,
        by id: CallID,
        _ now: Instant
    ) {
        guard let episode = episodes[key] else { return }
        switch episode.phase {
        case .resuming: goOn(key, by: id, now)
        case .gathering, .matching:
            if changed { startGathering(key, now) }
        // What changed was not gathered yet, which a decision begins with.
        case .pending: decide(key, now)
        case .deferred(_, let firm, _):
            if changed {
                startGathering(key, now)
            } else if !firm {
                decide(key, now)
            }
        case .rechecking(let after, _):
            if changed || id >= after { decide(key, checked: true, now) }
        case .verifying(let intent, _, _), .settling(let intent, _, _):
            if episode.stage.hasMoved(since: intent.before) {
                tookEffect(key, intent, now)
                startGathering(key, now)
            } else {
                lookedInVain(key, by: id)
            }
        case .running:
            // An older copy of the state may come after a newer one: only a new failure counts.
            let isOld = episode.record.lastFailure == episode.stage.mark
            if !isOld { startGathering(key, now) }
        // Whatever changes while an intent waits for its turn was decided on before.
        case .recording, .queued, .calling, .ended: break
        }
    }

    /// A status that nobody knows ends nothing and sends nothing; what runs goes on running.
    private mutating func unclear(
        _ key: EpisodeKey,
        changed: Bool,
        by id: CallID,
        _ now: Instant
    ) {
        switch episodes[key]?.phase.name {
        case .running, nil: break
        case .resuming, .gathering, .matching, .pending, .deferred, .rechecking, .recording,
            .queued, .calling, .verifying, .settling, .ended:
            stillFailed(key, changed: changed, by: id, now)
        }
    }

    /// The stage runs: by our retry, by CodePipeline's, or by a person's.
    private mutating func movesAgain(_ key: EpisodeKey, _ now: Instant) {
        guard let episode = episodes[key] else { return }
        switch episode.phase {
        case .verifying(let intent, _, _), .settling(let intent, _, _):
            tookEffect(key, intent, now)
        case .queued(let intent, _): withdraw(intent, now)
        case .running, .resuming, .gathering, .matching, .pending, .deferred, .rechecking,
            .recording, .calling, .ended:
            break
        }
        // Another look at a stage that runs brings nothing new and moves no deadline.
        if case .running = episodes[key]?.phase { return }
        setPhase(key, .running(until: now + Timing.staleFailure))
    }

    private mutating func recovered(_ key: EpisodeKey, _ now: Instant) {
        guard let episode = episodes[key] else { return }
        switch episode.phase {
        case .verifying(let intent, _, _), .settling(let intent, _, _):
            tookEffect(key, intent, now)
        case .queued(let intent, _): withdraw(intent, now)
        case .running, .resuming, .gathering, .matching, .pending, .deferred, .rechecking,
            .recording, .calling, .ended:
            break
        }
        settleAtEnd(key)
        let elapsed =
            serverTime(key.pipeline.target, now) - episode.record.firstFailure
        report(
            .stageRecovered(
                context(of: key),
                retries: episode.ownRetries,
                after: max(.zero, elapsed)
            )
        )
        probeRecovered(key, now)
        conclude(key, .recovered, nil, now)
    }

    private mutating func endSettled(_ key: EpisodeKey, _ reason: Reason, _ now: Instant) {
        settleAtEnd(key)
        leave(key, reason, detail: "", now)
    }

    /// Deadlines of episodes.
    mutating func episodeDue(_ key: EpisodeKey, _ now: Instant) {
        guard let episode = episodes[key] else { return }
        switch episode.phase {
        case .resuming, .rechecking:
            // The look did not come through: it is asked for again, and nothing is sent blindly.
            setDeadline(key, now + Timing.idle)
            want(.state(key.pipeline), .check)
        case .gathering: gatherLate(key, now)
        case .matching: startGathering(key, now)
        case .pending(let plan, _): recheck(key, plan, now)
        case .deferred: startGathering(key, now)
        case .recording, .calling:
            // The call's own deadline comes first; this one only proves that none is missing.
            setDeadline(key, now + Timing.call)
        case .queued(let intent, _): neverSent(key, intent, now)
        case .verifying(let intent, let after, _): noEffect(key, intent, after, now)
        case .settling(let intent, let after, _): notSettled(key, intent, after, now)
        case .running:
            stillRunning(key, now)
        case .ended: break
        }
    }

    /// A stage that runs long is looked at by polls; one that shows an old failure is not.
    private mutating func stillRunning(_ key: EpisodeKey, _ now: Instant) {
        guard let episode = episodes[key] else { return }
        if episode.stage.latest?.status == .failed {
            startGathering(key, now)
        } else {
            setDeadline(key, now + Timing.staleFailure)
        }
    }

    mutating func setPhase(_ key: EpisodeKey, _ phase: EpisodePhase) {
        guard let old = episodes[key]?.phase else { return }
        let isAllowed =
            old.name == phase.name
            || EpisodePhase.transitions[old.name]?.contains(phase.name) == true
        precondition(isAllowed, "no way from \(old) to \(phase) for \(key): \(self)")
        episodes[key]?.phase = phase
        if let deadline = phase.deadline {
            episodeDeadlines.set(key, at: deadline)
        } else {
            episodeDeadlines.remove(key)
        }
    }

    func context(of key: EpisodeKey) -> EpisodeContext {
        let target = targets[key.pipeline.target]
        return EpisodeContext(
            key: key,
            region: target?.target.region ?? "",
            account: target?.account,
            partition: target?.partition,
            policy: policy(of: key).name
        )
    }

    func policy(of key: EpisodeKey) -> StagePolicy {
        pipelines[key.pipeline]?.entry.policy(of: key.stage) ?? .standard
    }
}

extension StageStatus {
    /// Whether a stage that shows it for the first time begins an episode.
    var opensEpisode: Bool {
        switch self {
        case .failed: true
        case .cancelled, .inProgress, .stopped, .stopping, .succeeded, .skipped, .unknown: false
        }
    }
}

extension StageStatus {
    /// Whether the status alone shows that an open intent of before the restart took effect.
    var settlesResumed: Bool {
        switch self {
        case .inProgress, .succeeded: true
        case .failed, .unknown, .cancelled, .stopped, .stopping, .skipped: false
        }
    }
}

extension StageSnapshot {
    /// Whether anything shows that a retry took effect since then.
    func hasMoved(since before: StateMark) -> Bool {
        let mark = mark
        return mark.manualRetries > before.manualRetries
            || !mark.actionExecutions.isSubset(of: before.actionExecutions)
            || (mark.lastStatusChange.map { change in
                before.lastStatusChange.map { change > $0 } ?? true
            } ?? false)
    }
}

extension Episode {
    /// Whether an intent is being written or sent: nothing but its answer changes the phase.
    var isCommitted: Bool {
        switch phase.name {
        case .recording, .calling: true
        case .resuming, .gathering, .matching, .pending, .deferred, .rechecking, .queued,
            .verifying, .settling, .running, .ended:
            false
        }
    }

    /// A rise of the counter that our own unknown answers explain is ours (DESIGN section 4).
    mutating func absorbLateRetries() {
        let rise = stage.counters.manual - record.knownManualRetries
        let ours = min(rise - foreignRise, record.lateRetries)
        guard ours > 0 else { return }
        record.knownManualRetries += ours
        record.lateRetries -= ours
    }

    /// The retries by others that were there before us: no answer of ours explains them.
    private var foreignRise: Int { record.foreignRetries }
}
