/// What a policy's decision about a past failure is worth, crossed with what really came next.
package enum ReplayResult: String, Hashable, Sendable, CaseIterable {
    /// It retries, and a retry did recover.
    case recovers
    /// It retries, and a retry failed again.
    case wasted
    /// It retries; nobody did, and the same revision passed the action in another execution.
    case likelyRecovers = "likely_recovers"
    /// It retries; nobody did, and the same revision failed there with the same error.
    case likelyWasted = "likely_wasted"
    /// It retries, and nothing tells what would have come of it.
    case unknown
    /// It leaves the failure, and somebody's retry recovered.
    case missed
    /// It leaves the failure, and a retry failed again, or nobody retried.
    case agreed
    /// A guard keeps it from retrying.
    case guarded

    /// What a policy decides about a failure.
    package enum Decision: Hashable, Sendable {
        /// It retries.
        case retry
        /// It leaves it.
        case leave
        /// A guard rules a retry out.
        case guarded
    }

    /// What the same revision did at the same action in another execution.
    package enum Elsewhere: String, Hashable, Sendable {
        /// It passed.
        case passed
        /// It failed with the same error.
        case failedTheSame = "failed_the_same"
    }

    /// Crosses a decision with what happened.
    ///
    /// - Parameters:
    ///   - decision: What the policy decides.
    ///   - result: What the next retry brought; nil: there was none.
    ///   - elsewhere: What the revision did in another execution; nil: nothing is known.
    package init(_ decision: Decision, result: RetryResult?, elsewhere: Elsewhere?) {
        switch decision {
        case .guarded: self = .guarded
        case .leave: self = result == .recovered ? .missed : .agreed
        case .retry:
            switch result {
            case .recovered: self = .recovers
            case .same, .other: self = .wasted
            case .unsettled, .excluded, nil:
                switch elsewhere {
                case .passed: self = .likelyRecovers
                case .failedTheSame: self = .likelyWasted
                case nil: self = .unknown
                }
            }
        }
    }
}
