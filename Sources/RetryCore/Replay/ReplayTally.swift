import Primitives

/// What a policy's decisions about past failures are worth.
package struct ReplayTally: Hashable, Sendable {
    /// Some failures by what the decision about them is worth.
    package struct Classes: Hashable, Sendable {
        /// How many of each.
        package private(set) var counts: [ReplayResult: Int] = [:]

        /// Creates an empty tally.
        package init() {}

        /// How many there are of one.
        package func count(_ result: ReplayResult) -> Int { counts[result] ?? 0 }

        /// All of them.
        package var total: Int { counts.values.reduce(0, +) }

        /// Those that would be retried.
        package var retried: Int {
            ReplayResult.allCases.filter(\.isRetried).reduce(0) { $0 + count($1) }
        }

        /// Counts one.
        package mutating func add(_ result: ReplayResult) { counts[result, default: 0] += 1 }
    }

    /// All failures.
    package private(set) var all = Classes()
    /// Those that a rule decided; nil: the policy itself, or nothing, did.
    package private(set) var byRule: [RuleName?: Classes] = [:]
    /// The same by error, by what the service said where it was asked.
    package private(set) var byError: [Fingerprint: Classes] = [:]
    /// Those that would not be retried, by reason.
    package private(set) var reasons: [Reason: Int] = [:]
    /// How long the retries ran that recovered.
    package private(set) var spent = Duration.zero
    /// How long the retries ran that failed again.
    package private(set) var wasted = Duration.zero
    /// The price of the retries that recovered, in millionths.
    package private(set) var spentPrice = 0
    /// The same of those that failed again.
    package private(set) var wastedPrice = 0
    /// How much earlier than the retry that recovered, of a person or another program, this one
    /// would have started; negative when it is later.
    package private(set) var leads: [Duration] = []

    /// Creates an empty tally.
    package init() {}

    mutating func add(
        _ failure: PastFailure,
        _ decided: PolicyReplay.Decided,
        at prices: ActionPrices = ActionPrices()
    ) {
        let attempt = failure.attempt
        let result = ReplayResult(
            decided.decision,
            result: attempt.retry?.result,
            elsewhere: failure.elsewhere
        )
        all.add(result)
        byRule[decided.rule, default: Classes()].add(result)
        let error = attempt.causeFingerprint ?? attempt.fingerprint ?? Fingerprint(reduced: "")
        byError[error, default: Classes()].add(result)
        if let reason = decided.reason { reasons[reason, default: 0] += 1 }
        guard let retry = attempt.retry, let failedAt = attempt.ended else { return }
        switch result {
        case .recovers:
            spent = spent.adding(retry.duration ?? .zero)
            spentPrice += failure.cost(at: prices)?.price ?? 0
            if !retry.isOwn, let sentAt = decided.sentAt {
                leads.append(failedAt + retry.wait - sentAt)
            }
        case .wasted:
            wasted = wasted.adding(retry.duration ?? .zero)
            wastedPrice += failure.cost(at: prices)?.price ?? 0
        case .likelyRecovers, .likelyWasted, .unknown, .missed, .agreed, .guarded: break
        }
    }

    /// How many of the retries of unknown result recover, by the rate of those whose result is
    /// known: the bounds of an interval.
    package var expected: ClosedRange<Double> {
        let known = TrialCounts(
            recovered: all.count(.recovers),
            trials: all.count(.recovers) + all.count(.wasted)
        )
        let unknown = Double(all.count(.unknown))
        return known.lowerBound * unknown...known.upperBound * unknown
    }
}

extension ReplayResult {
    /// Whether the failure would be retried.
    package var isRetried: Bool {
        switch self {
        case .recovers, .wasted, .likelyRecovers, .likelyWasted, .unknown: true
        case .missed, .agreed, .guarded: false
        }
    }
}
