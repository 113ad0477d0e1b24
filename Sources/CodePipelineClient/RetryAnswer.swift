package import AWSClient
package import Primitives

/// What became of a RetryStageExecution.
package struct RetryAnswer: Hashable, Sendable {
    /// The three things that can be known.
    package enum Outcome: Hashable, Sendable {
        /// AWS took it; the id is the execution's, the same as before.
        case accepted(executionID: String?)
        /// It was not executed.
        case refused(RetryRefusal)
        /// Nobody knows whether it was executed; the state tells.
        case unknown(UnknownCause)
    }

    /// What is known.
    package let outcome: Outcome
    /// The service's or the transport's text; empty when it was accepted.
    package let message: String
    /// The id under which AWS finds the call.
    package let requestID: String?
    /// AWS's clock when it answered.
    package let serverDate: WallTime?
    /// How long the service asks to wait.
    package let retryAfter: Duration?
    /// How often it was sent, or tried to be sent.
    package let attempts: Int

    /// Makes the answer of a call with these circumstances.
    package init(_ outcome: Outcome, message: String, facts: CallFacts) {
        self.outcome = outcome
        self.message = message
        requestID = facts.requestID
        serverDate = facts.serverDate
        retryAfter = facts.retryAfter
        attempts = facts.attempts
    }
}

/// Why a retry was not executed.
package enum RetryRefusal: Hashable, Sendable {
    /// The pipeline is busy; later may be better (ConflictException).
    case conflict
    /// Too many executions run at once; later may be better
    /// (ConcurrentPipelineExecutionsLimitExceededException).
    case concurrentLimit
    /// A newer execution failed in this stage (NotLatestPipelineExecutionException).
    case notLatest
    /// Nothing failed, superseded, repeated by somebody else, or the definition changed
    /// (StageNotRetryableException).
    case stageNotRetryable
    /// The stage does not exist (StageNotFoundException).
    case stageNotFound
    /// The pipeline does not exist (PipelineNotFoundException).
    case pipelineNotFound
    /// The input is malformed, or was not sent for that reason (ValidationException).
    case validation
    /// The identity may not do this.
    case accessDenied
    /// Too many calls, even after the client's own repetitions.
    case throttled
    /// No keys, or keys that AWS does not accept.
    case credentials
    /// The clock is off, or the signature is wrong.
    case clock
    /// No connection: it never left this machine.
    case unreachable
    /// Another refusal, by its code.
    case other(code: String)
}
