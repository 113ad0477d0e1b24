package import Primitives

/// One retry that draws on the budgets; all that a budget needs of an intent.
package struct SpentRetry: Hashable, Sendable {
    /// When it was recorded, by AWS's clock.
    package var at: WallTime
    /// The policy that it was made under.
    package var policy: PolicyName

    /// Creates a spent retry.
    package init(at: WallTime, policy: PolicyName) {
        self.at = at
        self.policy = policy
    }

    /// Takes from an intent what a budget needs.
    package init(_ intent: Intent) {
        self.init(at: intent.recordedAt, policy: intent.policy)
    }
}
