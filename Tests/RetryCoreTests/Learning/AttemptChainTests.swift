import Primitives
import RetryCore
import Testing

@Suite("Labels of attempts")
struct AttemptChainTests {
    /// Two attempts, and what the second says of the first.
    struct Pair: Sendable, CustomTestStringConvertible {
        let name: String
        let first: ActionAttempt
        let second: ActionAttempt
        let result: RetryResult?
        var wait: Int64 = 60

        var testDescription: String { name }
    }

    static let pairs = [
        Pair(
            name: "a success",
            first: attempt("a", .failed, from: 0, to: 40, error: "x"),
            second: attempt("b", .succeeded, from: 100, to: 140),
            result: .recovered
        ),
        Pair(
            name: "the same error",
            first: attempt("a", .failed, from: 0, to: 40, error: "x"),
            second: attempt("b", .failed, from: 100, to: 140, error: "x"),
            result: .same
        ),
        Pair(
            name: "another error",
            first: attempt("a", .failed, from: 0, to: 40, error: "x"),
            second: attempt("b", .failed, from: 100, to: 140, error: "y"),
            result: .other
        ),
        Pair(
            name: "the same words of another cause",
            first: attempt("a", .failed, from: 0, to: 40, error: "x", cause: "1"),
            second: attempt("b", .failed, from: 100, to: 140, error: "x", cause: "2"),
            result: .other
        ),
        Pair(
            name: "a cause that only one of them has",
            first: attempt("a", .failed, from: 0, to: 40, error: "x", cause: "1"),
            second: attempt("b", .failed, from: 100, to: 140, error: "x"),
            result: .same
        ),
        Pair(
            name: "two rows without errors",
            first: attempt("a", .failed, from: 0, to: 40),
            second: attempt("b", .failed, from: 100, to: 140),
            result: .same
        ),
        Pair(
            name: "a row without an error",
            first: attempt("a", .failed, from: 0, to: 40, error: "x"),
            second: attempt("b", .failed, from: 100, to: 140),
            result: .other
        ),
        Pair(
            name: "an attempt that runs",
            first: attempt("a", .failed, from: 0, to: 40, error: "x"),
            second: attempt("b", .running, from: 100, to: 140),
            result: .unsettled
        ),
        Pair(
            name: "an attempt that was stopped",
            first: attempt("a", .failed, from: 0, to: 40, error: "x"),
            second: attempt("b", .abandoned, from: 100, to: 140),
            result: .excluded
        ),
        Pair(
            name: "a wait of six hours",
            first: attempt("a", .failed, from: 0, to: 40, error: "x"),
            second: attempt("b", .succeeded, from: 21_640, to: 21_700),
            result: .recovered,
            wait: 21_600
        ),
        Pair(
            name: "a longer wait",
            first: attempt("a", .failed, from: 0, to: 40, error: "x"),
            second: attempt("b", .succeeded, from: 21_641, to: 21_700),
            result: .excluded,
            wait: 21_601
        ),
        Pair(
            name: "a failure without an end",
            first: attempt("a", .failed, from: 0, to: nil, error: "x"),
            second: attempt("b", .succeeded, from: 100, to: 140),
            result: .excluded,
            wait: 0
        ),
        Pair(
            name: "a clock that went back",
            first: attempt("a", .failed, from: 0, to: 140, error: "x"),
            second: attempt("b", .succeeded, from: 100, to: 150),
            result: .recovered,
            wait: 0
        ),
        Pair(
            name: "a success that ran again with all actions",
            first: attempt("a", .succeeded, from: 0, to: 40),
            second: attempt("b", .failed, from: 100, to: 140, error: "x"),
            result: nil
        ),
        Pair(
            name: "a stopped attempt that ran again",
            first: attempt("a", .abandoned, from: 0, to: 40),
            second: attempt("b", .succeeded, from: 100, to: 140),
            result: nil
        ),
    ]

    @Test(arguments: pairs)
    func `the next attempt says what came of a failed one`(_ pair: Pair) throws {
        for order in [[pair.first, pair.second], [pair.second, pair.first]] {
            let chain = AttemptChain(order).attempts
            #expect(chain.map(\.id) == ["a", "b"])
            let retry = chain.first?.retry
            #expect(retry?.result == pair.result)
            #expect(chain.last?.retry == nil)
            guard let retry else { continue }
            #expect(retry.next == "b")
            #expect(retry.wait == .seconds(pair.wait))
            #expect(retry.duration == pair.second.duration)
            #expect(!retry.isOwn)
        }
    }

    @Test func `each failure of three attempts has its own retry`() {
        let chain = AttemptChain([
            attempt("c", .succeeded, from: 300, to: 340),
            attempt("a", .failed, from: 0, to: 40, error: "x"),
            attempt("b", .failed, from: 100, to: 140, error: "x"),
        ])
        #expect(chain.attempts.map(\.retry?.result) == [.same, .recovered, nil])
        #expect(chain.attempts.map(\.retry?.next) == ["b", "c", nil])
    }

    @Test func `of two rows of one attempt the later counts, with the cause of the other`() {
        var live = attempt("a", .running, from: 0, to: 10, cause: "1")
        live.source = .live
        let chain = AttemptChain([attempt("a", .failed, from: 0, to: 40, error: "x"), live])
        #expect(chain.attempts.map(\.status) == [.failed])
        #expect(chain.attempts.first?.causeFingerprint == Fingerprint(reduced: "1"))
        #expect(chain.attempts.first?.source == .live)
    }

    @Test func `labels do not depend on those that a row already has`() {
        let once = AttemptChain([
            attempt("a", .failed, from: 0, to: 40, error: "x"),
            attempt("b", .failed, from: 100, to: 140, error: "x"),
        ])
        #expect(AttemptChain(once.attempts) == once)
        #expect(AttemptChain(once.attempts.suffix(1)).attempts.map(\.retry) == [nil])
    }

    /// An intent upon the attempt `a`.
    private func intent(
        at recorded: Int64,
        _ state: IntentState = .effective,
        upon id: ActionExecutionID = "a"
    ) -> Intent {
        Intent(
            episode: EpisodeKey(
                pipeline: triedAction.pipeline,
                stage: triedAction.stage,
                execution: "e1"
            ),
            sequence: 1,
            number: 1,
            policy: "default",
            rule: "throttled",
            mode: .allActions,
            before: StageBaseline(manualRetries: 0, actionExecutions: [id], lastStatusChange: nil),
            recordedAt: second(recorded),
            state: state
        )
    }

    @Test func `a retry that the ledger has an intent of is this program's`() throws {
        let rows = [
            attempt("a", .failed, from: 0, to: 40, error: "x"),
            attempt("b", .succeeded, from: 100, to: 140),
        ]
        let retry = try #require(AttemptChain(rows, intents: [intent(at: 99)]).attempts[0].retry)
        #expect(retry.isOwn)
        #expect(retry.rule == "throttled")
        #expect(retry.mode == .allActions)
        for other in [intent(at: 161), intent(at: 99, .notExecuted), intent(at: 99, upon: "z")] {
            #expect(AttemptChain(rows, intents: [other]).attempts[0].retry?.isOwn == false)
        }
    }

    /// A row of history.
    private func row(
        _ status: ActionStatus?,
        category: ActionCategory = .deploy,
        code: String? = nil,
        message: String? = nil
    ) -> ActionRow {
        ActionRow(
            stage: "Deploy",
            action: ActionSnapshot(
                name: "Stack",
                executionID: "a",
                status: status,
                lastStatusChange: second(40),
                code: code,
                message: message
            ),
            category: category,
            provider: "CloudFormation",
            started: second(0)
        )
    }

    private func read(_ row: ActionRow) -> ActionAttempt? {
        ActionAttempt(row, in: "e1", of: triedAction.pipeline, source: .live)
    }

    @Test func `a failed row has the fingerprint of its error, without its names`() throws {
        let found = try #require(read(row(.failed, code: "JobFailed", message: "web failed at 17")))
        let names = ["web", "Deploy", "Stack"]
        let words = Fingerprint(
            code: "JobFailed",
            message: "web failed at 17",
            summary: nil,
            names: names
        )
        #expect(found.fingerprint == words)
        #expect(found.causeFingerprint == nil)
        let told = RootCause(provider: "CloudFormation", resource: "web-stack", line: "web-stack")
        let cause = ActionAttempt.fingerprint(of: told, in: triedAction)
        #expect(cause == Fingerprint(cause: told, names: names + ["web-stack"]))
        #expect(found.duration == .seconds(40))
    }

    @Test(
        arguments: [
            (ActionStatus.inProgress, AttemptStatus.running), (.succeeded, .succeeded),
            (.abandoned, .abandoned), (.unknown("Paused"), .running), (nil, .running),
        ] as [(ActionStatus?, AttemptStatus)]
    )
    func `a row that did not fail has no error`(_ status: ActionStatus?, _ known: AttemptStatus) {
        let found = read(row(status, code: "JobFailed"))
        #expect(found?.status == known)
        #expect(found?.fingerprint == nil)
    }

    @Test func `a failed row without words has no fingerprint`() {
        #expect(read(row(.failed))?.status == .failed)
        #expect(read(row(.failed, code: "", message: ""))?.fingerprint == nil)
    }

    @Test func `approvals, and rows without an id or a start, are no attempts`() {
        #expect(read(row(.failed, category: .approval)) == nil)
        var nameless = row(.failed)
        nameless.action.executionID = nil
        #expect(read(nameless) == nil)
        var timeless = row(.failed)
        timeless.started = nil
        #expect(read(timeless) == nil)
    }

    @Test(
        arguments: [
            (AttemptStatus.running, 40, nil), (.abandoned, 40, nil), (.succeeded, 40, 40),
            (.failed, -1, nil), (.failed, nil, nil),
        ] as [(AttemptStatus, Int64?, Int?)]
    )
    func `what ended has a duration`(_ status: AttemptStatus, _ end: Int64?, _ seconds: Int?) {
        let duration = attempt("a", status, from: 0, to: end).duration
        #expect(duration == seconds.map { .seconds($0) })
    }
}

@Suite("Sums of a day")
struct DailySumTests {
    @Test func `retries are summed by day, cause and rule`() throws {
        let day: Int64 = 86_400
        let chain = AttemptChain([
            attempt("a", .failed, from: day - 50, to: day - 1, error: "x"),
            attempt("b", .failed, from: day, to: day + 30, error: "x", cause: "1"),
            attempt("c", .succeeded, from: day + 60, to: day + 100),
        ])
        let sums = DailySum.combined(chain.attempts.compactMap(DailySum.init))
        #expect(sums.map(\.key.day) == [0, 1])
        #expect(sums.map(\.key.fingerprint.text) == ["x", "1"])
        #expect(
            sums.map(\.counts) == [TrialCounts(trials: 1), TrialCounts(recovered: 1, trials: 1)]
        )
        #expect(sums.map(\.time) == [.seconds(30), .seconds(40)])
        let twice = DailySum.combined(sums + sums)
        #expect(twice.map(\.key) == sums.map(\.key))
        #expect(twice.map(\.counts.trials) == [2, 2])
        #expect(twice.map(\.time) == [.seconds(60), .seconds(80)])
    }

    @Test func `what is no trial has no sum`() {
        #expect(DailySum(attempt("a", .failed, from: 0, to: 40, error: "x")) == nil)
        let chain = AttemptChain([
            attempt("a", .failed, from: 0, to: 40), attempt("b", .running, from: 50, to: nil),
        ])
        #expect(chain.attempts.compactMap(DailySum.init).isEmpty)
    }
}
