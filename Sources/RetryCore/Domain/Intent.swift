package import Primitives

/// One attempt to retry a stage, durable before it is sent (invariant I2).
package struct Intent: Hashable, Sendable {
    /// The episode that it belongs to.
    package var episode: EpisodeKey
    /// Its number among all intents of the episode, from 1; identifies it in the ledger.
    package var sequence: Int
    /// The number of the retry that it is, from 1; intents that did not count share one.
    package var number: Int
    /// The policy, which budgets count by.
    package var policy: PolicyName
    /// The rule that caused it; nil when the policy itself did.
    package var rule: RuleName?
    /// How the stage is retried.
    package var mode: RetryMode
    /// The state before the retry, which settling and verifying compare with.
    package var before: StageBaseline
    /// When it was recorded, by AWS's clock.
    package var recordedAt: WallTime
    /// Its state.
    package var state: IntentState
    /// What it is expected to cost, and what it cost once that is known; nil: nothing was reckoned.
    package var cost: RetryCost?

    /// Creates an intent.
    package init(
        episode: EpisodeKey,
        sequence: Int,
        number: Int,
        policy: PolicyName,
        rule: RuleName?,
        mode: RetryMode,
        before: StageBaseline,
        recordedAt: WallTime,
        state: IntentState,
        cost: RetryCost? = nil
    ) {
        self.episode = episode
        self.sequence = sequence
        self.number = number
        self.policy = policy
        self.rule = rule
        self.mode = mode
        self.before = before
        self.recordedAt = recordedAt
        self.state = state
        self.cost = cost
    }
}

/// The state of an intent; the raw values are stored in the ledger.
package enum IntentState: String, Hashable, Sendable, CaseIterable {
    /// Recorded; whether it was sent is not known. Can go to every other state.
    case open
    /// AWS accepted it; the state has not changed yet. Can become `effective` or `withoutEffect`.
    case accepted
    /// It is unknown whether AWS executed it. Can become `effective` or `unsettled`.
    case unknown
    /// The state changed after it. Final.
    case effective
    /// AWS accepted it and the state did not change in time. Final; counts.
    case withoutEffect = "without_effect"
    /// It stayed unknown; a delayed request may still take effect. Final; counts.
    case unsettled
    /// AWS certainly did not execute it. Final; does not count.
    case notExecuted = "not_executed"

    /// Whether it is one of the retries that limits count (invariant I1).
    package var counts: Bool {
        switch self {
        case .open, .accepted, .unknown, .effective, .withoutEffect, .unsettled: true
        case .notExecuted: false
        }
    }
}
