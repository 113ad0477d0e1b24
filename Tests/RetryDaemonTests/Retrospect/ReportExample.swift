import Primitives
import RetryCore
import RetryDaemon
import RetryTestSupport

/// Reports for the tests of their forms.
enum ReportExample {
    /// The Monday on which they begin.
    static let since = WallTime(milliseconds: 1_763_942_400_000)

    /// A year of six pipelines, of which every eighth execution has a failure.
    static var year: ReportDocument {
        let history = GeneratedHistory(pipelines: 6, days: 364, oneIn: 8, from: since, seed: 1)
        return document(history.labelled, days: 364, retrying: ["network", "queue full"])
    }

    /// The report of some attempts.
    static func document(
        _ attempts: [ActionAttempt],
        days: Int64,
        retrying: [RuleName]? = nil,
        sums: [DailySum] = []
    ) -> ReportDocument {
        var report = HistoryReport(since: since, until: since + .seconds(days * 86_400 - 1))
        for attempt in attempts { report.add(attempt) }
        for sum in sums { report.add(sum) }
        return ReportDocument(report, scope: PauseScope(), retrying: retrying)
    }

    /// A failure that somebody retried.
    static func failure(
        _ number: Int,
        pipeline: String = "web",
        error: String = "broken",
        rule: String? = nil,
        result: RetryResult = .same
    ) -> ActionAttempt {
        let start = since + .seconds(Int64(number % 364) * 86_400)
        var failed = ActionAttempt(
            action: ActionKey(
                pipeline: PipelineKey(target: "prod", pipeline: PipelineName(pipeline)),
                stage: "Deploy",
                action: "Ship"
            ),
            execution: ExecutionID("e\(number)"),
            id: ActionExecutionID("a\(number)"),
            status: .failed,
            started: start,
            ended: start + .seconds(60),
            fingerprint: Fingerprint(reduced: error),
            source: .imported
        )
        failed.retry = RetriedAttempt(
            next: "b",
            wait: .seconds(90),
            result: result,
            duration: .seconds(600)
        )
        failed.retry?.isOwn = rule != nil
        failed.retry?.rule = rule.map { RuleName($0) }
        return failed
    }
}
