import Primitives
import Testing

@testable import RetryCore

/// Repeated, returning and consecutive conditions: an earlier one must not count twice.
@Suite struct LaterPollTests {
    @Test(arguments: [(200, 100), (400, 200)])
    func `an old failure that stays is taken as new five minutes after the stage ran, or later`(
        _ row: (runs: Int, waits: Int)
    ) {
        var harness = EngineHarness.failing()
        harness.run(.seconds(5))
        harness.change(.web) { $0.latest?.status = .inProgress }
        harness.run(.seconds(row.runs))
        harness.change(.web) { $0.latest?.status = .failed }
        harness.run(.seconds(row.waits))
        #expect(harness.retries.isEmpty)
        harness.run(.seconds(30))
        #expect(harness.retries.count == 1)
    }

    @Test func `stale reads are believed when they last, not when they recur`() {
        var harness = EngineHarness.failing()
        harness.run(.seconds(45))
        let running = harness.states[.web]
        var older = running
        older?.stages[0].counters.manual = 0
        older?.stages[0].latest?.status = .stopped
        for _ in 0..<3 {
            harness.states[.web] = older
            harness.run(.seconds(200))
            harness.states[.web] = running
            harness.run(.seconds(60))
        }
        #expect(harness.count(.stageNotRetried) == 0)
        harness.states[.web] = older
        harness.run(.seconds(330))
        #expect(harness.count(.stageNotRetried) == 1)
    }

    @Test func `a definition read before the state names its version is not read again`() {
        var harness = EngineHarness(.watching())
        harness.states[.web] = .quiet
        harness.definitions[.web] = .definition(2)
        harness.run(.seconds(40))
        #expect(harness.definitionReads == 1)
        harness.states[.web]?.version = 2
        harness.run(.seconds(40))
        #expect(harness.definitionReads == 1)
        harness.states[.web]?.created = harness.epoch
        harness.run(.seconds(40))
        harness.states[.web]?.created = harness.epoch + .seconds(1)
        harness.run(.seconds(40))
        #expect(harness.definitionReads == 2)
    }

    @Test
    func `a retry due by a clock found to be ahead is delayed, and nothing is polled`() {
        var configuration = Configuration.watching()
        configuration.poll.activeInterval = .seconds(20)
        var harness = EngineHarness(configuration)
        harness.fail(["web"])
        harness.run(.seconds(25))
        harness.ahead = .seconds(-20)
        let time = harness.wall + harness.ahead
        for _ in 0..<2 {
            harness.engine.fleet.targets["prod"]?.clock.observe(time, now: harness.now)
        }
        harness.run(.seconds(10))
        #expect(harness.polls[.web] == 2)
        #expect(harness.engine.episodes.live[.web]?.phase.deadline == .origin + .seconds(50))
        harness.run(.seconds(14))
        #expect(harness.retries.isEmpty)
        harness.run(.seconds(10))
        #expect(harness.retries.map(\.at) == [harness.epoch + .seconds(50)])
    }

    @Test func `a retry whose stage failed again before the next poll took effect`() {
        var harness = EngineHarness.failing()
        harness.run(.seconds(30))
        #expect(harness.retries.count == 1)
        let time = harness.wall
        harness.change(.web) { $0.failsAgain("queue full", at: time) }
        harness.run(.seconds(2))
        #expect(harness.ledger.intents.map(\.state) == [.effective])
        #expect(harness.count(.stageFailed) == 2)
    }

    @Test func `an error that one pipeline had is forgotten after within`() {
        var configuration = Configuration.watching()
        configuration.outageHold = OutageHold(
            pipelines: 2,
            within: .seconds(600),
            probeEvery: .seconds(300)
        )
        var harness = EngineHarness(configuration)
        harness.fail(["web"])
        harness.run(.seconds(590))
        #expect(harness.engine.holds.outages.all.count == 1)
        harness.run(.seconds(20))
        #expect(harness.engine.holds.outages.all.isEmpty)
    }

    @Test func `patterns that are never evaluated are asked three times`() {
        var policy = StagePolicy.plain
        let condition = RuleCondition(matches: [Pattern("flaky")])
        policy.rules = [Rule(name: "flaky", when: condition, action: .retry(policy.limits))]
        var harness = EngineHarness.failing(policy)
        harness.holdsPatterns = true
        harness.run(.seconds(179))
        #expect(harness.kinds.isEmpty)
        harness.run(.seconds(5))
        #expect(harness.kinds.contains(.stageFailed))
        #expect(harness.retries.isEmpty)
        let asked = harness.engine.calls.purposes.values.count {
            if case .patterns = $0 { true } else { false }
        }
        #expect(asked == 0)
    }

    @Test func `truncated lists are reported when three in a row are`() {
        var harness = EngineHarness(.discovering)
        let names = ["a", "b", "c", "d", "e"] as [PipelineName]
        for name in names { harness.states[.prod(name)] = .quiet }
        harness.listed = names
        harness.run(.seconds(299))
        func run(until count: Int) {
            let end = harness.now + .seconds(400)
            while harness.engine.fleet.targets["prod"]?.partialLists != count, harness.now < end {
                harness.run(.seconds(1))
            }
            #expect(harness.engine.fleet.targets["prod"]?.partialLists == count)
        }
        for _ in 0..<3 {
            harness.listed = ["c"]
            run(until: 2)
            harness.listed = names
            run(until: 0)
        }
        #expect(harness.count(.targetDegraded) == 0)
        harness.listed = ["c"]
        run(until: 3)
        #expect(harness.count(.targetDegraded) == 1)
    }

    @Test(arguments: [CallFailure.Kind.credentials, .clock])
    func `refused credentials and clocks are reported at once, and their end after two answers`(
        _ kind: CallFailure.Kind
    ) {
        var harness = EngineHarness(.watching(["a", "b"]))
        for name in ["a", "b"] as [PipelineName] { harness.states[.prod(name)] = .quiet }
        harness.run(.seconds(35))
        harness.sick[.prod("a")] = CallFailure(
            kind: kind,
            operation: .getPipelineState,
            message: ""
        )
        harness.run(.seconds(30))
        #expect(harness.kinds == [.targetDegraded])
        harness.run(.seconds(300))
        #expect(harness.count(.pipelineLost) == 0)
        harness.sick = [:]
        harness.run(.seconds(120))
        #expect(harness.kinds.last == .targetRecovered)
    }

    @Test func `the ledger's memory is used even after hours of sleep`() throws {
        var harness = EngineHarness.failing()
        harness.holdsRecalls = true
        harness.run(.seconds(1))
        let (id, _) = try #require(harness.heldRecalls.first)
        harness.now = harness.now + .seconds(3600)
        harness.holdsEvidence = true
        harness.feed(.recalled(id, .new))
        #expect(harness.engine.episodes.live[.web]?.phase.name == .gathering)
        #expect(harness.recalls == 1)
    }

    @Test func `targets that turn out to be one account share its rate, which is reported`() {
        func target(_ name: TargetName) -> Target {
            Target(
                name: name,
                region: "eu-west-1",
                rateGroup: RateGroup(name.text),
                pipelines: (0..<4).map {
                    PipelineEntry(
                        selector: .name(PipelineName("\(name)-\($0)")),
                        policy: .plain,
                        stages: [:]
                    )
                }
            )
        }
        var configuration = Configuration(targets: [target("one"), target("two")])
        configuration.poll.maxRate = 0.2
        var harness = EngineHarness(configuration)
        for target in configuration.targets {
            for index in 0..<4 {
                let name = PipelineName("\(target.name)-\(index)")
                harness.states[PipelineKey(target: target.name, pipeline: name)] = .quiet
            }
        }
        harness.run(.seconds(120))
        #expect(harness.kinds == [.pollingSlowed])
        #expect(harness.engine.status.targets.map(\.rate) == [0.2, 0.2])
    }

    /// Six stages that failed, each in its own execution, beside one that continues.
    private func stages() -> EngineHarness {
        var harness = EngineHarness(.watching())
        let stages = ["d", "b", "f", "a", "e", "c"].map { name in
            var stage = StageSnapshot.failed(
                "queue full",
                at: harness.epoch,
                execution: ExecutionID("run-\(name)")
            )
            stage.name = StageName(name)
            return stage
        }
        let last = StageSnapshot(name: "z", latest: StageExecution(id: .first, status: .succeeded))
        harness.states[.web] = PipelineSnapshot(version: 1, stages: stages + [last])
        harness.run(.seconds(5))
        return harness
    }

    @Test func `stages removed together are reported in the order of their names`() {
        var harness = stages()
        #expect(harness.count(.stageFailed) == 6)
        harness.states[.web]?.stages.removeFirst(6)
        harness.states[.web]?.version = 2
        harness.run(.seconds(30))
        let gone = harness.ledger.episodes.filter { $0.outcome == .removed }.map(\.key.stage)
        #expect(gone == ["a", "b", "c", "d", "e", "f"])
    }

    @Test func `of the stages that an answer lacks the first by name is reported`() {
        var harness = stages()
        harness.states[.web]?.stages.removeFirst(6)
        harness.run(.seconds(300))
        #expect(harness.count(.stageRemoved) == 0)
        let lost = harness.reports.last { $0.kind == .pipelineLost || $0.kind == .targetDegraded }
        #expect(lost?.message.contains("does not contain stage a,") == true)
    }

    @Test func `stages of a pipeline dropped from the file end in the order of their names`() {
        var harness = stages()
        harness.feed(.reloaded(.watching(["other"])))
        let left = harness.ledger.episodes.filter { $0.outcome == .notRetried }.map(\.key.stage)
        #expect(left == ["a", "b", "c", "d", "e", "f"])
        #expect(harness.engine.episodes.live.isEmpty && harness.engine.episodes.ended.count == 0)
    }

    @Test func `stages held by a pause continue in order, two seconds apart`() {
        var harness = stages()
        let pause = Pause(scope: PauseScope(), reason: "x", uid: 0, until: nil)
        harness.feed(.paused(pause))
        harness.run(.seconds(60))
        harness.feed(.resumed(PauseScope(), uid: 0))
        let lifted = harness.wall
        harness.run(.seconds(20))
        #expect(harness.retries.map(\.1.stage) == ["a", "b", "c", "d", "e", "f"])
        let waits = harness.retries.map { Int(($0.at - lifted).wholeMilliseconds / 1000) }
        #expect(waits == [2, 4, 6, 8, 10, 12])
    }

    @Test(arguments: [
        (CallFailure.Kind.notFound, 1), (.serverError, 4), (.unreachable, 4), (.invalid, 0),
        (.accessDenied, 0),
    ])
    func `this many failed polls in a row are not yet a loss, however often they occur`(
        _ row: (CallFailure.Kind, Int)
    ) {
        var harness = EngineHarness(.watching(["a", "b"]))
        for name in ["a", "b"] as [PipelineName] { harness.states[.prod(name)] = .quiet }
        harness.run(.seconds(35))
        let failure = CallFailure(kind: row.0, operation: .getPipelineState, message: "")
        func fail(_ count: Int) {
            harness.sick[.prod("a")] = failure
            let end = harness.now + .seconds(400)
            harness.polls = [:]
            while harness.polls[.prod("a")] ?? 0 < count, harness.now < end {
                harness.run(.seconds(1))
            }
            harness.sick = [:]
        }
        for _ in 0..<3 {
            fail(row.1)
            harness.run(.seconds(100))
        }
        #expect(harness.kinds.isEmpty)
        fail(row.1 + 1)
        #expect(harness.kinds == [.pipelineLost])
        harness.run(.seconds(700))
        #expect(harness.kinds == [.pipelineLost, .pipelineFound])
    }

    @Test func `a denied definition is an error once, and the waiting retry is reported`() {
        var harness = EngineHarness(.watching())
        harness.states[.web] = stages().states[.web]
        let denied = CallFailure(kind: .accessDenied, operation: .getPipeline, message: "no")
        harness.definitions[.web] = .failed(denied)
        harness.run(.seconds(30))
        let levels = harness.reports.filter { $0.kind == .retryDeferred }.map(\.level)
        #expect(levels.count == 6)
        #expect(levels.count { $0 == .error } == 1)
    }

    @Test func `the status has the next retry, and everything degraded and paused`() {
        var harness = stages()
        #expect(
            harness.engine.status.line
                == "watching 1 pipeline in 1 target; 6 retries pending, next 08:53:50"
        )
        let pause = Pause(scope: PauseScope(stage: "none"), reason: "x", uid: 0, until: nil)
        harness.feed(.paused(pause))
        harness.feed(.ledgerFailed("disk full"))
        #expect(
            harness.engine.status.line
                == "watching 1 pipeline in 1 target; 6 retries pending, next 08:53:50; "
                + "degraded: ledger (not writable); 1 scope paused"
        )
    }

    @Test func `a target that is planned has its Region, its rate's group and its endpoint`() {
        var harness = EngineHarness.failing()
        harness.feed(.targetPlanned("prod", region: "eu-west-2", rateGroup: "z", endpoint: "here"))
        let target = harness.engine.fleet.targets["prod"]?.target
        #expect(target?.region == "eu-west-2")
        #expect(target?.rateGroup == "z")
        #expect(target?.endpoint == "here")
    }

    @Test
    func `an open episode of a pipeline that a list finds is overtaken by the next execution`() {
        let first = EngineHarness.failing()
        var record = EpisodeRecord(
            key: .web,
            firstFailure: first.epoch,
            firstSeen: first.epoch,
            foreignRetries: 0
        )
        record.lastFailure = first.states[.web]?.stages[0].baseline
        var harness = EngineHarness(.discovering, ledger: LedgerSnapshot(episodes: [record]))
        harness.listed = ["web"]
        harness.states[.web] = .quiet
        harness.change(.web) { $0.latest?.id = .second }
        harness.run(.seconds(30))
        #expect(harness.count(.stageSuperseded) == 1)
        #expect(harness.engine.episodes.live.isEmpty)
    }

    @Test(arguments: [StageStatus.stopped, .cancelled, .skipped])
    func `an unknown answer of a stage that ends otherwise is reported without effect`(
        _ status: StageStatus
    ) {
        var harness = EngineHarness.failing()
        harness.retryAnswers = [.unknown("reset")]
        harness.retriesMove = false
        harness.run(.seconds(32))
        harness.change(.web) { $0.latest?.status = status }
        harness.run(.seconds(20))
        #expect(harness.ledger.intents.map(\.state) == [.unsettled])
        #expect(harness.kinds.suffix(2) == [.retrySettled, .stageNotRetried])
        let left = harness.reports.last?.fields.map(\.1) ?? []
        #expect(left.contains("Compile") && left.contains("JobFailed"))
    }

    @Test(arguments: [
        (RetryAnswer.accepted(requestID: nil, at: nil), ReportKind.retryWithoutEffect),
        (.unknown("reset"), .retrySettled),
    ])
    func `without a poll after the call nothing is reported of its effect`(
        _ row: (RetryAnswer, ReportKind)
    ) {
        var harness = EngineHarness.failing()
        harness.retryAnswers = [row.0]
        harness.retriesMove = false
        harness.run(.seconds(30))
        #expect(harness.retries.count == 1)
        harness.hanging = [.web]
        harness.run(.seconds(70))
        #expect(harness.count(row.1) == 0)
        harness.hanging = []
        harness.run(.seconds(60))
        #expect(harness.count(row.1) == 1)
    }

    @Test func `unused definitions are not kept`() {
        var harness = EngineHarness(.watching())
        harness.states[.web] = .quiet
        for version in 2..<300 {
            harness.states[.web]?.version = version
            harness.run(.seconds(40))
        }
        #expect(harness.definitionReads > 290)
        #expect(harness.engine.fleet.definitions.count <= 67)
    }
}
