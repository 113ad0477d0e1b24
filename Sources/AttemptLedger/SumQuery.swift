package import RetryCore

/// Which sums of attempts that are not kept any more are asked for.
package struct SumQuery: Hashable, Sendable {
    /// The most sums of one answer.
    package static let page = 1000

    /// Those of this day or later, in days since 1970-01-01.
    package var since: Int64
    /// The last one of the answer before; nil: the first are asked for.
    package var after: DailySum.Key?

    /// Creates a query for the first.
    package init(since: Int64, after: DailySum.Key? = nil) {
        self.since = since
        self.after = after
    }

    /// Makes the answer from sums in their order: the first ``page`` after the last answer, or all
    /// that there are.
    package func answer(_ found: some Sequence<DailySum>) -> SumAnswer {
        let shown = Array(found.prefix(SumQuery.page))
        return SumAnswer(sums: shown, next: shown.count == SumQuery.page ? shown.last?.key : nil)
    }
}

/// Some sums, by day, cause and rule.
package struct SumAnswer: Hashable, Sendable {
    /// The sums.
    package var sums: [DailySum]
    /// Where the next answer goes on; nil: there are no more.
    package var next: DailySum.Key?

    /// Creates an answer.
    package init(sums: [DailySum], next: DailySum.Key? = nil) {
        self.sums = sums
        self.next = next
    }
}
