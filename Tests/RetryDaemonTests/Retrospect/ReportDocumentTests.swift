import FoundationEssentials
import Primitives
import RetryCore
import RetryDaemon
import RetryTestSupport
import Settings
import Testing

@Suite struct ReportDocumentTests {
    @Test func `the text stays as it is, within 80 columns`() throws {
        let text = ReportExample.year.text
        for line in text.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
        try Golden(path: "Tests/RetryDaemonTests/Golden/report.txt").check(text)
    }

    @Test func `the JSON stays as it is, and can be read`() throws {
        let document = ReportExample.document(
            [
                ReportExample.failure(0, rule: "network", result: .recovered),
                ReportExample.failure(1, result: .recovered),
                ReportExample.failure(8, error: "other"),
            ],
            days: 10
        )
        let json = document.json
        let read = try JSONDecoder().decode(ReportDocument.self, from: Data(json.utf8))
        #expect(read == document)
        try Golden(path: "Tests/RetryDaemonTests/Golden/report.json").check(json + "\n")
    }

    @Test func `nothing has failed, and the report says so`() {
        let empty = ReportExample.document([], days: 7)
        #expect(empty.total.failures == 0)
        #expect(empty.total.saved == nil)
        #expect(empty.weeks.count == 1)
        #expect(empty.suggestions.isEmpty)
        #expect(empty.text.contains("0 failed attempts"))
    }

    @Test func `what is shown of many causes, rules and pipelines is bounded, and said`() {
        let many = (0..<100).map { number in
            ReportExample.failure(
                number,
                pipeline: "p\(number)",
                error: "error \(number)",
                rule: "rule \(number)"
            )
        }
        let report = ReportExample.document(many, days: 364)
        for top in [report.causes, report.rules, report.pipelines] {
            #expect(top.rows.count == 20)
            #expect(top.more == 80)
        }
    }

    @Test func `the notes name what the figures do not have`() {
        func notes(_ retrying: [RuleName]?, _ sums: [DailySum]) -> String {
            ReportExample.document([], days: 7, retrying: retrying, sums: sums).notes.joined()
        }
        let sum = DailySum(
            key: DailySum.Key(
                day: ReportExample.since.day,
                fingerprint: Fingerprint(reduced: "x"),
                rule: nil
            ),
            counts: TrialCounts(recovered: 1, trials: 2),
            time: .seconds(60)
        )
        #expect(!notes([], []).contains("daily sums"))
        #expect(notes([], [sum]).contains("daily sums"))
        #expect(!notes([], []).contains("No configuration"))
        #expect(notes(nil, []).contains("No configuration"))
    }

    @Test func `the rules that retry are the file's own`() throws {
        let path = "config/pipeline-retryd.yaml"
        let settings = try SettingsFile.load(
            try ProjectRoot.bytes(path),
            path: path,
            environment: SettingsEnvironment(now: ManualClock.start)
        ).get()
        #expect(settings.configuration.retryingRules == ["queue full"])
    }
}
