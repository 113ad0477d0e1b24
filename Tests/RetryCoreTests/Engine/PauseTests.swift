import Primitives
import RetryCore
import Testing

/// Pauses by command: which clock ends them, and what they leave alone.
@Suite struct PauseTests {
    private static let all = Pause(scope: PauseScope(), reason: "freeze", uid: 0, until: nil)

    private func failing(
        hostAhead: Duration = .zero,
        _ configuration: Configuration = .watching()
    ) -> Bench {
        var bench = Bench(configuration, hostAhead: hostAhead)
        bench.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: bench.epoch)]
        )
        return bench
    }

    @Test(arguments: [-3 * 3600, 0, 3 * 3600])
    func `a pause with a span ends when the span is over, however wrong the host's clock is`(
        _ ahead: Int
    ) {
        var bench = failing(hostAhead: .seconds(ahead))
        bench.run(.seconds(5))
        bench.feed(.paused(Self.all, for: .seconds(7200)))
        bench.run(.seconds(7190))
        #expect(bench.retries.isEmpty)
        #expect(bench.count(.resumed) == 0)
        bench.run(.seconds(60))
        #expect(bench.count(.resumed) == 1)
        #expect(bench.retries.count == 1)
        #expect(bench.ledger.pauses.isEmpty)
    }

    @Test(arguments: [60, nil] as [Int?])
    func `what a pause holds is said to be looked at again when the pause ends`(_ span: Int?) {
        var bench = failing()
        bench.run(.seconds(5))
        bench.feed(.paused(Self.all, for: span.map { .seconds($0) }))
        bench.run(.seconds(5))
        let told = bench.reports.compactMap { report in
            if case .retryDeferred(_, .paused, let until, _, _, _) = report { until } else { nil }
        }
        let end = bench.engine.status.pauses.first?.until
        #expect((end == nil) == (span == nil))
        let giveUp = bench.epoch + StagePolicy.plain.giveUpAfter
        #expect(told.count == 1)
        #expect(told.first.map { $0 > giveUp } == (span == nil))
        if let end { #expect(told == [end]) }
    }

    @Test(arguments: [-3 * 3600, 0, 3 * 3600])
    func `a pause survives a restart and ends by AWS's time`(_ ahead: Int) {
        var bench = failing()
        bench.run(.seconds(5))
        bench.feed(.paused(Self.all, for: .seconds(7200)))
        bench.run(.seconds(600))
        bench.crash(.watching(), hostAhead: .seconds(ahead))
        bench.run(.seconds(6580))
        #expect(bench.retries.isEmpty)
        #expect(bench.count(.resumed) == 0)
        bench.run(.seconds(60))
        #expect(bench.count(.resumed) == 1)
        #expect(bench.retries.count == 1)
    }

    @Test(arguments: [-3 * 3600, 3 * 3600])
    func `a pause put on before AWS's first answer is stored with its true end afterwards`(
        _ ahead: Int
    ) throws {
        var bench = failing(hostAhead: .seconds(ahead))
        bench.silent = true
        bench.feed(.paused(Self.all, for: .seconds(7200)))
        bench.silent = false
        bench.run(.seconds(200))
        let until = try #require(bench.ledger.pauses.first?.until)
        let wrong = until - (bench.epoch + .seconds(7200))
        #expect(wrong < .seconds(3) && wrong > .seconds(-3))
        #expect(bench.count(.paused) == 1)
    }

    @Test func `without any answer of AWS a pause of an earlier run ends by the host's clock`() {
        var bench = failing()
        bench.run(.seconds(5))
        bench.feed(.paused(Self.all, for: .seconds(60)))
        bench.run(.seconds(10))
        bench.crash(.watching())
        bench.outage = CallFailure(kind: .unreachable, operation: "GetPipelineState", message: "")
        bench.run(.seconds(300))
        // Nothing can be retried meanwhile, so it may as well wait for a clock that can be trusted.
        #expect(bench.count(.resumed) == 0)
        bench.run(.seconds(400))
        #expect(bench.count(.resumed) == 1)
    }

    @Test func `a pause in place of another of its scope takes its end too`() {
        var bench = failing()
        bench.run(.seconds(5))
        bench.feed(.paused(Self.all, for: .seconds(60)))
        bench.feed(.paused(Self.all))
        bench.run(.seconds(600))
        #expect(bench.count(.resumed) == 0)
        bench.feed(.paused(Self.all, for: .seconds(60)))
        bench.run(.seconds(100))
        #expect(bench.count(.resumed) == 1)
        #expect(bench.retries.count == 1)
    }

    @Test(arguments: [
        (RetryRefusal.accessDenied, 600), (.conflict, 4), (.concurrentLimit, 14), (.throttled, 4),
    ])
    func `pause and resume do not ask again what AWS asked to be waited for`(
        _ row: (RetryRefusal, Int)
    ) {
        var bench = failing()
        let no = CallFailure(kind: .invalid, operation: "RetryStageExecution", message: "no")
        bench.retryAnswers = .init(repeating: .refused(row.0, no), count: 50)
        bench.run(.seconds(30))
        while bench.retries.isEmpty, bench.now < .origin + .seconds(60) {
            bench.run(.milliseconds(200))
        }
        #expect(bench.retries.count == 1)
        for _ in 0..<5 {
            bench.feed(.paused(Self.all))
            bench.feed(.resumed(PauseScope(), uid: 0))
            bench.run(.milliseconds(200 * row.1))
        }
        #expect(bench.retries.count == 1)
    }

    @Test(arguments: [
        (RetryRefusal.accessDenied, 2), (.credentials, 2), (.conflict, 1), (.throttled, 1),
        (.notRetryable, 1),
    ])
    func `a reload asks again only where it can have mended something`(
        _ row: (RetryRefusal, Int)
    ) {
        var bench = failing()
        let no = CallFailure(kind: .invalid, operation: "RetryStageExecution", message: "no")
        bench.retryAnswers = .init(repeating: .refused(row.0, no), count: 50)
        while bench.retries.isEmpty, bench.now < .origin + .seconds(60) {
            bench.run(.milliseconds(200))
        }
        bench.feed(.reloaded(.watching()))
        bench.run(.seconds(3))
        #expect(bench.retries.count == row.1)
    }

    @Test func `a firm wait that ends in a pause is held by the pause`() {
        var bench = failing()
        let no = CallFailure(kind: .invalid, operation: "RetryStageExecution", message: "no")
        bench.retryAnswers = [.refused(.conflict, no)]
        bench.run(.seconds(31))
        bench.feed(.paused(Self.all))
        bench.run(.seconds(600))
        #expect(bench.retries.count == 1)
        bench.feed(.resumed(PauseScope(), uid: 0))
        bench.run(.seconds(30))
        #expect(bench.retries.count == 2)
    }

    @Test(arguments: [-3600, 3600])
    func `a pause with a span ends after it, whatever AWS's clock turns out to be`(_ step: Int) {
        var bench = failing()
        bench.run(.seconds(5))
        bench.feed(.paused(Self.all, for: .seconds(100)))
        bench.ahead = .seconds(step)
        bench.run(.seconds(99))
        #expect(bench.count(.resumed) == 0)
        bench.run(.seconds(2))
        #expect(bench.count(.resumed) == 1)
    }

    @Test func `an action that fails later beside the first says nothing anew`() {
        var bench = failing()
        bench.run(.seconds(5))
        bench.feed(.paused(Self.all))
        bench.run(.seconds(20))
        let time = bench.wall
        bench.change(.web) { stage in
            stage.actions.append(
                ActionSnapshot(
                    name: "Test",
                    executionID: "t1",
                    status: .failed,
                    lastStatusChange: time,
                    code: "JobFailed",
                    message: "red"
                )
            )
        }
        bench.run(.seconds(60))
        #expect(bench.kinds == [.stageFailed, .retryScheduled, .paused, .retryDeferred])
        bench.feed(.resumed(PauseScope(), uid: 0))
        bench.run(.seconds(30))
        #expect(bench.retries.count == 1)
    }
}
