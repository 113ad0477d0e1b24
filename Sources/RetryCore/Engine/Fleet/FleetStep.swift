import Primitives

/// What the fleet wants done.
enum FleetStep: Hashable, Sendable {
    /// Emit a report.
    case report(Report)
    /// Make a call to AWS when the rates allow.
    case ask(PendingCall, CallPriority)
    /// Take a call back that was not made.
    case withdraw(PendingCall)
    /// Rates are shared so from now on.
    case shareRates([TargetName: RateGroup])
    /// Deliver an input to an episode.
    case deliver(EpisodeKey, EpisodeInput)
    /// Drop an episode from memory.
    case forget(EpisodeKey)
    /// The answers to GetPipeline that are under way for a target no longer matter.
    case abandonDefinitions(TargetName)
    /// A target reaches other pipelines than before under the same names.
    case leave(TargetName)
    /// Queries to the ledger about a pipeline no longer matter.
    case dropRecalls(PipelineKey)
}
