/// Going on after a restart: open intents are settled before anything else.
extension Engine {
    /// Takes the ledger's episodes; the first look at each decides how it goes on.
    mutating func resume(_ ledger: LedgerSnapshot, now: Instant) {
        let intents = Dictionary(grouping: ledger.intents, by: \.episode)
        // By AWS's times of the failures: when they were seen depends on what the clocks said.
        let oldestFirst = ledger.episodes.sorted { left, right in
            (left.newestFailure, left.firstSeen, left.key)
                < (right.newestFailure, right.firstSeen, right.key)
        }
        for record in oldestFirst {
            let own = (intents[record.key] ?? []).sorted { $0.sequence < $1.sequence }
            adopt(record, own, now)
        }
    }

    private mutating func adopt(_ record: EpisodeRecord, _ intents: [Intent], _ now: Instant) {
        let key = record.key
        var episode = Episode(
            record: record,
            phase: record.outcome == nil ? .resuming(until: now + Timing.call) : .ended,
            intents: intents,
            stage: StageSnapshot(name: key.stage)
        )
        episode.isRecorded = true
        let place = StageKey(pipeline: key.pipeline, stage: key.stage)
        if let older = newest[place] { outdate(older) }
        newest[place] = key
        episodes[key] = episode
        pipelines[key.pipeline]?.stages[key.stage] = key
        if let deadline = episode.phase.deadline { episodeDeadlines.set(key, at: deadline) }
    }

    /// A newer episode of the same stage proves that another execution took it.
    private mutating func outdate(_ key: EpisodeKey) {
        if episodes[key]?.phase == .ended {
            episodes[key] = nil
        } else {
            outdated.append(key)
        }
    }

    /// Whether an open intent was sent is not known: it may still land, and counts as spent.
    ///
    /// Only the newest is settled by reading the state; failed writes may have left others.
    mutating func doubtOpenIntents() {
        for key in liveEpisodes {
            let intents = episodes[key]?.intents ?? []
            let open = intents.filter { $0.state == .open }
            guard !open.isEmpty else { continue }
            for intent in open {
                let isNewest = intent.sequence == intents.last?.sequence
                change(intent, to: isNewest ? .unknown : .unsettled)
            }
            episodes[key]?.record.lateRetries += open.count
            save(key)
        }
    }

    /// Says the end of those that a newer episode had overtaken.
    mutating func endOutdated(_ now: Instant) {
        for key in outdated {
            end(key, .superseded, nil, now)
            episodes[key] = nil
        }
        outdated = []
    }

    /// Gives pipelines that were just found their episodes from the ledger.
    mutating func attachLedger(to found: Set<PipelineKey>) {
        for (place, episode) in newest
        where found.contains(place.pipeline) && episodes[episode] != nil {
            pipelines[place.pipeline]?.stages[place.stage] = episode
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
