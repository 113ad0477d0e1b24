import Primitives

/// What became of some failed attempts, and what their retries took and brought.
package struct RetryTally: Hashable, Sendable {
    /// How many failures had each result.
    package private(set) var results: [AttemptResult: Int] = [:]
    /// This program's retries.
    package private(set) var own = RetryShare()
    /// Everybody else's: people's, CodePipeline's own, and other programs'.
    package private(set) var others = RetryShare()

    /// Creates the tally of no failure.
    package init() {}

    /// Adds a failed attempt.
    mutating func add(_ failed: ActionAttempt) {
        results[AttemptResult(failed.retry?.result), default: 0] += 1
        guard let retry = failed.retry else { return }
        if retry.isOwn { own.add(retry) } else { others.add(retry) }
    }

    /// Adds failures of which only the sum is kept.
    ///
    /// Without a rule it is not known who retried; they count as others'.
    mutating func add(_ sum: DailySum) {
        results[.recovered, default: 0] += sum.counts.recovered
        results[.failedAgain, default: 0] += sum.counts.trials - sum.counts.recovered
        if sum.key.rule == nil { others.add(sum) } else { own.add(sum) }
    }

    /// How many failures there were.
    package var failures: Int { results.values.reduce(0, +) }

    /// The retries of both sides that ended by themselves.
    package var counts: TrialCounts {
        var all = own.counts
        all.add(others.counts)
        return all
    }

    /// How long they ran.
    package var spent: Duration { own.spent.adding(others.spent) }

    /// How long those of them ran that failed again.
    package var wasted: Duration { own.wasted.adding(others.wasted) }

    /// Whether it is told before another: it wasted more time, or else it failed more often; nil:
    /// neither.
    package func ranksHigher(than other: RetryTally) -> Bool? {
        if wasted != other.wasted { return wasted > other.wasted }
        return failures == other.failures ? nil : failures > other.failures
    }
}
