/// The ended episodes that their stages still show, in reduced form.
///
/// Each watched stage has at most one. All others are only in the ledger, which is asked before a
/// failure that is not in memory is taken as new.
struct EndedEpisodes: Hashable, Sendable {
    /// What is kept of each ended episode.
    struct Bare: Hashable, Sendable {
        /// The first call whose poll may confirm that another execution took the stage; none: no
        /// poll showed one yet.
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

    /// Those whose stages are still Failed and are no longer retried.
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

    /// The first call whose poll may confirm that another execution took the stage; nil: none
    /// showed one yet.
    func overtakenAfter(_ key: EpisodeKey) -> CallID? { all[key]?.overtakenAfter }

    /// Notes that one poll showed another execution.
    mutating func recheck(_ key: EpisodeKey, after call: CallID) {
        all[key]?.overtakenAfter = call
    }
}
