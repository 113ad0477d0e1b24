import Primitives

/// How an episode ended; the raw values are those of `RETRYD_OUTCOME`.
package enum Outcome: String, Hashable, Sendable, CaseIterable {
    /// The stage succeeded after all.
    case recovered
    /// A limit ended it.
    case exhausted
    /// The policy, a guard or AWS rules it out; the rest is up to a person or CodePipeline.
    case notRetried = "not_retried"
    /// Another execution took the stage.
    case superseded
    /// The stage or pipeline is no longer there.
    case removed
}
