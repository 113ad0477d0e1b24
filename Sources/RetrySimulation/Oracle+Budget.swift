import Primitives
import RetryCore

/// The law for budgets.
extension Oracle {
    /// A retry that was sent, as budgets count it.
    struct Drawn: Sendable {
        var at: Int64
        var policy: PolicyName
        /// Whether the daemon no longer counts it, since no budget did.
        var isForgotten = false
    }

    /// From the record of an intent to its call at most, in milliseconds.
    private static let longestTurn: Int64 = 160_000
    /// For how long the ledger keeps every intent, in milliseconds.
    private static let keptByLedger: Int64 = 32 * 86_400_000

    /// An intent is counted when it is recorded, up to some minutes before the call.
    mutating func judgeBudget(
        _ policy: StagePolicy,
        _ configuration: Configuration,
        at time: Int64
    ) {
        guard trustsDates else { return }
        func count(_ budget: Budget, _ isCounted: (PolicyName) -> Bool) {
            let since = time - budget.per.wholeMilliseconds + Oracle.longestTurn
            let made =
                sends.count { $0.at > since && !$0.isForgotten && isCounted($0.policy) } + 1
            if made > budget.retries {
                blame(.budget, "\(made) retries in \(budget.per), allowed \(budget.retries)")
            }
        }
        if let budget = configuration.budget { count(budget) { _ in true } }
        if let budget = policy.budget { count(budget) { $0 == policy.name } }
    }

    /// The daemon remembers a retry for as long as the longest budget of its config file, and a day
    /// at least: a reload may add a longer one.
    mutating func forgetDrawn(_ configuration: Configuration, at time: Int64) {
        let memory = configuration.longestBudget - Oracle.longestTurn
        for index in sends.indices where time - sends[index].at > memory {
            sends[index].isForgotten = true
        }
        charges.makeUncertain(olderThan: time - memory)
    }

    /// A start reads from the ledger what the config file of that time counts.
    mutating func readDrawn(_ configuration: Configuration, at time: Int64) {
        for index in sends.indices where time - sends[index].at < Oracle.keptByLedger {
            sends[index].isForgotten = false
        }
        forgetDrawn(configuration, at: time)
    }
}

extension Configuration {
    /// The longest time that a budget or a ceiling of cost covers, but a day at least, in
    /// milliseconds.
    fileprivate var longestBudget: Int64 {
        let policies = targets.flatMap(\.pipelines).flatMap { [$0.policy] + $0.stages.values }
        let budgets = ([budget] + policies.map(\.budget)).map { $0?.per }
        let ceilings = ([cost] + policies.map(\.cost)).map { $0?.per }
        let spans = (budgets + ceilings).compactMap { $0?.wholeMilliseconds }
        return max(86_400_000, spans.max() ?? 0)
    }
}
