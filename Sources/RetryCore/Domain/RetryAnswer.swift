package import Primitives

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
