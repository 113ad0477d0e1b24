import Primitives

/// The input of an episode.
enum EpisodeInput: Hashable, Sendable {
    /// It begins: a stage was seen to fail.
    case began
    /// A poll shows the stage, under an edition of the pipeline.
    case shown(StageSnapshot, PipelineEdition?, by: CallID)
    /// A poll shows no such stage.
    case missing(by: CallID)
    /// What is known of the definition has changed.
    case definitionRead
    /// The definition tells for the first time whether CodePipeline retries the stage once by
    /// itself, which the history of an execution in PARALLEL mode does not.
    case attributed(retriesItself: Bool)
    /// The answer to ListActionExecutions, whose call this was.
    case evidenceRead(CallID, ReadAnswer<[ActionRow]>)
    /// What the services say that this call asked, as far as they answered in time.
    case causesRead(CallID, [ActionExecutionID: CauseReport])
    /// The answers to the pattern questions.
    case patternsMatched(CallID, [PatternQuery: PatternFinding])
    /// The pattern questions were not answered in time.
    case patternsLost(CallID)
    /// What the ledger says of failures like this one, asked by this call; nil: nothing.
    case precedentsRead(CallID, Precedents?)
    /// The decision; holds have taken notice of the failure.
    case decided(Decision, checked: Bool)
    /// The result of writing the intent.
    case intentRecorded(CallID, Durability, isCalling: Bool)
    /// The call of RetryStageExecution has its turn.
    case turn
    /// The answer to RetryStageExecution.
    case retryAnswered(CallID, RetryAnswer)
    /// The deadline of the phase has come.
    case due
    /// What a decision rests on may have changed: the policy, a pause, another target.
    case reconsider
    /// An outage hold began for the error of this episode.
    case outageBegan
    /// Its hold is lifted, and it is its turn to continue.
    case released(at: Instant)
    /// An outage holds it, and it is the probe.
    case letThrough
    /// The daemon starts with it, or has just found it in the ledger.
    case resumed
    /// Something other than the stage ends it.
    case over(Outcome, Reason?)
}
