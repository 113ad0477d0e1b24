package import Primitives

/// One retry that draws on the budgets; all that a budget needs of an intent.
package struct SpentRetry: Hashable, Sendable {
    /// When it was recorded, by AWS's clock.
    package var at: WallTime
    /// The policy that it was made under.
    package var policy: PolicyName
    /// What it cost, or is expected to; nil: nothing was reckoned.
    package var cost: RetryCost?

    /// Creates a spent retry.
    package init(at: WallTime, policy: PolicyName, cost: RetryCost? = nil) {
        self.at = at
        self.policy = policy
        self.cost = cost
    }

    /// Takes from an intent what a budget needs.
    package init(_ intent: Intent) {
        self.init(at: intent.recordedAt, policy: intent.policy, cost: intent.cost)
    }
}
