package import Primitives

/// What the world tells the engine.
package enum Event: Hashable, Sendable {
    /// The answer to ``Effect/readState(_:_:known:)``.
    case stateRead(CallID, ReadAnswer<StateLook>)
    /// The answer to ``Effect/readDefinition(_:_:)``.
    case definitionRead(CallID, ReadAnswer<PipelineDefinition>)
    /// The answer to ``Effect/readEvidence(_:_:_:)``.
    case evidenceRead(CallID, ReadAnswer<[ActionRow]>)
    /// The answer to ``Effect/listExecutions(_:_:)``, newest first.
    case executionsListed(CallID, ReadAnswer<[ExecutionSummary]>)
    /// The answer to ``Effect/listPipelines(_:_:)``.
    case pipelinesListed(CallID, ReadAnswer<[PipelineName]>)
    /// The answer to ``Effect/matchPatterns(_:_:)``.
    case patternsMatched(CallID, [PatternQuery: PatternFinding])
    /// The answer to ``Effect/recall(_:_:)``.
    case recalled(CallID, Recollection)
    /// The answer to ``Effect/recordIntent(_:_:)``.
    case intentRecorded(CallID, Durability)
    /// The answer to ``Effect/retry(_:_:_:)``.
    case retryAnswered(CallID, RetryAnswer)
    /// A write that needs no answer failed; the text says why.
    case ledgerFailed(String)
    /// The ledger takes writes again.
    case ledgerRecovered
    /// The config file was loaded anew.
    case reloaded(Configuration)
    /// What a target needs to be reached, such as its Region or keys' files, cannot be had now.
    case targetUnusable(TargetName, CallFailure)
    /// A target can be reached after all: its Region, what shares its rate and what answers in
    /// AWS's place are known.
    case targetPlanned(TargetName, region: String, rateGroup: String, endpoint: String = "")
    /// A person paused something by command, for so long from now on; without a span its own end
    /// counts, or it lasts until `resume`.
    case paused(Pause, for: Duration? = nil)
    /// A person lifted pauses: those whose scope equals this one, or all for everything.
    case resumed(PauseScope, uid: UInt32)
    /// ``Engine/nextDeadline`` was reached, or may have been; a spurious one does nothing.
    case deadlineReached
}

/// The answer to a call that only reads.
package enum ReadAnswer<Value: Hashable & Sendable>: Hashable, Sendable {
    /// It was read; the time is AWS's at the answer, where it said it.
    case read(Value, at: WallTime?)
    /// It was not read.
    case failed(CallFailure)
}

/// Why a call gave nothing; it was not executed, or only read.
package struct CallFailure: Hashable, Sendable {
    /// What kind of trouble it was.
    package enum Kind: Hashable, Sendable {
        /// The rate was limited.
        case throttled
        /// The permission is missing.
        case accessDenied
        /// There are no keys, or AWS refused them.
        case credentials
        /// AWS refused the request for its time.
        case clock
        /// There is no such pipeline.
        case notFound
        /// No connection.
        case unreachable
        /// A time-out, a 5xx, or an answer that cannot be read.
        case trouble
        /// AWS refused the request's form.
        case invalid
    }

    /// What kind of trouble it was.
    package var kind: Kind
    /// The operation, such as `GetPipelineState`.
    package var operation: String
    /// AWS's error code, where there is one.
    package var code: String?
    /// What AWS or the transport said, without secrets.
    package var message: String
    /// AWS's request id, where there is one.
    package var requestID: String?
    /// What is missing on this machine, in a word or two for the status line.
    ///
    /// Nil for what AWS said. It quotes nothing of the config file.
    package var cause: String?

    /// Makes a failure of its parts.
    package init(
        kind: Kind,
        operation: String,
        code: String? = nil,
        message: String,
        requestID: String? = nil,
        cause: String? = nil
    ) {
        self.cause = cause
        self.kind = kind
        self.operation = operation
        self.code = code
        self.message = message
        self.requestID = requestID
    }
}

/// What became of the write of an intent.
package enum Durability: Hashable, Sendable {
    /// It is on disk.
    case durable
    /// It may not be; no call may follow. The text says why.
    case failed(String)
    /// The ledger cannot hold it, however well the disk is; no call may follow. The text says why.
    case refused(String)
    /// The ledger knows how its episode ended: no call may follow, and nothing is left to say.
    case ended
}

/// The answer to RetryStageExecution.
package enum RetryAnswer: Hashable, Sendable {
    /// AWS said yes.
    case accepted(requestID: String?, at: WallTime?)
    /// AWS surely did not execute it.
    case refused(RetryRefusal, CallFailure)
    /// Nobody knows whether AWS executed it; the text says why.
    case unknown(String)
}

/// Why AWS did not execute RetryStageExecution.
package enum RetryRefusal: Hashable, Sendable, CaseIterable {
    /// ConflictException: the pipeline is busy.
    case conflict
    /// ConcurrentPipelineExecutionsLimitExceededException.
    case concurrentLimit
    /// NotLatestPipelineExecutionException.
    case notLatest
    /// StageNotRetryableException.
    case notRetryable
    /// StageNotFoundException.
    case stageNotFound
    /// PipelineNotFoundException.
    case pipelineNotFound
    /// ValidationException, or the client refused the input before sending.
    case invalid
    /// The permission on the stage is missing.
    case accessDenied
    /// The rate was limited, and the client's own quota is spent.
    case throttled
    /// Keys, signature or clock were refused, or there are no keys.
    case credentials
    /// The request surely did not reach AWS.
    case unreachable
    /// AWS refused it with an error that this program does not know.
    case other
}

extension Event {
    /// Whether it is what the ledger remembers, which is true however late it is heard.
    var isRecollection: Bool {
        switch self {
        case .recalled: true
        case .stateRead, .definitionRead, .evidenceRead, .executionsListed, .pipelinesListed,
            .patternsMatched, .intentRecorded, .retryAnswered, .ledgerFailed, .ledgerRecovered,
            .reloaded, .targetUnusable, .targetPlanned, .paused, .resumed, .deadlineReached:
            false
        }
    }
}
