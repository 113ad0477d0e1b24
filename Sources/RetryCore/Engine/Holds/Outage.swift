import Primitives

/// The same error on many pipelines: the cause is outside the pipelines.
struct Outage: Hashable, Sendable {
    /// When each pipeline last showed the error; counted until the hold begins.
    private(set) var seen: [PipelineKey: Instant] = [:]
    /// The oldest of these times.
    private(set) var oldest: Instant?
    /// How long a pipeline's error counts.
    private var within: Duration
    /// Since when all of them are held; nil while it only counts.
    private(set) var holdsSince: Instant?
    /// When the next probe is released; nil exactly while it only counts.
    private(set) var nextProbe: Instant?
    /// The released episodes that have neither ended nor failed since.
    private(set) var probes: Set<EpisodeKey> = []

    init(within: Duration) {
        self.within = within
    }

    /// When the outage must be checked again.
    var nextStep: Instant? { nextProbe ?? oldest.map { $0 + within } }

    /// Counts a pipeline, and forgets those that showed the error too long ago.
    mutating func see(_ pipeline: PipelineKey, within: Duration, _ now: Instant) {
        guard holdsSince == nil else { return }
        self.within = within
        seen[pipeline] = now
        seen = seen.filter { now - $0.value <= within }
        oldest = seen.values.min()
    }

    /// Forgets the pipelines that showed the error too long ago; returns whether one is left.
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

    /// Releases one episode as the probe.
    ///
    /// The time of the next one keeps running, so that a probe that takes long, or that is deferred
    /// for another reason, does not delay the others.
    mutating func letGo(_ key: EpisodeKey, probeEvery: Duration, _ now: Instant) {
        probes.insert(key)
        nextProbe = now + probeEvery
    }

    /// No probe can be released yet.
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
