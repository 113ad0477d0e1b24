import Primitives
import RetryCore
import Testing

/// Pauses by command: which clock ends them, and what they do not affect.
@Suite struct PauseTests {
    private static let all = Pause(scope: PauseScope(), reason: "freeze", uid: 0, until: nil)

    private func failing(
        hostAhead: Duration = .zero,
        _ configuration: Configuration = .watching()
    ) -> EngineHarness {
        var harness = EngineHarness(configuration, hostAhead: hostAhead)
        harness.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: harness.epoch)]
        )
        return harness
    }

    @Test(arguments: [-3 * 3600, 0, 3 * 3600])
    func `a pause with a span ends when the span is over, however wrong the host's clock is`(
        _ ahead: Int
    ) {
        var harness = failing(hostAhead: .seconds(ahead))
        harness.run(.seconds(5))
        harness.feed(.paused(Self.all, for: .seconds(7200)))
        harness.run(.seconds(7190))
        #expect(harness.retries.isEmpty)
        #expect(harness.count(.resumed) == 0)
        harness.run(.seconds(60))
        #expect(harness.count(.resumed) == 1)
        #expect(harness.retries.count == 1)
        #expect(harness.ledger.pauses.isEmpty)
    }

    @Test(arguments: [60, nil] as [Int?])
    func `a paused retry is reported to be checked again when the pause ends`(_ span: Int?) {
        var harness = failing()
        harness.run(.seconds(5))
        harness.feed(.paused(Self.all, for: span.map { .seconds($0) }))
        harness.run(.seconds(5))
        let told = harness.reports.compactMap { report in
            if case .retryDeferred(_, .paused, let until, _, _, _) = report { until } else { nil }
        }
        let end = harness.engine.status.pauses.first?.until
        #expect((end == nil) == (span == nil))
        let giveUp = harness.epoch + StagePolicy.plain.giveUpAfter
        #expect(told.count == 1)
        #expect(told.first.map { $0 > giveUp } == (span == nil))
        if let end { #expect(told == [end]) }
    }

    @Test(arguments: [-3 * 3600, 0, 3 * 3600])
    func `a pause survives a restart and ends by AWS's time`(_ ahead: Int) {
        var harness = failing()
        harness.run(.seconds(5))
        harness.feed(.paused(Self.all, for: .seconds(7200)))
        harness.run(.seconds(600))
        harness.crash(.watching(), hostAhead: .seconds(ahead))
        harness.run(.seconds(6580))
        #expect(harness.retries.isEmpty)
        #expect(harness.count(.resumed) == 0)
        harness.run(.seconds(60))
        #expect(harness.count(.resumed) == 1)
        #expect(harness.retries.count == 1)
    }

    @Test(arguments: [-3 * 3600, 3 * 3600])
    func `a pause set before AWS's first answer is stored with its true end afterwards`(
        _ ahead: Int
    ) throws {
        var harness = failing(hostAhead: .seconds(ahead))
        harness.silent = true
        harness.feed(.paused(Self.all, for: .seconds(7200)))
        harness.silent = false
        harness.run(.seconds(200))
        let until = try #require(harness.ledger.pauses.first?.until)
        let wrong = until - (harness.epoch + .seconds(7200))
        #expect(wrong < .seconds(3) && wrong > .seconds(-3))
        #expect(harness.count(.paused) == 1)
    }

    @Test func `without any answer of AWS a pause of an earlier run ends by the host's clock`() {
        var harness = failing()
        harness.run(.seconds(5))
        harness.feed(.paused(Self.all, for: .seconds(60)))
        harness.run(.seconds(10))
        harness.crash(.watching())
        harness.outage = CallFailure(kind: .unreachable, operation: .getPipelineState, message: "")
        harness.run(.seconds(300))
        // Nothing can be retried meanwhile, so it may as well wait for a clock that can be trusted.
        #expect(harness.count(.resumed) == 0)
        harness.run(.seconds(400))
        #expect(harness.count(.resumed) == 1)
    }

    @Test func `a reload that removes the only target that answers does not lose AWS's time`() {
        var both = Configuration.watching()
        both.targets.append(both.targets[0])
        both.targets[1].name = "other"
        var harness = failing()
        harness.states[PipelineKey(target: "other", pipeline: "web")] = .quiet
        harness.run(.seconds(5))
        harness.feed(.paused(Self.all, for: .seconds(7200)))
        harness.crash(both, hostAhead: .seconds(3 * 3600))
        harness.hangs = ["prod"]
        harness.run(.seconds(60))
        harness.feed(.reloaded(.watching()))
        harness.run(.seconds(7000))
        #expect(harness.count(.resumed) == 0)
        harness.run(.seconds(300))
        #expect(harness.count(.resumed) == 1)
    }

    @Test func `a pause that replaces another of its scope replaces its end too`() {
        var harness = failing()
        harness.run(.seconds(5))
        harness.feed(.paused(Self.all, for: .seconds(60)))
        harness.feed(.paused(Self.all))
        harness.run(.seconds(600))
        #expect(harness.count(.resumed) == 0)
        harness.feed(.paused(Self.all, for: .seconds(60)))
        harness.run(.seconds(100))
        #expect(harness.count(.resumed) == 1)
        #expect(harness.retries.count == 1)
    }

    @Test(arguments: [
        (RetryRefusal.accessDenied, 600), (.conflict, 4), (.concurrentLimit, 14), (.throttled, 4),
    ])
    func `pause and resume do not shorten a wait that AWS asked for`(
        _ row: (RetryRefusal, Int)
    ) {
        var harness = failing()
        let no = CallFailure(kind: .invalid, operation: .retryStageExecution, message: "no")
        harness.retryAnswers = .init(repeating: .refused(row.0, no), count: 50)
        harness.run(.seconds(30))
        while harness.retries.isEmpty, harness.now < .origin + .seconds(60) {
            harness.run(.milliseconds(200))
        }
        #expect(harness.retries.count == 1)
        for _ in 0..<5 {
            harness.feed(.paused(Self.all))
            harness.feed(.resumed(PauseScope(), uid: 0))
            harness.run(.milliseconds(200 * row.1))
        }
        #expect(harness.retries.count == 1)
    }

    @Test(arguments: [
        (RetryRefusal.accessDenied, 2), (.credentials, 2), (.conflict, 1), (.throttled, 1),
        (.notRetryable, 1),
    ])
    func `a reload retries only what it can have fixed`(
        _ row: (RetryRefusal, Int)
    ) {
        var harness = failing()
        let no = CallFailure(kind: .invalid, operation: .retryStageExecution, message: "no")
        harness.retryAnswers = .init(repeating: .refused(row.0, no), count: 50)
        while harness.retries.isEmpty, harness.now < .origin + .seconds(60) {
            harness.run(.milliseconds(200))
        }
        harness.feed(.reloaded(.watching()))
        harness.run(.seconds(3))
        #expect(harness.retries.count == row.1)
    }

    @Test func `a pinned wait that ends in a pause is held by the pause`() {
        var harness = failing()
        let no = CallFailure(kind: .invalid, operation: .retryStageExecution, message: "no")
        harness.retryAnswers = [.refused(.conflict, no)]
        harness.run(.seconds(31))
        harness.feed(.paused(Self.all))
        harness.run(.seconds(600))
        #expect(harness.retries.count == 1)
        harness.feed(.resumed(PauseScope(), uid: 0))
        harness.run(.seconds(30))
        #expect(harness.retries.count == 2)
    }

    @Test(arguments: [-3600, 3600])
    func `a pause with a span ends after it, whatever AWS's clock turns out to be`(_ step: Int) {
        var harness = failing()
        harness.run(.seconds(5))
        harness.feed(.paused(Self.all, for: .seconds(100)))
        harness.ahead = .seconds(step)
        harness.run(.seconds(99))
        #expect(harness.count(.resumed) == 0)
        harness.run(.seconds(2))
        #expect(harness.count(.resumed) == 1)
    }

    @Test func `an action that fails later beside the first reports nothing again`() {
        var harness = failing()
        harness.run(.seconds(5))
        harness.feed(.paused(Self.all))
        harness.run(.seconds(20))
        let time = harness.wall
        harness.change(.web) { stage in
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
        harness.run(.seconds(60))
        #expect(harness.kinds == [.stageFailed, .retryScheduled, .paused, .retryDeferred])
        harness.feed(.resumed(PauseScope(), uid: 0))
        harness.run(.seconds(30))
        #expect(harness.retries.count == 1)
    }
}
