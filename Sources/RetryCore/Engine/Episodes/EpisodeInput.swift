import Primitives

/// What an episode is told.
enum EpisodeInput: Hashable, Sendable {
    /// It begins: a stage was seen to fail.
    case began
    /// A poll shows the stage, under an edition of the pipeline.
    case shown(StageSnapshot, PipelineEdition?, by: CallID)
    /// A poll shows no such stage.
    case missing(by: CallID)
    /// What is known of the definition has changed.
    case definitionRead
    /// The answer to ListActionExecutions, whose call this was.
    case evidenceRead(CallID, ReadAnswer<[ActionRow]>)
    /// The answers to the pattern questions.
    case patternsMatched(CallID, [PatternQuery: PatternFinding])
    /// The pattern questions were not answered in time.
    case patternsLost(CallID)
    /// What was decided; holds have taken notice of the failure.
    case decided(Decision, checked: Bool)
    /// What became of the write of the intent.
    case intentRecorded(CallID, Durability, isCalling: Bool)
    /// The call of RetryStageExecution has its turn.
    case turn
    /// The answer to RetryStageExecution.
    case retryAnswered(CallID, RetryAnswer)
    /// The deadline of the phase has come.
    case due
    /// What a decision rests on may have changed: the policy, a pause, another target.
    case reconsider
    /// The error of this episode holds all pipelines from now on.
    case outageBegan
    /// What held it is lifted, and this is its turn to go on.
    case released(at: Instant)
    /// An outage holds it, and it is the one that is tried.
    case letThrough
    /// The daemon starts with it, or has just found it in the ledger.
    case resumed
    /// Something beside the stage ends it.
    case over(Outcome, Reason?)
}

/// What an episode wants done, in order.
enum EpisodeStep: Hashable, Sendable {
    /// Tell the world.
    case report(Report)
    /// Change the ledger.
    case write(LedgerWrite)
    /// Ask for a call to AWS.
    case ask(Want, Urgency)
    /// Take a call back that was not made.
    case withdraw(Want)
    /// Look at the pipeline at this time at the latest.
    case look(at: Instant)
    /// Evaluate patterns, by a call with this id.
    case match(CallID, [PatternQuery])
    /// Make an intent durable, by a call with this id; it draws on the budgets at once.
    case record(CallID, Intent)
    /// Call RetryStageExecution, by a call with this id.
    case send(CallID, RetryMode)
    /// An intent drew on the budgets and will not be sent.
    case giveBack(Intent)
    /// A decision was taken: it comes back once the holds have taken notice of the failure.
    case decided(Decision, checked: Bool)
    /// The definition must be read anew.
    case forgetDefinition
    /// It was said as an error that the definition is denied.
    case denialReported
    /// What a poll showed was not taken: the same bytes must be heard again.
    case notTaken
    /// The stage succeeded.
    case succeeded
    /// The episode is over.
    case ended
}
