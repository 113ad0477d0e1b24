/// The same error on many pipelines: it is the world, not the pipelines.
struct Outage: Hashable, Sendable {
    /// When each pipeline showed the error last; counted until the hold begins.
    private(set) var seen: [PipelineKey: Instant] = [:]
    /// The oldest of these times.
    private(set) var oldest: Instant?
    /// How long a pipeline's error counts.
    private var within: Duration
    /// Since when it holds all of them; nil while it only counts.
    private(set) var holdsSince: Instant?
    /// When the next retry is let through; nil exactly while it only counts.
    private(set) var nextProbe: Instant?
    /// The episodes that were let through and have neither ended nor failed since.
    private(set) var probes: Set<EpisodeKey> = []

    init(within: Duration) {
        self.within = within
    }

    /// When the outage must be looked at again.
    var nextStep: Instant? { nextProbe ?? oldest.map { $0 + within } }

    /// Counts a pipeline, and forgets those that showed the error too long ago.
    mutating func see(_ pipeline: PipelineKey, within: Duration, _ now: Instant) {
        guard holdsSince == nil else { return }
        self.within = within
        seen[pipeline] = now
        seen = seen.filter { now - $0.value <= within }
        oldest = seen.values.min()
    }

    /// Forgets the pipelines whose time is over; says whether one is left.
    mutating func forget(_ now: Instant) -> Bool {
        seen = seen.filter { now - $0.value < within }
        oldest = seen.values.min()
        return !seen.isEmpty
    }

    /// Begins the hold.
    mutating func begin(probeEvery: Duration, _ now: Instant) {
        holdsSince = now
        nextProbe = now + probeEvery
    }

    /// Lets one episode through.
    ///
    /// The time of the next one runs on meanwhile, so that a probe that takes long, or that
    /// something else defers, keeps nobody waiting.
    mutating func letGo(_ key: EpisodeKey, probeEvery: Duration, _ now: Instant) {
        probes.insert(key)
        nextProbe = now + probeEvery
    }

    /// Nothing can be let through yet.
    mutating func tryAgain(at instant: Instant) {
        nextProbe = instant
    }

    /// A probe failed again: the next one follows `probeEvery` later at the earliest.
    mutating func probeFailed(_ key: EpisodeKey, probeEvery: Duration, _ now: Instant) {
        guard probes.remove(key) != nil, let next = nextProbe else { return }
        nextProbe = max(next, now + probeEvery)
    }

    /// A probe ended without an answer: another one may follow at once.
    mutating func probeEnded(_ key: EpisodeKey, _ now: Instant) {
        guard probes.remove(key) != nil, let next = nextProbe else { return }
        nextProbe = min(next, now + .seconds(1))
    }
}

extension Engine {
    /// The most fingerprints that are counted at once.
    static let mostOutages = 200

    /// Counts a failure; enough pipelines with the same one begin a hold.
    mutating func noteOutage(_ key: EpisodeKey, _ now: Instant) {
        guard let setting = configuration.outageHold, let record = episodes[key]?.record,
            episodes[key]?.notedFailure != record.lastFailure
        else { return }
        episodes[key]?.notedFailure = record.lastFailure
        for fingerprint in outages.keys {
            outages[fingerprint]?.probeFailed(key, probeEvery: setting.probeEvery, now)
        }
        guard let fingerprint = record.lastFingerprint else { return }
        var outage = outages[fingerprint] ?? Outage(within: setting.within)
        outage.see(key.pipeline, within: setting.within, now)
        let begins = outage.holdsSince == nil && outage.seen.count >= setting.pipelines
        if begins { outage.begin(probeEvery: setting.probeEvery, now) }
        outages[fingerprint] = outage
        boundOutages()
        guard begins else { return }
        let next = serverTime(key.pipeline.target, now) + setting.probeEvery
        report(.outageHold(fingerprint, pipelines: outage.seen.count, nextProbe: next))
        for other in liveEpisodes where other != key { hold(other, fingerprint, now) }
    }

    /// Of too many errors that are only counted, the one is forgotten that the fewest pipelines
    /// have, and of those the oldest.
    private mutating func boundOutages() {
        guard outages.count > Engine.mostOutages else { return }
        let counting = outages.filter { $0.value.holdsSince == nil }
        let least = counting.min { left, right in
            (left.value.seen.count, left.value.oldest ?? .origin, left.key.text)
                < (right.value.seen.count, right.value.oldest ?? .origin, right.key.text)
        }
        if let least { outages[least.key] = nil }
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
            let outage = outages[fingerprint], outage.holdsSince != nil,
            !outage.probes.contains(key)
        else { return nil }
        // Beyond the probe's time: those that wait must still do so when one of them is chosen.
        let next = (outage.nextProbe ?? now + Timing.lift) + Timing.call
        return serverTime(key.pipeline.target, now) + max(.seconds(1), next - now)
    }

    /// Lets a probe go, forgets old sightings, ends a hold that nothing waits for.
    mutating func stepOutages(_ now: Instant) {
        let due = outages.filter { $0.value.nextStep.map { $0 <= now } ?? false }
        for (fingerprint, outage) in due.sorted(by: { $0.key.text < $1.key.text }) {
            if outage.holdsSince != nil {
                probe(fingerprint, now)
            } else if outages[fingerprint]?.forget(now) == false {
                outages[fingerprint] = nil
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
            outages[fingerprint]?.letGo(first, probeEvery: every, now)
            setPhase(first, .deferred(.outageHold, firm: true, until: now))
            return
        }
        switch concern(with: fingerprint) {
        case .deciding: outages[fingerprint]?.tryAgain(at: now + Timing.effectLook)
        case .probing: outages[fingerprint]?.tryAgain(at: now + every)
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
        for (fingerprint, outage) in outages.sorted(by: { $0.key.text < $1.key.text })
        where outage.probes.contains(key) || fingerprint == error {
            endOutage(fingerprint, now)
        }
    }

    /// A probe that ended without an answer makes room for another.
    mutating func probeEnded(_ key: EpisodeKey, _ now: Instant) {
        for fingerprint in outages.keys { outages[fingerprint]?.probeEnded(key, now) }
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
