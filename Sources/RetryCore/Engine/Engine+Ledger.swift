import Primitives

/// Queries to the ledger and its answers, its health, and resuming after a restart.
extension Engine {
    mutating func ledgerFailed(_ why: String, _ now: Instant) {
        if ledger.failed(why, now) { report(.ledgerDegraded(why)) }
    }

    mutating func ledgerRecovered(_ now: Instant) {
        guard let span = ledger.recordSuccess(now) else { return }
        report(.ledgerRecovered(after: span))
        // What could not be written then is written now.
        for key in episodes.keys {
            if let record = episodes.live[key]?.record { output.writes.append(.episode(record)) }
        }
    }

    // MARK: Episodes that only the ledger knows

    /// Asks the ledger whether it knows the execution that a stage shows.
    mutating func recall(_ key: EpisodeKey, _ stage: StageSnapshot, _ now: Instant) {
        let place = StageKey(key, isParallel: stage.latest?.historyMode != nil)
        var recall =
            ledger.recalls[place].flatMap { $0.execution == key.execution ? $0 : nil }
            ?? LedgerView.Recall(execution: key.execution, since: now, stage: stage)
        recall.stage = stage
        if recall.id == nil {
            let id = calls.begin(.recall(key), now, within: Timing.write)
            recall.id = id
            output.effects.append(.recall(id, key))
        }
        ledger.recalls[place] = recall
    }

    mutating func recalled(_ id: CallID, _ memory: Recollection, _ now: Instant) {
        guard case .recall(let key) = calls.end(id) else { return }
        let places = [StageKey(key, isParallel: false), StageKey(key, isParallel: true)]
        guard let place = places.first(where: { ledger.recalls[$0]?.id == id }),
            let recall = ledger.recalls[place]
        else { return }
        let isParallel = place.execution != nil
        ledger.recalls[place] = nil
        guard fleet.pipelines[key.pipeline] != nil, episodes.live[key] == nil else { return }
        switch memory {
        case .new: open(key, recall.stage, now)
        case .unreadable: unreadable(key, place, recall, now)
        case .ended:
            show(key, isParallel: isParallel, now)
            episodes.ended.put(key)
        case .open(let record, let intents):
            show(key, isParallel: isParallel, now)
            adopt(record, intents, recall.stage, now)
            deliver(key, .resumed, now)
            let call = PendingCall.showing(key, isParallel: isParallel)
            request(call, .check)
        }
        // The poll that showed it did not yet know that the pipeline is to be polled more often.
        ask(now) { $0.schedulePoll(key.pipeline, &$1) }
    }

    /// Asks again with the next poll, for a limited time.
    ///
    /// After that it is taken as new, so that no failure is hidden: the retries that AWS counts are
    /// spent, and the ledger refuses intents of an episode that has ended.
    private mutating func unreadable(
        _ key: EpisodeKey,
        _ place: StageKey,
        _ recall: LedgerView.Recall,
        _ now: Instant
    ) {
        // If the host slept, the time has passed without any query.
        let isLong = now - recall.since >= Timing.recall && recall.failures > 0
        guard !isLong else { return open(key, recall.stage, now) }
        let wait = Timing.doubling(
            Timing.recallAgain,
            times: recall.failures,
            longest: Timing.recallAgainMax
        )
        var again = recall
        again.id = nil
        again.failures += 1
        ledger.recalls[place] = again
        if let execution = place.execution {
            let execution = ExecutionKey(pipeline: key.pipeline, execution: execution)
            return fleet.readLater(execution, at: now + wait)
        }
        fleet.pipelines[key.pipeline]?.digest = nil
        poll(key.pipeline, at: now + wait, now)
    }

    // MARK: Resuming after a restart

    /// Takes the ledger's open episodes; the first poll of each decides how it continues.
    mutating func resume(_ snapshot: LedgerSnapshot, now: Instant) {
        let intents = Dictionary(grouping: snapshot.intents, by: \.episode)
        // By AWS's times of the failures: when they were seen depends on the clocks.
        let oldestFirst = snapshot.episodes.filter { $0.outcome == nil }.sorted { left, right in
            (left.newestFailure, left.firstSeen, left.key)
                < (right.newestFailure, right.firstSeen, right.key)
        }
        var newest: [StageKey: EpisodeKey] = [:]
        for record in oldestFirst {
            let key = record.key
            let own = (intents[key] ?? []).sorted { $0.sequence < $1.sequence }
            if record.isParallel {
                adopt(record, own, StageSnapshot(name: key.stage), now)
                fleet.adopt(key, at: now)
                continue
            }
            let place = StageKey(pipeline: key.pipeline, stage: key.stage)
            // A newer episode of the same stage proves that another execution took it.
            if let older = newest[place] { ledger.outdated.append(older) }
            newest[place] = key
            adopt(record, own, StageSnapshot(name: key.stage), now)
            fleet.pipelines[key.pipeline]?.stages[key.stage] = key
        }
    }

    /// Resumes an open episode of the ledger.
    mutating func adopt(
        _ record: EpisodeRecord,
        _ intents: [Intent],
        _ stage: StageSnapshot,
        _ now: Instant
    ) {
        let phase = EpisodePhase.resuming(until: now + Timing.call)
        episodes.add(Episode(record: record, phase: phase, intents: intents, stage: stage))
    }

    /// Reports the end of those that a newer episode had overtaken.
    mutating func endOutdated(_ now: Instant) {
        for key in ledger.outdated { deliver(key, .over(.superseded, nil), now) }
        ledger.outdated = []
    }
}

extension Effect {
    /// Whether it is a question to the ledger.
    var isRecall: Bool {
        switch self {
        case .recall: true
        case .readState, .readDefinition, .readEvidence, .listExecutions, .readExecution,
            .listPipelines,
            .readCauses, .readPrecedents, .matchPatterns, .recordIntent, .retry, .record, .report:
            false
        }
    }
}

extension Effect {
    /// Whether it is a report.
    var isReport: Bool {
        switch self {
        case .report: true
        case .readState, .readDefinition, .readEvidence, .listExecutions, .readExecution,
            .listPipelines,
            .readCauses, .readPrecedents, .matchPatterns, .recall, .recordIntent, .retry, .record:
            false
        }
    }
}

extension EpisodeRecord {
    /// When the stage last changed at its newest failure.
    fileprivate var newestFailure: WallTime {
        lastFailure?.lastStatusChange ?? firstFailure
    }
}
