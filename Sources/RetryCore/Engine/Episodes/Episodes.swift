import Primitives

/// The episodes: those that live with their deadlines, and those that have ended and that their
/// stages still show.
struct Episodes: Hashable, Sendable {
    /// The episodes that live.
    var live = Table<EpisodeKey, Episode>()
    /// Those that have ended and that their stages still show.
    var ended = EndedEpisodes()
    /// When the phase of each live episode must be checked again.
    private var deadlines = DeadlineQueue<EpisodeKey>()

    /// The keys of the live episodes, in order.
    var keys: [EpisodeKey] { live.keys.sorted() }

    /// When the next phase must be checked again; nil: no episode is live.
    var nextDeadline: Instant? { deadlines.next }

    /// Whether one of a pipeline's episodes waits for a sign of a retry of ours.
    func awaitsEffect(of stages: [StageName: EpisodeKey]) -> Bool {
        !live.isEmpty
            && stages.values.contains { key in
                live.place(of: key).map { live[at: $0].awaitsEffect } == true
            }
    }

    /// A live episode whose deadline has come; each is returned once.
    mutating func popDue(_ now: Instant) -> EpisodeKey? { deadlines.popDue(now) }

    /// Begins an episode, or resumes one of the ledger.
    mutating func add(_ episode: Episode) {
        live[episode.key] = episode
        keepDeadline(of: episode.key)
    }

    /// Delivers one input to a live episode; returns the steps that follow, nil when it is not
    /// live.
    mutating func deliver(
        _ key: EpisodeKey,
        _ input: EpisodeInput,
        _ world: EpisodeEnvironment
    ) -> [EpisodeStep]? {
        guard let place = live.place(of: key) else { return nil }
        let steps = live[at: place].take(input, world)
        keepDeadline(of: key)
        return steps
    }

    /// Drops a live episode; nothing is kept of it.
    mutating func remove(_ key: EpisodeKey) {
        deadlines.remove(key)
        live[key] = nil
    }

    private mutating func keepDeadline(of key: EpisodeKey) {
        if let place = live.place(of: key), let deadline = live[at: place].phase.deadline {
            deadlines.set(key, at: deadline)
        } else {
            deadlines.remove(key)
        }
    }
}
