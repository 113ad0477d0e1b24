import Primitives

/// What an episode wants done, in order.
enum EpisodeStep: Hashable, Sendable {
    /// Emit a report.
    case report(Report)
    /// Change the ledger.
    case write(LedgerWrite)
    /// Ask for a call to AWS.
    case ask(PendingCall, CallPriority)
    /// Take a call back that was not made.
    case withdraw(PendingCall)
    /// Poll the pipeline, or read the execution of a PARALLEL one, at this time at the latest.
    case poll(at: Instant)
    /// Ask services for the causes of failed actions, by a call with this id.
    case trace(CallID, [CauseRequest], within: Duration)
    /// Evaluate patterns, by a call with this id.
    case match(CallID, [PatternQuery])
    /// Ask the ledger for precedents, by a call with this id.
    case compare(CallID, PrecedentQuestion)
    /// Make an intent durable, by a call with this id; it draws on the budgets at once.
    case record(CallID, Intent)
    /// Call RetryStageExecution, by a call with this id.
    case send(CallID, RetryMode)
    /// An intent drew on the budgets and will not be sent.
    case giveBack(Intent)
    /// An intent cost this, and not what the budgets have of it.
    case charge(Intent, RetryCost)
    /// A decision was made: it comes back once the holds have taken notice of the failure.
    case decided(Decision, checked: Bool)
    /// The definition must be read again.
    case forgetDefinition
    /// The denied definition was reported as an error.
    case denialReported
    /// AWS refused a retry in a PARALLEL pipeline although the stage is Failed.
    case refusedInParallel(CallFailure)
    /// What a poll showed was not taken: the same bytes must be processed again.
    case notTaken
    /// The stage succeeded.
    case succeeded
    /// The episode is over.
    case ended
}
