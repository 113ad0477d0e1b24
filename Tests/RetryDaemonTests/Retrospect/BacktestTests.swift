import Primitives
import RetryCore
import RetryDaemon
import Testing

/// What `backtest` prints, and when it fails.
@Suite struct BacktestTests {
    private static let key = ActionKey(
        pipeline: PipelineKey(target: "prod", pipeline: "web"),
        stage: "Deploy",
        action: "Stack"
    )

    /// Executions that failed once and were retried with one result each; nil: nobody did.
    private static func failures(_ results: [AttemptStatus?]) -> [PastFailure] {
        results.enumerated().flatMap { number, result -> [PastFailure] in
            let start = WallTime(milliseconds: Int64(number) * 100_000_000)
            func attempt(_ id: String, _ status: AttemptStatus, at time: WallTime) -> ActionAttempt
            {
                var attempt = ActionAttempt(
                    action: key,
                    execution: ExecutionID("x\(number)"),
                    id: ActionExecutionID("\(id)\(number)"),
                    status: status,
                    started: time,
                    ended: time + .seconds(120),
                    provider: "CodeBuild",
                    source: .imported
                )
                guard status == .failed else { return attempt }
                attempt.fingerprint = Fingerprint(reduced: "boom \u{1b}[31m\u{202e}")
                attempt.failure = AttemptFailure(
                    code: "JobFailed",
                    message: "boom",
                    summary: nil,
                    category: .build,
                    provider: "CodeBuild"
                )
                return attempt
            }
            let failed = attempt("f", .failed, at: start)
            let next = result.map { attempt("n", $0, at: start + .seconds(1000)) }
            return AttemptChain([failed, next].compactMap(\.self)).attempts
                .filter { $0.status == .failed && $0.id.text.hasPrefix("f") }
                .map { PastFailure($0) }
        }
    }

    private static func replay(_ failures: [PastFailure], never: Bool) -> PolicyReplay {
        var policy = StagePolicy.standard
        policy.never = never
        let entry = PipelineEntry(
            selector: .match(Glob("*"), except: []),
            policy: policy,
            stages: [:]
        )
        let target = Target(
            name: "prod",
            region: "eu-west-1",
            rateGroup: "prod",
            pipelines: [entry]
        )
        var replay = PolicyReplay(Configuration(targets: [target])) { _ in .differs }
        for step in ReplayStep.steps(of: failures) { replay.take(step) }
        return replay
    }

    private static let mixed = failures([.succeeded, .failed, .failed, nil])

    @Test(
        arguments: [
            ("recovers>0", true), ("recovers>1", false), ("wasted>0.5", false),
            ("wasted>0.4", true), ("wasted<3", true), ("missed>0", false), ("agreed<1", true),
            ("guarded>0.0", false), ("unknown > 0.2", true),
        ]
    )
    func `a condition compares a count, or with a decimal point a share`(
        _ text: String,
        _ holds: Bool
    ) throws {
        let tally = Self.replay(Self.mixed, never: false).tally
        #expect(try FailCondition(text).holds(tally) == holds)
    }

    @Test(arguments: ["", "wasted", "wasted=1", "lost>1", "wasted>x", "wasted>-1", "wasted>inf"])
    func `what is no condition is refused with what it should be`(_ text: String) {
        #expect(throws: FailCondition.Problem.self) { try FailCondition(text) }
    }

    @Test func `two files are compared failure by failure`() {
        let steps = ReplayStep.steps(of: Self.mixed)
        let retrying = Self.replay(Self.mixed, never: false)
        let leaving = Self.replay(Self.mixed, never: true)
        let change = BacktestDocument.Change(retrying, leaving, steps)
        #expect(change.retried == ["recovers": 1, "wasted": 2, "unknown": 1])
        #expect(change.leftAlone.isEmpty)
        let back = BacktestDocument.Change(leaving, retrying, steps)
        #expect(back.leftAlone == change.retried)
        #expect(back.retried.isEmpty)
    }

    private static func document() throws -> BacktestDocument {
        let start = WallTime(milliseconds: 1_767_225_600_000)
        return BacktestDocument(
            span: start...start + .seconds(90 * 86_400),
            ReplayStep.steps(of: mixed),
            candidate: (replay(mixed, never: false), "new.yaml"),
            other: (replay(mixed, never: true), "/etc/pipeline-retryd.yaml"),
            conditions: [try FailCondition("wasted>1"), try FailCondition("missed>0")]
        )
    }

    @Test func `the text has every class of both files, and no control characters`() throws {
        let text = try Self.document().text
        for result in ReplayResult.allCases { #expect(text.contains(result.rawValue)) }
        #expect(text.contains("retried now: 1 recovers, 2 wasted, 1 unknown"))
        #expect(text.contains("--fail-if holds: wasted>1"))
        #expect(!text.contains("\u{1b}") && !text.contains("\u{202e}"))
        let long = text.split(separator: "\n").filter { $0.count > 80 && !$0.hasPrefix("  ") }
        #expect(long.isEmpty, "\(long)")
    }

    @Test func `the JSON has the same figures`() throws {
        let json = try Self.document().json
        #expect(json.contains("\"config\" : \"new.yaml\""))
        #expect(json.contains("\"minutes_wasted\" : 4"))
        #expect(json.contains("\"no_longer_retried\""))
    }
}
