package import Primitives

/// What retries have brought over some time, in figures: what attempts and sums say, added in any
/// order.
package struct HistoryReport: Sendable {
    /// Attempts that started earlier do not count.
    package let since: WallTime
    /// Neither do those that started later.
    package let until: WallTime
    /// All of it.
    package private(set) var all = CauseHistory()
    /// By the week of the failure, as days from 1970-01-01 to its Monday, in UTC.
    package private(set) var weeks: [Int64: RetryTally] = [:]
    /// By error, by what the service said where it was asked; empty: nothing said why.
    package private(set) var causes: [Fingerprint: CauseHistory] = [:]
    /// This program's retries by rule; nil: the policy itself.
    package private(set) var rules: [RuleName?: CauseHistory] = [:]
    /// By pipeline; what only sums show is of none.
    package private(set) var pipelines: [PipelineKey: RetryTally] = [:]
    /// Whether some of it is only known by its sum.
    package private(set) var hasSums = false

    /// Creates the report of a time in which nothing failed.
    package init(since: WallTime, until: WallTime) {
        self.since = since
        self.until = until
    }

    /// Adds an attempt; only those that failed count.
    package mutating func add(_ attempt: ActionAttempt) {
        guard attempt.status == .failed, attempt.started >= since, attempt.started <= until
        else { return }
        let cause = attempt.causeFingerprint ?? attempt.fingerprint ?? Fingerprint(reduced: "")
        all.add(attempt)
        weeks[(attempt.ended ?? attempt.started).monday, default: RetryTally()].add(attempt)
        causes[cause, default: CauseHistory()].add(attempt)
        pipelines[attempt.action.pipeline, default: RetryTally()].add(attempt)
        if let retry = attempt.retry, retry.isOwn {
            rules[retry.rule, default: CauseHistory()].add(attempt)
        }
    }

    /// Adds the sum of attempts that are not kept any more.
    package mutating func add(_ sum: DailySum) {
        guard sum.key.day >= since.day, sum.key.day <= until.day else { return }
        hasSums = true
        all.add(sum)
        weeks[sum.key.day.monday, default: RetryTally()].add(sum)
        causes[sum.key.fingerprint, default: CauseHistory()].add(sum)
        if let rule = sum.key.rule { rules[rule, default: CauseHistory()].add(sum) }
    }

    /// The Mondays from the first to the last week, those without a failure included.
    package var mondays: [Int64] {
        let first = since.monday
        let last = max(until.monday, weeks.keys.max() ?? first)
        // A report is of a year, and a wrong clock must not make it endless.
        return Array(stride(from: first, through: min(last, first + 7 * 600), by: 7))
    }
}

extension WallTime {
    /// Days since 1970-01-01, in UTC.
    package var day: Int64 { milliseconds.flooredDivision(by: 86_400_000).quotient }

    /// The day of the Monday before, or the day itself.
    fileprivate var monday: Int64 { day.monday }
}

extension Int64 {
    /// The day of the Monday before a day, or the day itself; day 0 was a Thursday.
    fileprivate var monday: Int64 { self - (self + 3).flooredDivision(by: 7).remainder }
}
