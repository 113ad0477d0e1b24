package import Primitives
package import RetryCore

/// One call of the simulation's ledger with its answer, to be compared with the daemon's ledger.
package enum LedgerStep: Hashable, Sendable {
    /// Changes were to be stored; whether the disk took them, and whether all is durable since.
    case apply([LedgerWrite], taken: Bool, isSynced: Bool)
    /// An intent was to be made durable.
    case record(Intent, Durability)
    /// An episode was queried.
    case recall(EpisodeKey, Recollection)
    /// The process was killed: so many of the transactions that were not durable survived, and this
    /// is what the next one finds.
    case crash(keeping: Int, LedgerSnapshot)
    /// Old rows were to be deleted at a time of day, but for the intents that a budget counts so
    /// far back, and this is left.
    case prune(WallTime, memory: Duration, LedgerSnapshot)
    /// The disk is full from here on, or takes writes again.
    case full(Bool)
}
