import Primitives

/// One change of the ledger that need not be durable before the next effect.
package enum LedgerWrite: Hashable, Sendable {
    /// Puts an episode's newest record.
    case episode(EpisodeRecord)
    /// Stores the state of an intent.
    case intent(Intent)
    /// Puts a pause; one of the same scope is replaced.
    case pause(Pause)
    /// Removes the pause of a scope.
    case resume(PauseScope)
}
