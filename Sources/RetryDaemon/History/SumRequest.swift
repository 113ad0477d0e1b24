package import AttemptLedger
import RetryCore

/// Which sums of attempts that are not kept any more a client asks for; on the control socket.
package struct SumRequest: Hashable, Sendable, Codable {
    /// Those of this day or later, in days since 1970-01-01.
    package var since: Int64
    /// Where the answer before ended; null: the first are asked for.
    package var after: SumDocument.Position?

    /// Creates a request for the first.
    package init(since: Int64) {
        self.since = since
        after = nil
    }

    /// The ledger's query.
    package var query: SumQuery? {
        SumQuery(since: since, after: after.map(DailySum.Key.init))
    }
}
