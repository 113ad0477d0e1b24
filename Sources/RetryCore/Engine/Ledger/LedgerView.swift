import Primitives

/// What the engine knows of the ledger: what it is being asked, and whether it takes writes.
struct LedgerView: Hashable, Sendable {
    /// A failure that the memory does not know, and the question about it.
    struct Recall: Hashable, Sendable {
        /// The question; nil: it was not answered, and the next look asks again.
        var id: CallID?
        /// The execution that it is about.
        let execution: ExecutionID
        /// When it was asked first.
        let since: Instant
        /// How often it was asked in vain.
        var failures = 0
        /// The stage as the newest look shows it.
        var stage: StageSnapshot
    }

    /// Why the ledger takes no writes.
    struct Degradation: Hashable, Sendable {
        /// What it said.
        var reason: String
        /// Since when.
        var since: Instant
    }

    /// What the ledger is being asked about, by stage.
    var recalls: [StageKey: Recall] = [:]
    /// Why it takes no writes; nil while it does.
    private(set) var degradation: Degradation?
    /// Its open episodes that a newer one overtook.
    var outdated: [EpisodeKey] = []

    /// Whatever was asked about a stage no longer matters.
    mutating func drop(_ place: StageKey) { recalls[place] = nil }

    /// Whatever was asked about other stages of a pipeline no longer matters.
    mutating func drop(of pipeline: PipelineKey, but stages: Set<StageName> = []) {
        guard !recalls.isEmpty else { return }
        for place in recalls.keys where place.pipeline == pipeline {
            if !stages.contains(place.stage) { recalls[place] = nil }
        }
    }

    /// A write failed; whether that is news.
    mutating func failed(_ why: String, _ now: Instant) -> Bool {
        guard degradation == nil else { return false }
        degradation = Degradation(reason: why, since: now)
        return true
    }

    /// A write worked; how long none had, nil when that is no news.
    mutating func recordSuccess(_ now: Instant) -> Duration? {
        guard let since = degradation?.since else { return nil }
        degradation = nil
        return now - since
    }
}
