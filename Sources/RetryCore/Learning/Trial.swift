package import Primitives

/// One retry of a cause that ended by itself.
package struct Trial: Hashable, Sendable {
    /// When the failed attempt ended, by AWS's clock.
    package var failedAt: WallTime
    /// How long after that the retry started.
    package var wait: Duration
    /// What the retry brought.
    package var result: RetryResult

    /// Creates a trial.
    package init(failedAt: WallTime, wait: Duration, result: RetryResult) {
        self.failedAt = failedAt
        self.wait = wait
        self.result = result
    }

    /// The retry of an attempt; nil: it has none, or AWS gives no end of it.
    package init?(_ attempt: ActionAttempt) {
        guard let retry = attempt.retry, let failedAt = attempt.ended else { return nil }
        self.init(failedAt: failedAt, wait: retry.wait, result: retry.result)
    }
}
