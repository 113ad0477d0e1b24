import Primitives
import RetryCore
import RetryTestSupport
import Testing

@Suite struct HistoryReportTests {
    /// 1970-01-01 plus 20,000 days: Friday, 2024-10-04.
    private static let first = WallTime(milliseconds: 20_000 * 86_400_000)

    private static func history(_ seed: UInt64) -> GeneratedHistory {
        GeneratedHistory(pipelines: 5, days: 365, oneIn: 4, from: first, seed: seed)
    }

    private static func report(_ attempts: [ActionAttempt]) -> HistoryReport {
        var report = HistoryReport(since: first, until: first + .seconds(400 * 86_400))
        for attempt in attempts { report.add(attempt) }
        return report
    }

    private typealias Failure = GeneratedHistory.Failure

    /// Holds a tally against the failures that are in it.
    private func expect(
        _ tally: RetryTally?,
        _ failures: [Failure],
        _ place: SourceLocation = #_sourceLocation
    ) {
        let tally = tally ?? RetryTally()
        for result in AttemptResult.allCases {
            let count = failures.count { $0.result == result }
            #expect(tally.results[result, default: 0] == count, sourceLocation: place)
        }
        for (share, isOwn) in [(tally.own, true), (tally.others, false)] {
            let mine = failures.filter { $0.isOwn == isOwn }
            let trials = mine.filter(\.isTrial)
            let recovered = trials.filter { $0.result == .recovered }
            #expect(share.retries == mine.count, sourceLocation: place)
            #expect(share.counts.trials == trials.count, sourceLocation: place)
            #expect(share.counts.recovered == recovered.count, sourceLocation: place)
            let spent = trials.reduce(0) { $0 + $1.time }
            let useful = recovered.reduce(0) { $0 + $1.time }
            #expect(share.spent == .milliseconds(spent), sourceLocation: place)
            #expect(share.wasted == .milliseconds(spent - useful), sourceLocation: place)
            let wait = recovered.reduce(0) { $0 + $1.wait }
            let saved = share.saved(against: .seconds(1000))
            let expected = Int64(recovered.count) * 1_000_000 - wait
            #expect(saved == .milliseconds(expected), sourceLocation: place)
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `a report of a year is exactly what happened, whatever the order`(_ seed: UInt64) {
        let history = Self.history(seed)
        let failures = history.failures
        #expect(failures.count > 400)
        #expect(Set(failures.map(\.result)).count == AttemptResult.allCases.count - 1)
        var random = SplitMix64(seed: seed)
        let report = Self.report(history.labelled.shuffled(using: &random))
        expect(report.all.tally, failures)

        // A week by another way than the report's: the first day is a Friday.
        let weeks = Dictionary(grouping: failures) { failure in
            let days = (failure.failedAt - Self.first).wholeMilliseconds / 86_400_000
            return 20_000 - 4 + (days + 4) / 7 * 7
        }
        #expect(Set(report.weeks.keys) == Set(weeks.keys))
        for (monday, failures) in weeks { expect(report.weeks[monday], failures) }

        let causes = Dictionary(grouping: failures) { Fingerprint(reduced: $0.cause ?? "") }
        #expect(Set(report.causes.keys) == Set(causes.keys))
        for (cause, failures) in causes { expect(report.causes[cause]?.tally, failures) }

        let pipelines = Dictionary(grouping: failures, by: \.pipeline)
        #expect(Set(report.pipelines.keys) == Set(pipelines.keys))
        for (pipeline, failures) in pipelines { expect(report.pipelines[pipeline], failures) }

        let rules = Dictionary(grouping: failures.filter { $0.isOwn == true }, by: \.rule)
        #expect(Set(report.rules.keys) == Set(rules.keys))
        for (rule, failures) in rules { expect(report.rules[rule]?.tally, failures) }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `waits and their medians are exactly those of the retries that ended`(_ seed: UInt64) {
        let history = Self.history(seed)
        let report = Self.report(history.labelled)
        let trials = history.failures.filter(\.isTrial)
        let limits: [(WaitBucket, Range<Int64>)] = [
            (.underOneMinute, 0..<60), (.underFive, 60..<300), (.underFifteen, 300..<900),
            (.underOneHour, 900..<3600), (.oneHourOrMore, 3600..<100_000),
        ]
        for (bucket, seconds) in limits {
            let inside = trials.filter { seconds.contains($0.wait / 1000) }
            let counts = report.all.waits.counts[bucket] ?? TrialCounts()
            #expect(counts.trials == inside.count)
            #expect(counts.recovered == inside.count { $0.result == .recovered })
        }
        let others = trials.filter { $0.isOwn == false }.map(\.wait).sorted()
        #expect(report.all.othersWaits == others.count)
        let half = others.count / 2
        let median =
            others.count.isMultiple(of: 2) ? (others[half - 1] + others[half]) / 2 : others[half]
        #expect(report.all.othersWait == .milliseconds(median))
    }

    @Test func `suggestions are those that the causes deserve`() {
        let report = Self.report(Self.history(1).labelled)
        let found = report.suggestions(retrying: ["network", "never used", "never used"])
        let throttled = Fingerprint(reduced: "JobFailed: Rate exceeded")
        let broken = Fingerprint(reduced: "JobFailed: undefined reference to `start'")
        // Bounds of 90% leave room for chance: another error may seem to have a better wait, too.
        guard case .wait(throttled, let usual, let better) = found.first else {
            Issue.record("\(found)")
            return
        }
        #expect(usual < .seconds(300))
        #expect(better.rawValue > WaitBucket.underFive.rawValue)
        let others = found.filter { suggestion in
            if case .wait = suggestion { false } else { true }
        }
        #expect(others == [.never(broken), .unusedRule("never used")])
    }

    @Test func `where the daemon has retried nothing no rule is blamed`() {
        var history = Self.history(1).labelled
        for index in history.indices { history[index].retry?.isOwn = false }
        let found = Self.report(history).suggestions(retrying: ["network"])
        let isBlamed = found.contains { suggestion in
            if case .unusedRule = suggestion { true } else { false }
        }
        #expect(!isBlamed)
    }

    @Test func `a cause that failed too seldom, or recovered once, is for no never rule`() {
        func found(_ results: [RetryResult]) -> [HistorySuggestion] {
            var report = HistoryReport(since: second(0), until: second(100_000))
            for (index, result) in results.enumerated() {
                var failed = attempt(
                    ActionExecutionID("\(index)"),
                    .failed,
                    from: 0,
                    to: 10,
                    error: "broken"
                )
                failed.retry = RetriedAttempt(next: "n", wait: .seconds(5), result: result)
                report.add(failed)
            }
            return report.suggestions()
        }
        // The reference's vectors: 0 of 6 is at most 21%, 0 of 7 at most 19%.
        #expect(found(Array(repeating: .same, count: 6)).isEmpty)
        let never = HistorySuggestion.never(Fingerprint(reduced: "broken"))
        #expect(found(Array(repeating: .same, count: 7)) == [never])
        #expect(found(Array(repeating: .excluded, count: 90)).isEmpty)
        #expect(found(Array(repeating: .same, count: 90) + [.recovered]).isEmpty)
    }

    @Test func `only failures of the time count, and weeks without one are there`() {
        var report = HistoryReport(since: second(0), until: second(21 * 86_400))
        report.add(attempt("early", .failed, from: -1, to: 5))
        report.add(attempt("late", .failed, from: 21 * 86_400 + 1, to: nil))
        report.add(attempt("good", .succeeded, from: 5, to: 9))
        #expect(report.all.tally.failures == 0)
        report.add(attempt("first", .failed, from: 0, to: nil))
        report.add(attempt("last", .failed, from: 21 * 86_400, to: nil))
        #expect(report.all.tally.results == [.notRetried: 2])
        // 1970-01-01 was a Thursday.
        #expect(report.mondays == [-3, 4, 11, 18])
        #expect(Set(report.weeks.keys) == [-3, 18])
    }

    @Test func `the service's words name a cause before CodePipeline's`() {
        var report = HistoryReport(since: second(0), until: second(10))
        report.add(attempt("a", .failed, from: 1, to: 2, error: "JobFailed", cause: "Throttling"))
        report.add(attempt("b", .failed, from: 1, to: 2, error: "JobFailed"))
        report.add(attempt("c", .failed, from: 1, to: 2))
        #expect(Set(report.causes.keys.map(\.text)) == ["Throttling", "JobFailed", ""])
    }

    @Test func `sums count where nothing else is kept`() {
        var report = HistoryReport(since: second(0), until: second(7 * 86_400))
        func sum(_ day: Int64, _ rule: RuleName?) -> DailySum {
            DailySum(
                key: DailySum.Key(day: day, fingerprint: Fingerprint(reduced: "x"), rule: rule),
                counts: TrialCounts(recovered: 2, trials: 5),
                time: .seconds(60)
            )
        }
        for outside in [Int64(-1), 8] { report.add(sum(outside, nil)) }
        #expect(!report.hasSums)
        report.add(sum(0, nil))
        report.add(sum(7, "network"))
        #expect(report.hasSums)
        #expect(report.all.tally.results == [.recovered: 4, .failedAgain: 6])
        #expect(report.all.tally.own.counts == TrialCounts(recovered: 2, trials: 5))
        #expect(report.all.tally.others.retries == 5)
        #expect(report.all.tally.spent == .seconds(120))
        #expect(report.all.tally.wasted == .zero)
        #expect(report.weeks.keys.sorted() == [-3, 4])
        #expect(report.rules["network"]?.tally.counts.trials == 5)
        #expect(report.pipelines.isEmpty)
    }
}
