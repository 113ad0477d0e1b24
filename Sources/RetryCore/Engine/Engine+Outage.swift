import Primitives

/// Holds of the same error on many pipelines, and how what they held goes on.
extension Engine {
    /// Counts a failure; enough pipelines with the same one begin a hold.
    mutating func noteOutage(_ key: EpisodeKey, _ now: Instant) {
        guard let setting = configuration.outageHold, let record = episodes[key]?.record,
            episodes[key]?.notedFailure != record.lastFailure
        else { return }
        episodes[key]?.notedFailure = record.lastFailure
        holds.outages.probeFailed(key, setting, now)
        guard let error = record.lastFingerprint,
            let outage = holds.outages.see(error, on: key.pipeline, setting, now)
        else { return }
        let next = serverTime(key.pipeline.target, now) + setting.probeEvery
        report(.outageHold(error, pipelines: outage.seen.count, nextProbe: next))
        for other in liveEpisodes where other != key { hold(other, error, now) }
    }

    /// Retries that were decided before the hold began wait with the others.
    private mutating func hold(_ key: EpisodeKey, _ fingerprint: Fingerprint, _ now: Instant) {
        guard episodes[key]?.record.lastFingerprint == fingerprint,
            case .pending = episodes[key]?.phase
        else { return }
        decide(key, now)
    }

    /// Until when a hold stands against an episode; nil when it may go.
    func outageHold(on key: EpisodeKey, _ now: Instant) -> WallTime? {
        guard let fingerprint = episodes[key]?.record.lastFingerprint,
            let outage = holds.outages[fingerprint], outage.holdsSince != nil,
            !outage.probes.contains(key)
        else { return nil }
        // Beyond the probe's time: those that wait must still do so when one of them is chosen.
        let next = (outage.nextProbe ?? now + Timing.lift) + Timing.call
        return serverTime(key.pipeline.target, now) + max(.seconds(1), next - now)
    }

    /// Lets a probe go, forgets old sightings, ends a hold that nothing waits for.
    mutating func stepOutages(_ now: Instant) {
        for (error, outage) in holds.outages.due(now) {
            if outage.holdsSince != nil {
                probe(error, now)
            } else {
                holds.outages.forgetOld(error, now)
            }
        }
    }

    /// Of those that wait the one is let through that was retried least.
    private mutating func probe(_ fingerprint: Fingerprint, _ now: Instant) {
        let every = configuration.outageHold?.probeEvery ?? Timing.effectLook
        let held = heldEpisodes(by: fingerprint).map { key in
            (retries: episodes[key]?.countedRetries ?? 0, key: key)
        }
        if let first = held.min(by: { ($0.retries, $0.key) < ($1.retries, $1.key) })?.key {
            holds.outages.letGo(first, of: fingerprint, every: every, now)
            setPhase(first, .deferred(.outageHold, firm: true, until: now))
            return
        }
        switch concern(with: fingerprint) {
        case .deciding: holds.outages.tryAgain(fingerprint, at: now + Timing.effectLook)
        case .probing: holds.outages.tryAgain(fingerprint, at: now + every)
        case .none: endOutage(fingerprint, now)
        }
    }

    private func heldEpisodes(by fingerprint: Fingerprint) -> [EpisodeKey] {
        liveEpisodes.filter { key in
            guard case .deferred(.outageHold, _, _) = episodes[key]?.phase else { return false }
            return episodes[key]?.record.lastFingerprint == fingerprint
        }
    }

    /// What becomes of the episodes with an error.
    private enum Concern {
        /// One is just being decided on and may come to wait.
        case deciding
        /// All of them were let through, or are retried anyway.
        case probing
        /// There is none.
        case none
    }

    private func concern(with fingerprint: Fingerprint) -> Concern {
        var concern = Concern.none
        for episode in episodes.values where episode.record.lastFingerprint == fingerprint {
            switch episode.phase.name {
            case .resuming, .gathering, .matching, .pending, .deferred, .rechecking:
                return .deciding
            case .recording, .queued, .calling, .verifying, .settling, .running:
                concern = .probing
            case .ended: break
            }
        }
        return concern
    }

    /// A stage with the error succeeded, a probe or one that somebody else retried: the world is
    /// well again.
    mutating func probeRecovered(_ key: EpisodeKey, _ now: Instant) {
        let error = episodes[key]?.record.lastFingerprint
        for other in holds.outages.errors
        where holds.outages[other]?.probes.contains(key) == true || other == error {
            endOutage(other, now)
        }
    }

    /// A probe that ended without an answer makes room for another.
    mutating func probeEnded(_ key: EpisodeKey, _ now: Instant) {
        holds.outages.probeEnded(key, now)
    }

    /// The file no longer asks for holds.
    mutating func endOutages(_ now: Instant) {
        for error in holds.outages.errors { endOutage(error, now) }
        holds.outages.endAll()
    }

    private mutating func endOutage(_ fingerprint: Fingerprint, _ now: Instant) {
        guard let since = holds.outages[fingerprint]?.holdsSince else { return }
        let held = heldEpisodes(by: fingerprint)
        holds.outages.end(fingerprint)
        report(.outageOver(fingerprint, after: now - since))
        release(held, now)
    }
}
