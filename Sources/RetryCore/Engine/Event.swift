import Primitives

/// An input of the engine.
package enum Event: Hashable, Sendable {
    /// The answer to ``Effect/readState(_:_:known:)``.
    case stateRead(CallID, ReadAnswer<PolledState>)
    /// The answer to ``Effect/readDefinition(_:_:)``.
    case definitionRead(CallID, ReadAnswer<PipelineDefinition>)
    /// The answer to ``Effect/readEvidence(_:_:_:)``.
    case evidenceRead(CallID, ReadAnswer<[ActionRow]>)
    /// The answer to ``Effect/listExecutions(_:_:limit:known:)``.
    case executionsListed(CallID, ReadAnswer<PolledExecutions>)
    /// The answer to ``Effect/readExecution(_:_:_:)``; nil: AWS has no such execution.
    case executionRead(CallID, ReadAnswer<ExecutionReading?>)
    /// The answer to ``Effect/listPipelines(_:_:)``.
    case pipelinesListed(CallID, ReadAnswer<[PipelineName]>)
    /// The answer to ``Effect/matchPatterns(_:_:)``.
    case patternsMatched(CallID, [PatternQuery: PatternFinding])
    /// The answer to ``Effect/readCauses(_:_:_:within:)``, by attempt; one that is missing was not
    /// read.
    case causesRead(CallID, [ActionExecutionID: CauseReport])
    /// The answer to ``Effect/recall(_:_:)``.
    case recalled(CallID, Recollection)
    /// The answer to ``Effect/readPrecedents(_:_:)``; nil: the past cannot be read.
    case precedentsRead(CallID, Precedents?)
    /// The answer to ``Effect/recordIntent(_:_:)``.
    case intentRecorded(CallID, Durability)
    /// The answer to ``Effect/retry(_:_:_:)``.
    case retryAnswered(CallID, RetryAnswer)
    /// A write that needs no answer failed; the text says why.
    case ledgerFailed(String)
    /// The ledger takes writes again.
    case ledgerRecovered
    /// The config file was reloaded.
    case reloaded(Configuration)
    /// A target cannot be reached for lack of something such as its Region or the credential files.
    case targetUnusable(TargetName, CallFailure)
    /// A target can be reached after all: its Region, rate group and endpoint are known.
    case targetPlanned(TargetName, region: String, rateGroup: RateGroup, endpoint: String = "")
    /// A person paused something by command, for so long from now on; without a span its own end
    /// counts, or it lasts until `resume`.
    case paused(Pause, for: Duration? = nil)
    /// A person lifted pauses: those whose scope equals this one, or all for everything.
    case resumed(PauseScope, uid: UInt32)
    /// ``Engine/nextDeadline`` was reached, or may have been; a spurious one does nothing.
    case deadlineReached
}

extension Event {
    /// Whether it is the ledger's memory, which is true no matter how late it is processed.
    var isRecollection: Bool {
        switch self {
        case .recalled: true
        case .stateRead, .definitionRead, .evidenceRead, .executionsListed, .executionRead,
            .pipelinesListed, .patternsMatched, .causesRead, .precedentsRead, .intentRecorded,
            .retryAnswered, .ledgerFailed, .ledgerRecovered, .reloaded, .targetUnusable,
            .targetPlanned, .paused, .resumed,
            .deadlineReached:
            false
        }
    }
}
