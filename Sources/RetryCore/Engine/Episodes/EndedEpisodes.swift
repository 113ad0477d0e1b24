/// The episodes that have ended and that their stages still show, in a bare form.
///
/// Each watched stage has one at most. All others are in the ledger only, which is asked before a
/// failure that the memory does not know is taken as new.
struct EndedEpisodes: Hashable, Sendable {
    /// What is kept of one.
    struct Bare: Hashable, Sendable {
        /// From which call on a look confirms that another execution took the stage; none: no look
        /// showed one yet.
        var overtakenAfter: CallID?
        /// How it ended; nil: only the ledger knows.
        var outcome: Outcome?
        /// Why, where the outcome has a reason.
        var reason: Reason?
        /// Whether its stage is still Failed.
        var isFailed = true
    }

    private var all: [EpisodeKey: Bare] = [:]

    /// How many there are.
    var count: Int { all.count }

    /// Those whose stages are still Failed and are not retried any more.
    var failed: [EpisodeKey: Bare] {
        all.filter { _, bare in
            switch bare.outcome {
            case .exhausted, .notRetried, nil: bare.isFailed
            case .recovered, .superseded, .removed: false
            }
        }
    }

    /// Whether an episode is known to have ended.
    func contains(_ key: EpisodeKey) -> Bool { all[key] != nil }

    /// Keeps an episode that has ended.
    mutating func put(_ key: EpisodeKey, _ bare: Bare = Bare()) { all[key] = bare }

    /// Drops an episode.
    mutating func remove(_ key: EpisodeKey) { all.removeValue(forKey: key) }

    /// Notes whether its stage is still Failed.
    mutating func note(_ key: EpisodeKey, isFailed: Bool) { all[key]?.isFailed = isFailed }

    /// From which call on a look confirms that another execution took the stage; nil: none did yet.
    func overtakenAfter(_ key: EpisodeKey) -> CallID? { all[key]?.overtakenAfter }

    /// Notes that one look showed another execution.
    mutating func recheck(_ key: EpisodeKey, after call: CallID) {
        all[key]?.overtakenAfter = call
    }
}
