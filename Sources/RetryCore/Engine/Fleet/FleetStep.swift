import Primitives

/// What the fleet wants done.
enum FleetStep: Hashable, Sendable {
    /// Tell the world.
    case report(Report)
    /// Make a call to AWS when the rates allow.
    case ask(PendingCall, CallPriority)
    /// Take a call back that was not made.
    case withdraw(PendingCall)
    /// Rates are shared so from now on.
    case shareRates([TargetName: String])
    /// Tell an episode.
    case deliver(EpisodeKey, EpisodeInput)
    /// Drop an episode from memory.
    case forget(EpisodeKey)
    /// Whatever the ledger was asked about a pipeline no longer matters.
    case dropRecalls(PipelineKey)
}
