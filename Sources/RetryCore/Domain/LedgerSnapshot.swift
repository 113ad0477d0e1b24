import Primitives

/// What the ledger held at start.
package struct LedgerSnapshot: Hashable, Sendable {
    /// The open episodes; those that have ended are asked for one by one, and ignored here.
    package var episodes: [EpisodeRecord]
    /// The intents of those episodes.
    package var intents: [Intent]
    /// All other retries that a budget may count.
    package var spent: [SpentRetry]
    /// Pauses by command.
    package var pauses: [Pause]

    /// Makes a snapshot; all default to empty.
    package init(
        episodes: [EpisodeRecord] = [],
        intents: [Intent] = [],
        spent: [SpentRetry] = [],
        pauses: [Pause] = []
    ) {
        self.episodes = episodes
        self.intents = intents
        self.spent = spent
        self.pauses = pauses
    }
}
