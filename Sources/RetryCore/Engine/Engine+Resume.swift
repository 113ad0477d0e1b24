import Primitives

/// Going on after a restart: open intents are settled before anything else.
extension Engine {
    /// Takes the ledger's open episodes; the first look at each decides how it goes on.
    mutating func resume(_ ledger: LedgerSnapshot, now: Instant) {
        let intents = Dictionary(grouping: ledger.intents, by: \.episode)
        // By AWS's times of the failures: when they were seen depends on what the clocks said.
        let oldestFirst = ledger.episodes.filter { $0.outcome == nil }.sorted { left, right in
            (left.newestFailure, left.firstSeen, left.key)
                < (right.newestFailure, right.firstSeen, right.key)
        }
        var newest: [StageKey: EpisodeKey] = [:]
        for record in oldestFirst {
            let key = record.key
            let own = (intents[key] ?? []).sorted { $0.sequence < $1.sequence }
            let place = StageKey(pipeline: key.pipeline, stage: key.stage)
            // A newer episode of the same stage proves that another execution took it.
            if let older = newest[place] { outdated.append(older) }
            newest[place] = key
            adopt(record, own, StageSnapshot(name: key.stage), now)
            pipelines[key.pipeline]?.stages[key.stage] = key
        }
    }

    /// Goes on with an open episode of the ledger.
    mutating func adopt(
        _ record: EpisodeRecord,
        _ intents: [Intent],
        _ stage: StageSnapshot,
        _ now: Instant
    ) {
        let deadline = now + Timing.call
        episodes[record.key] = Episode(
            record: record,
            phase: .resuming(until: deadline),
            intents: intents,
            stage: stage
        )
        episodeDeadlines.set(record.key, at: deadline)
    }

    /// Whether an open intent was sent is not known: it may still land, and counts as spent.
    mutating func doubtOpenIntents() {
        for key in liveEpisodes { doubtOpenIntents(of: key) }
    }

    /// Only the newest is settled by reading the state; failed writes may have left others.
    mutating func doubtOpenIntents(of key: EpisodeKey) {
        let intents = episodes[key]?.intents ?? []
        let open = intents.filter { $0.state == .open }
        guard !open.isEmpty else { return }
        for intent in open {
            let isNewest = intent.sequence == intents.last?.sequence
            change(intent, to: isNewest ? .unknown : .unsettled)
        }
        episodes[key]?.record.lateRetries += open.count
        save(key)
    }

    /// Says the end of those that a newer episode had overtaken.
    mutating func endOutdated(_ now: Instant) {
        for key in outdated { end(key, .superseded, nil, now) }
        outdated = []
    }

    /// Gives pipelines that were just found their open episodes.
    mutating func attachLedger(to found: Set<PipelineKey>) {
        for key in episodes.keys where found.contains(key.pipeline) {
            pipelines[key.pipeline]?.stages[key.stage] = key
        }
    }

    /// The first look after a restart shows the stage still Failed.
    mutating func goOn(_ key: EpisodeKey, by id: CallID, _ now: Instant) {
        guard let episode = episodes[key] else { return }
        guard let intent = episode.intents.last else {
            startGathering(key, now)
            return
        }
        let until = now + Timing.effect
        switch intent.state {
        case .open, .unknown:
            if episode.stage.hasMoved(since: intent.before) {
                tookEffect(key, intent, now)
                startGathering(key, now)
            } else {
                setPhase(key, .settling(change(intent, to: .unknown), after: id, until: until))
            }
        case .accepted:
            if episode.stage.hasMoved(since: intent.before) {
                tookEffect(key, intent, now)
                startGathering(key, now)
            } else {
                setPhase(key, .verifying(intent, after: id, until: until))
            }
        case .effective, .withoutEffect, .unsettled, .notExecuted: startGathering(key, now)
        }
    }

    /// The first look after a restart shows the stage in another state than Failed.
    mutating func settleResumed(_ key: EpisodeKey, _ now: Instant) {
        guard let episode = episodes[key], case .resuming = episode.phase,
            let intent = episode.intents.last
        else { return }
        switch intent.state {
        case .open, .unknown, .accepted: tookEffect(key, intent, now)
        case .effective, .withoutEffect, .unsettled, .notExecuted: break
        }
    }
}

extension EpisodeRecord {
    /// When the stage last changed at its newest failure.
    fileprivate var newestFailure: WallTime {
        lastFailure?.lastStatusChange ?? firstFailure
    }
}

/// One stage of one pipeline.
struct StageKey: Hashable, Sendable {
    let pipeline: PipelineKey
    let stage: StageName
}
