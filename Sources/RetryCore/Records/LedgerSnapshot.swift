import Primitives

/// The ledger's content at start.
package struct LedgerSnapshot: Hashable, Sendable {
    /// The open episodes; ended ones are queried one by one and ignored here.
    package var episodes: [EpisodeRecord]
    /// The intents of those episodes.
    package var intents: [Intent]
    /// All other retries that a budget may count.
    package var spent: [SpentRetry]
    /// Pauses by command.
    package var pauses: [Pause]

    /// Creates a snapshot; everything defaults to empty.
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
