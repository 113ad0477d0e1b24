import Primitives

/// What became of the failures with one error, or by one rule.
package struct CauseHistory: Hashable, Sendable {
    /// The failures and retries.
    package private(set) var tally = RetryTally()
    /// How the retries went, by how long they had waited.
    package private(set) var waits = WaitTable([])
    private var ownWaits: [Duration] = []
    private var otherWaits: [Duration] = []

    /// Creates the history of no failure.
    package init() {}

    /// Adds a failed attempt.
    mutating func add(_ failed: ActionAttempt) {
        tally.add(failed)
        guard let retry = failed.retry, retry.result.isTrial else { return }
        waits.add(retry.result, after: retry.wait)
        if retry.isOwn { ownWaits.append(retry.wait) } else { otherWaits.append(retry.wait) }
    }

    /// Adds failures of which only the sum is kept.
    mutating func add(_ sum: DailySum) { tally.add(sum) }

    /// The median wait of this program's retries, or of the others' where it has caused none.
    package var usualWait: Duration? {
        ExpectedTime.median(ownWaits) ?? ExpectedTime.median(otherWaits)
    }

    /// The median wait of the others' retries.
    package var othersWait: Duration? { ExpectedTime.median(otherWaits) }

    /// How many retries of others the median is of.
    package var othersWaits: Int { otherWaits.count }
}
