import Primitives

/// The retries that were made, as far as a budget may still count them.
struct RetryBudgets: Hashable, Sendable {
    private var spent: [SpentRetry]

    /// Takes the retries of before the start.
    init(_ spent: [SpentRetry]) {
        self.spent = spent.sorted { $0.at < $1.at }
    }

    /// When all of them were made.
    var all: [WallTime] { spent.map(\.at) }

    /// All of them, with what they cost.
    var retries: [SpentRetry] { spent }

    /// When those under a policy were made.
    func retries(under policy: PolicyName) -> [WallTime] {
        spent.filter { $0.policy == policy }.map(\.at)
    }

    /// Counts an intent, whatever its result; forgets those older than any budget.
    mutating func spend(_ intent: Intent, memory: Duration) {
        spent.removeAll { intent.recordedAt - $0.at > memory }
        spent.append(SpentRetry(intent))
    }

    /// Takes back what an intent that could not be written drew from them.
    mutating func giveBack(_ intent: Intent) {
        let index = spent.lastIndex { $0 == SpentRetry(intent) }
        if let index { spent.remove(at: index) }
    }

    /// Takes what an intent cost in place of what it was expected to.
    mutating func correct(_ intent: Intent, to cost: RetryCost) {
        let index = spent.lastIndex { $0 == SpentRetry(intent) }
        if let index { spent[index].cost = cost }
    }
}
