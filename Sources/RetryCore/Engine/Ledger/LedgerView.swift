import Primitives

/// The ledger as the engine sees it: the open queries, and whether it accepts writes.
struct LedgerView: Hashable, Sendable {
    /// A failure that the memory does not know, and the question about it.
    struct Recall: Hashable, Sendable {
        /// The query; nil: it was not answered, and the next poll asks again.
        var id: CallID?
        /// The execution that it is about.
        let execution: ExecutionID
        /// When it was asked first.
        let since: Instant
        /// How many times it was asked without an answer.
        var failures = 0
        /// The stage as the newest poll shows it.
        var stage: StageSnapshot
    }

    /// Why the ledger refuses writes.
    struct Degradation: Hashable, Sendable {
        /// The ledger's error text.
        var reason: String
        /// Since when.
        var since: Instant
    }

    /// The open queries to the ledger, by stage.
    var recalls: [StageKey: Recall] = [:]
    /// Why it refuses writes; nil while it accepts them.
    private(set) var degradation: Degradation?
    /// Its open episodes that a newer one overtook.
    var outdated: [EpisodeKey] = []

    /// Queries about a stage no longer matter.
    mutating func drop(_ place: StageKey) { recalls[place] = nil }

    /// Queries about other stages that a pipeline's state showed no longer matter.
    mutating func drop(of pipeline: PipelineKey, but stages: Set<StageName> = []) {
        guard !recalls.isEmpty else { return }
        for place in recalls.keys where place.pipeline == pipeline && place.execution == nil {
            if !stages.contains(place.stage) { recalls[place] = nil }
        }
    }

    /// No query about a pipeline matters any more.
    mutating func dropAll(of pipeline: PipelineKey) {
        for place in recalls.keys where place.pipeline == pipeline { recalls[place] = nil }
    }

    /// A write failed; returns whether the one before had succeeded.
    mutating func failed(_ why: String, _ now: Instant) -> Bool {
        guard degradation == nil else { return false }
        degradation = Degradation(reason: why, since: now)
        return true
    }

    /// A write succeeded; returns how long none had; nil when none had failed.
    mutating func recordSuccess(_ now: Instant) -> Duration? {
        guard let since = degradation?.since else { return nil }
        degradation = nil
        return now - since
    }
}
