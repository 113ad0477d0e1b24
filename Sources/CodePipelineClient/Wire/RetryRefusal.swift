extension Wire {
    /// Why a retry was not executed.
    package enum RetryRefusal: Hashable, Sendable {
        /// The pipeline is busy; later may be better (ConflictException).
        case conflict
        /// Too many executions run at once; a later attempt may succeed
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
        /// No credentials, or credentials that AWS does not accept.
        case credentials
        /// The clock is wrong, or the signature is.
        case clock
        /// No connection: it never left this machine.
        case unreachable
        /// Another refusal, by its code.
        case other(code: String)
    }
}
