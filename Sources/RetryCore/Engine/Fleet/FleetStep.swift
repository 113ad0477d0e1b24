import Primitives

/// What the fleet wants done.
enum FleetStep: Hashable, Sendable {
    /// Tell the world.
    case report(Report)
    /// Make a call to AWS when the rates allow.
    case ask(Want, Urgency)
    /// Take a call back that was not made.
    case withdraw(Want)
    /// Rates are shared so from now on.
    case shareRates([TargetName: String])
    /// Tell an episode.
    case tell(EpisodeKey, EpisodeInput)
    /// Drop an episode from memory.
    case forget(EpisodeKey)
    /// Whatever the ledger was asked about a pipeline no longer matters.
    case dropRecalls(PipelineKey)
}
