package import Primitives

/// The answer to RetryStageExecution.
package enum RetryAnswer: Hashable, Sendable {
    /// AWS accepted it.
    case accepted(requestID: String?, at: WallTime?)
    /// AWS certainly did not execute it.
    case refused(RetryRefusal, CallFailure)
    /// It is unknown whether AWS executed it; the text says why.
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
    /// Credentials, signature or clock were refused, or there are no credentials.
    case credentials
    /// The request certainly did not reach AWS.
    case unreachable
    /// AWS refused it with an error that this program does not know.
    case other
}
