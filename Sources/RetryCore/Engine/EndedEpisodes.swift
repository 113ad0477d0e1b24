/// The episodes that have ended and that their stages still show, in a bare form.
///
/// Each watched stage has one at most. All others are in the ledger only, which is asked before a
/// failure that the memory does not know is taken as new.
struct EndedEpisodes: Hashable, Sendable {
    /// From which call on a look confirms that another execution took the stage; none: no look
    /// showed one yet.
    private var overtaken: [EpisodeKey: CallID?] = [:]

    /// How many there are.
    var count: Int { overtaken.count }

    /// Whether an episode is known to have ended.
    func contains(_ key: EpisodeKey) -> Bool { overtaken[key] != nil }

    /// Keeps an episode that has ended.
    mutating func put(_ key: EpisodeKey, overtakenAfter call: CallID? = nil) {
        overtaken.updateValue(call, forKey: key)
    }

    /// Drops an episode.
    mutating func remove(_ key: EpisodeKey) { overtaken.removeValue(forKey: key) }

    /// From which call on a look confirms that another execution took the stage; nil: none did yet.
    func overtakenAfter(_ key: EpisodeKey) -> CallID? { overtaken[key] ?? nil }

    /// Notes that one look showed another execution.
    mutating func doubt(_ key: EpisodeKey, after call: CallID) {
        if contains(key) { overtaken.updateValue(call, forKey: key) }
    }
}
