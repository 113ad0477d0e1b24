/// The same error on many pipelines: it is the world, not the pipelines.
struct Outage: Hashable, Sendable {
    /// When each pipeline showed the error last.
    var seen: [PipelineKey: Instant] = [:]
    /// Since when it holds all of them; nil while it only counts.
    var holdsSince: Instant?
    /// When one retry is let through.
    var nextProbe: Instant?
    /// The episode that was let through.
    var probe: EpisodeKey?
    /// How long a pipeline's error counts.
    var within: Duration

    /// When the outage must be looked at again.
    var nextStep: Instant? {
        guard holdsSince != nil else { return seen.values.min().map { $0 + within } }
        return probe == nil ? nextProbe : nil
    }
}

extension Engine {
    /// Counts a failure; enough pipelines with the same one begin a hold.
    mutating func noteOutage(_ key: EpisodeKey, _ now: Instant) {
        guard let setting = configuration.outageHold,
            let record = episodes[key]?.record, let fingerprint = record.lastFingerprint,
            episodes[key]?.notedFailure != record.lastFailure
        else { return }
        episodes[key]?.notedFailure = record.lastFailure
        var outage = outages[fingerprint] ?? Outage(within: setting.within)
        outage.within = setting.within
        outage.seen[key.pipeline] = now
        outage.seen = outage.seen.filter { now - $0.value <= setting.within }
        if outage.probe == key {
            outage.probe = nil
            outage.nextProbe = now + setting.probeEvery
        }
        if outage.holdsSince == nil, outage.seen.count >= setting.pipelines {
            outage.holdsSince = now
            outage.nextProbe = now + setting.probeEvery
            outages[fingerprint] = outage
            let next = serverTime(key.pipeline.target, now) + setting.probeEvery
            report(.outageHold(fingerprint, pipelines: outage.seen.count, nextProbe: next))
            for other in liveEpisodes where other != key { hold(other, fingerprint, now) }
        }
        outages[fingerprint] = outage
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
            let outage = outages[fingerprint], outage.holdsSince != nil, outage.probe != key
        else { return nil }
        // Beyond the probe's time: those that wait must still do so when one of them is chosen.
        let next = (outage.nextProbe ?? now + Timing.lift) + Timing.call
        return serverTime(key.pipeline.target, now) + max(.seconds(1), next - now)
    }

    /// Lets a probe go, forgets old sightings, ends a hold that nothing waits for.
    mutating func stepOutages(_ now: Instant) {
        for (fingerprint, outage) in outages.sorted(by: { $0.key.text < $1.key.text }) {
            guard let step = outage.nextStep, step <= now else { continue }
            if outage.holdsSince == nil {
                let seen = outage.seen.filter { now - $0.value < outage.within }
                outages[fingerprint] = seen.isEmpty ? nil : outage.with(seen: seen)
            } else {
                probe(fingerprint, now)
            }
        }
    }

    private mutating func probe(_ fingerprint: Fingerprint, _ now: Instant) {
        guard let first = heldEpisodes(by: fingerprint).first else {
            if isWaitedFor(fingerprint) {
                outages[fingerprint]?.nextProbe = now + Timing.effectLook
            } else {
                endOutage(fingerprint, now)
            }
            return
        }
        outages[fingerprint]?.probe = first
        setPhase(first, .deferred(.outageHold, firm: true, until: now))
    }

    private func heldEpisodes(by fingerprint: Fingerprint) -> [EpisodeKey] {
        liveEpisodes.filter { key in
            guard case .deferred(.outageHold, _, _) = episodes[key]?.phase else { return false }
            return episodes[key]?.record.lastFingerprint == fingerprint
        }
    }

    /// Whether an episode with this error is just being decided on.
    private func isWaitedFor(_ fingerprint: Fingerprint) -> Bool {
        liveEpisodes.contains { key in
            guard episodes[key]?.record.lastFingerprint == fingerprint else { return false }
            switch episodes[key]?.phase.name {
            case .resuming, .gathering, .matching, .pending, .deferred, .rechecking: return true
            case .recording, .queued, .calling, .verifying, .settling, .running, .ended, nil:
                return false
            }
        }
    }

    /// The probe's stage succeeded: the world is well again.
    mutating func probeRecovered(_ key: EpisodeKey, _ now: Instant) {
        for (fingerprint, outage) in outages.sorted(by: { $0.key.text < $1.key.text })
        where outage.holdsSince != nil && outage.seen[key.pipeline] != nil {
            endOutage(fingerprint, now)
        }
    }

    /// A probe that ended without an answer makes room for another.
    mutating func probeEnded(_ key: EpisodeKey, _ now: Instant) {
        for (fingerprint, outage) in outages where outage.probe == key {
            outages[fingerprint]?.probe = nil
            outages[fingerprint]?.nextProbe = now + .seconds(1)
        }
    }

    /// The file no longer asks for holds.
    mutating func endOutages(_ now: Instant) {
        for fingerprint in outages.keys.sorted(by: { $0.text < $1.text }) {
            endOutage(fingerprint, now)
        }
        outages = [:]
    }

    private mutating func endOutage(_ fingerprint: Fingerprint, _ now: Instant) {
        guard let since = outages[fingerprint]?.holdsSince else { return }
        let held = heldEpisodes(by: fingerprint)
        outages[fingerprint] = nil
        report(.outageOver(fingerprint, after: now - since))
        release(held, now)
    }
}

extension Outage {
    /// The same outage with other sightings.
    func with(seen: [PipelineKey: Instant]) -> Outage {
        var copy = self
        copy.seen = seen
        return copy
    }
}
