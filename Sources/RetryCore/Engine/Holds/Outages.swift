import Primitives

/// The errors that pipelines show, and the outages: those that many pipelines share.
struct Outages: Hashable, Sendable {
    /// The most errors counted at once.
    static let most = 200

    private(set) var all: [Fingerprint: Outage] = [:] {
        didSet { nextStep = all.values.compactMap(\.nextStep).min() }
    }
    /// When the next of them must be checked again, which every event asks; nil: there is none.
    private(set) var nextStep: Instant?

    subscript(error: Fingerprint) -> Outage? { all[error] }

    /// The errors in the order of their texts.
    var errors: [Fingerprint] { all.keys.sorted { $0.text < $1.text } }

    /// The errors that must be checked again, with their outages.
    func due(_ now: Instant) -> [(error: Fingerprint, outage: Outage)] {
        guard let nextStep, nextStep <= now else { return [] }
        return all.filter { $0.value.nextStep.map { $0 <= now } ?? false }
            .sorted { $0.key.text < $1.key.text }
            .map { ($0.key, $0.value) }
    }

    /// Counts a pipeline that shows an error; returns the outage when that begins a hold.
    mutating func see(
        _ error: Fingerprint,
        on pipeline: PipelineKey,
        _ setting: OutageHold,
        _ now: Instant
    ) -> Outage? {
        var outage = all[error] ?? Outage(within: setting.within)
        outage.see(pipeline, within: setting.within, now)
        let begins = outage.holdsSince == nil && outage.seen.count >= setting.pipelines
        if begins { outage.begin(probeEvery: setting.probeEvery, now) }
        all[error] = outage
        bound()
        return begins ? outage : nil
    }

    /// When too many errors are tracked, drops the one seen on the fewest pipelines, oldest first;
    /// an error that holds retries is kept.
    private mutating func bound() {
        guard all.count > Outages.most else { return }
        let counting = all.filter { $0.value.holdsSince == nil }
        let least = counting.min { left, right in
            (left.value.seen.count, left.value.oldest ?? .origin, left.key.text)
                < (right.value.seen.count, right.value.oldest ?? .origin, right.key.text)
        }
        if let least { all[least.key] = nil }
    }

    /// Forgets the pipelines that showed an error too long ago, and the error itself when none is
    /// left.
    mutating func forgetOld(_ error: Fingerprint, _ now: Instant) {
        if all[error]?.forget(now) == false { all[error] = nil }
    }

    /// A failure of an episode: if it was the probe, the next one waits.
    mutating func probeFailed(_ key: EpisodeKey, _ setting: OutageHold, _ now: Instant) {
        for error in all.keys {
            all[error]?.probeFailed(key, probeEvery: setting.probeEvery, now)
        }
    }

    /// A released episode ended without an answer: another may be released.
    mutating func probeEnded(_ key: EpisodeKey, _ now: Instant) {
        for error in all.keys { all[error]?.probeEnded(key, now) }
    }

    /// For how long an error still holds an episode; nil when nothing holds it.
    func hold(on key: EpisodeKey, error: Fingerprint?, _ now: Instant) -> Duration? {
        guard let error, let outage = all[error], outage.holdsSince != nil,
            !outage.probes.contains(key)
        else { return nil }
        // Beyond the probe's time: those that wait must still do so when one of them is chosen.
        let next = (outage.nextProbe ?? now + Timing.lift) + Timing.call
        return max(.seconds(1), next - now)
    }

    /// Releases one episode as the probe.
    mutating func letGo(_ key: EpisodeKey, of error: Fingerprint, every: Duration, _ now: Instant) {
        all[error]?.letGo(key, probeEvery: every, now)
    }

    /// No probe can be released yet.
    mutating func tryAgain(_ error: Fingerprint, at instant: Instant) {
        all[error]?.tryAgain(at: instant)
    }

    /// Forgets an error.
    mutating func end(_ error: Fingerprint) { all[error] = nil }

    /// Forgets all errors.
    mutating func endAll() { all = [:] }
}
