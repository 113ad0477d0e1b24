import Primitives

/// How retries of one cause went, by how long they had waited.
package struct WaitTable: Hashable, Sendable {
    /// The fewest trials on which a better wait is suggested.
    package static let fewestTrials = 8

    /// The counts of each bucket that has a trial.
    package private(set) var counts: [WaitBucket: TrialCounts] = [:]

    /// Sorts trials into their buckets.
    package init(_ trials: [Trial]) {
        for trial in trials { add(trial.result, after: trial.wait) }
    }

    /// Adds a retry; what is no trial does not count.
    package mutating func add(_ result: RetryResult, after wait: Duration) {
        guard result.isTrial else { return }
        counts[WaitBucket(wait), default: TrialCounts()].add(TrialCounts([result]))
    }

    /// The shortest wait that is certainly better than a policy's, when there is one.
    ///
    /// Its lower bound is above the upper bound of the policy's own bucket, so both have been
    /// tried: without a trial of its own the policy's wait may be as good as any.
    package func better(than wait: Duration) -> WaitBucket? {
        let own = WaitBucket(wait)
        let limit = (counts[own] ?? TrialCounts()).upperBound
        return WaitBucket.allCases.first { bucket in
            guard bucket != own, let found = counts[bucket] else { return false }
            return found.trials >= WaitTable.fewestTrials && found.lowerBound > limit
        }
    }
}
