import Primitives

/// The retry of one failed attempt: the next attempt of the same action in the same execution.
///
/// The retry's own facts are known for those that the ledger has an intent of; the others are
/// people's, CodePipeline's own, or another program's, which AWS's history does not tell apart.
package struct RetriedAttempt: Hashable, Sendable {
    /// The next attempt.
    package var next: ActionExecutionID
    /// How long after the failure it started; never negative.
    package var wait: Duration
    /// What it brought.
    package var result: RetryResult
    /// How long the next attempt ran; nil: it has not ended, or AWS's times contradict each other.
    package var duration: Duration?
    /// Whether this program caused it.
    package var isOwn: Bool
    /// The rule that caused it; nil: the policy itself did, or it was not this program.
    package var rule: RuleName?
    /// How the stage was retried; nil: it was not this program.
    package var mode: RetryMode?

    /// Creates a retry that nobody is known to have caused.
    package init(
        next: ActionExecutionID,
        wait: Duration,
        result: RetryResult,
        duration: Duration? = nil
    ) {
        self.next = next
        self.wait = wait
        self.result = result
        self.duration = duration
        isOwn = false
    }
}
