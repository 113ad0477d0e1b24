import Primitives
import Testing

@testable import RetryCore

/// What comes again, comes back or comes in a row: what was seen before must not count twice.
@Suite struct LaterLookTests {
    private func failing(_ policy: StagePolicy = .plain) -> Bench {
        var bench = Bench(.watching(["web"], policy))
        bench.fail(["web"])
        return bench
    }

    @Test(arguments: [(200, 100), (400, 200)])
    func `an old failure that stays is taken as new five minutes after the stage ran, or later`(
        _ row: (runs: Int, waits: Int)
    ) {
        var bench = failing()
        bench.run(.seconds(5))
        bench.change(.web) { $0.latest?.status = .inProgress }
        bench.run(.seconds(row.runs))
        bench.change(.web) { $0.latest?.status = .failed }
        bench.run(.seconds(row.waits))
        #expect(bench.retries.isEmpty)
        bench.run(.seconds(30))
        #expect(bench.retries.count == 1)
    }

    @Test func `older copies are believed when they last, not when they come again`() {
        var bench = failing()
        bench.run(.seconds(45))
        let running = bench.states[.web]
        var older = running
        older?.stages[0].counters.manual = 0
        older?.stages[0].latest?.status = .stopped
        for _ in 0..<3 {
            bench.states[.web] = older
            bench.run(.seconds(200))
            bench.states[.web] = running
            bench.run(.seconds(60))
        }
        #expect(bench.count(.stageNotRetried) == 0)
        bench.states[.web] = older
        bench.run(.seconds(330))
        #expect(bench.count(.stageNotRetried) == 1)
    }

    @Test func `a definition that was read before the state spoke of it is not read again`() {
        var bench = Bench(.watching())
        bench.states[.web] = .quiet
        bench.definitions[.web] = .definition(2)
        bench.run(.seconds(40))
        #expect(bench.definitionReads == 1)
        bench.states[.web]?.version = 2
        bench.run(.seconds(40))
        #expect(bench.definitionReads == 1)
        bench.states[.web]?.created = bench.epoch
        bench.run(.seconds(40))
        bench.states[.web]?.created = bench.epoch + .seconds(1)
        bench.run(.seconds(40))
        #expect(bench.definitionReads == 2)
    }

    @Test
    func `a retry that is due by a clock found to be ahead is put off, and nothing is looked at`() {
        var configuration = Configuration.watching()
        configuration.poll.activeInterval = .seconds(20)
        var bench = Bench(configuration)
        bench.fail(["web"])
        bench.run(.seconds(25))
        bench.ahead = .seconds(-20)
        let time = bench.wall + bench.ahead
        for _ in 0..<2 { bench.engine.fleet.targets["prod"]?.clock.observe(time, now: bench.now) }
        bench.run(.seconds(10))
        #expect(bench.looks[.web] == 2)
        #expect(bench.engine.episodes.live[.web]?.phase.deadline == .origin + .seconds(50))
        bench.run(.seconds(14))
        #expect(bench.retries.isEmpty)
        bench.run(.seconds(10))
        #expect(bench.retries.map(\.at) == [bench.epoch + .seconds(50)])
    }

    @Test func `a retry whose stage failed again before the next look took effect`() {
        var bench = failing()
        bench.run(.seconds(30))
        #expect(bench.retries.count == 1)
        let time = bench.wall
        bench.change(.web) { $0.failsAgain("queue full", at: time) }
        bench.run(.seconds(2))
        #expect(bench.ledger.intents.map(\.state) == [.effective])
        #expect(bench.count(.stageFailed) == 2)
    }

    @Test func `an error that one pipeline had is forgotten after within`() {
        var configuration = Configuration.watching()
        configuration.outageHold = OutageHold(
            pipelines: 2,
            within: .seconds(600),
            probeEvery: .seconds(300)
        )
        var bench = Bench(configuration)
        bench.fail(["web"])
        bench.run(.seconds(590))
        #expect(bench.engine.holds.outages.all.count == 1)
        bench.run(.seconds(20))
        #expect(bench.engine.holds.outages.all.isEmpty)
    }

    @Test func `patterns that are never evaluated are asked three times`() {
        var policy = StagePolicy.plain
        let condition = RuleCondition(matches: [Pattern("flaky")])
        policy.rules = [Rule(name: "flaky", when: condition, action: .retry(policy.limits))]
        var bench = failing(policy)
        bench.holdsPatterns = true
        bench.run(.seconds(179))
        #expect(bench.kinds.isEmpty)
        bench.run(.seconds(5))
        #expect(bench.kinds.contains(.stageFailed))
        #expect(bench.retries.isEmpty)
        let asked = bench.engine.calls.purposes.values.count {
            if case .patterns = $0 { true } else { false }
        }
        #expect(asked == 0)
    }

    @Test func `lists cut short are said when three in a row are`() {
        var bench = Bench(.discovering)
        let names = ["a", "b", "c", "d", "e"] as [PipelineName]
        for name in names { bench.states[.prod(name)] = .quiet }
        bench.listed = names
        bench.run(.seconds(299))
        func run(until count: Int) {
            let end = bench.now + .seconds(400)
            while bench.engine.fleet.targets["prod"]?.partialLists != count, bench.now < end {
                bench.run(.seconds(1))
            }
            #expect(bench.engine.fleet.targets["prod"]?.partialLists == count)
        }
        for _ in 0..<3 {
            bench.listed = ["c"]
            run(until: 2)
            bench.listed = names
            run(until: 0)
        }
        #expect(bench.count(.targetDegraded) == 0)
        bench.listed = ["c"]
        run(until: 3)
        #expect(bench.count(.targetDegraded) == 1)
    }

    @Test(arguments: [CallFailure.Kind.credentials, .clock])
    func `keys and clocks that AWS refuses are said at once, and their end after two answers`(
        _ kind: CallFailure.Kind
    ) {
        var bench = Bench(.watching(["a", "b"]))
        for name in ["a", "b"] as [PipelineName] { bench.states[.prod(name)] = .quiet }
        bench.run(.seconds(35))
        bench.sick[.prod("a")] = CallFailure(kind: kind, operation: "GetPipelineState", message: "")
        bench.run(.seconds(30))
        #expect(bench.kinds == [.targetDegraded])
        bench.run(.seconds(300))
        #expect(bench.count(.pipelineLost) == 0)
        bench.sick = [:]
        bench.run(.seconds(120))
        #expect(bench.kinds.last == .targetRecovered)
    }

    @Test func `what the ledger remembers is heeded after hours of sleep`() throws {
        var bench = failing()
        bench.holdsRecalls = true
        bench.run(.seconds(1))
        let (id, _) = try #require(bench.heldRecalls.first)
        bench.now = bench.now + .seconds(3600)
        bench.holdsEvidence = true
        bench.feed(.recalled(id, .new))
        #expect(bench.engine.episodes.live[.web]?.phase.name == .gathering)
        #expect(bench.recalls == 1)
    }

    @Test func `targets that turn out to be one account share its rate, which is said`() {
        func target(_ name: TargetName) -> Target {
            Target(
                name: name,
                region: "eu-west-1",
                rateGroup: name.text,
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
        var bench = Bench(configuration)
        for target in configuration.targets {
            for index in 0..<4 {
                let name = PipelineName("\(target.name)-\(index)")
                bench.states[PipelineKey(target: target.name, pipeline: name)] = .quiet
            }
        }
        bench.run(.seconds(120))
        #expect(bench.kinds == [.pollingSlowed])
        #expect(bench.engine.status.targets.map(\.rate) == [0.2, 0.2])
    }

    /// Six stages that failed, each in an execution of its own, beside one that goes on.
    private func stages() -> Bench {
        var bench = Bench(.watching())
        let stages = ["d", "b", "f", "a", "e", "c"].map { name in
            var stage = StageSnapshot.failed(
                "queue full",
                at: bench.epoch,
                execution: ExecutionID("run-\(name)")
            )
            stage.name = StageName(name)
            return stage
        }
        let last = StageSnapshot(name: "z", latest: StageExecution(id: .first, status: .succeeded))
        bench.states[.web] = PipelineSnapshot(version: 1, stages: stages + [last])
        bench.run(.seconds(5))
        return bench
    }

    @Test func `stages that go together are gone in the order of their names`() {
        var bench = stages()
        #expect(bench.count(.stageFailed) == 6)
        bench.states[.web]?.stages.removeFirst(6)
        bench.states[.web]?.version = 2
        bench.run(.seconds(30))
        let gone = bench.ledger.episodes.filter { $0.outcome == .removed }.map(\.key.stage)
        #expect(gone == ["a", "b", "c", "d", "e", "f"])
    }

    @Test func `of stages that an answer lacks the first by name is told`() {
        var bench = stages()
        bench.states[.web]?.stages.removeFirst(6)
        bench.run(.seconds(300))
        #expect(bench.count(.stageRemoved) == 0)
        let lost = bench.reports.last { $0.kind == .pipelineLost || $0.kind == .targetDegraded }
        #expect(lost?.message.contains("lacks stage a,") == true)
    }

    @Test func `stages of a pipeline that leaves the file are left in the order of their names`() {
        var bench = stages()
        bench.feed(.reloaded(.watching(["other"])))
        let left = bench.ledger.episodes.filter { $0.outcome == .notRetried }.map(\.key.stage)
        #expect(left == ["a", "b", "c", "d", "e", "f"])
        #expect(bench.engine.episodes.live.isEmpty && bench.engine.episodes.ended.count == 0)
    }

    @Test func `what a pause held goes on in the order of the stages, two seconds apart`() {
        var bench = stages()
        let pause = Pause(scope: PauseScope(), reason: "x", uid: 0, until: nil)
        bench.feed(.paused(pause))
        bench.run(.seconds(60))
        bench.feed(.resumed(PauseScope(), uid: 0))
        let lifted = bench.wall
        bench.run(.seconds(20))
        #expect(bench.retries.map(\.1.stage) == ["a", "b", "c", "d", "e", "f"])
        let waits = bench.retries.map { Int(($0.at - lifted).wholeMilliseconds / 1000) }
        #expect(waits == [2, 4, 6, 8, 10, 12])
    }

    @Test(arguments: [
        (CallFailure.Kind.notFound, 1), (.trouble, 4), (.unreachable, 4), (.invalid, 0),
        (.accessDenied, 0),
    ])
    func `so many failed looks in a row are not yet a loss, however often they come`(
        _ row: (CallFailure.Kind, Int)
    ) {
        var bench = Bench(.watching(["a", "b"]))
        for name in ["a", "b"] as [PipelineName] { bench.states[.prod(name)] = .quiet }
        bench.run(.seconds(35))
        let failure = CallFailure(kind: row.0, operation: "GetPipelineState", message: "")
        func fail(_ count: Int) {
            bench.sick[.prod("a")] = failure
            let end = bench.now + .seconds(400)
            bench.looks = [:]
            while bench.looks[.prod("a")] ?? 0 < count, bench.now < end { bench.run(.seconds(1)) }
            bench.sick = [:]
        }
        for _ in 0..<3 {
            fail(row.1)
            bench.run(.seconds(100))
        }
        #expect(bench.kinds.isEmpty)
        fail(row.1 + 1)
        #expect(bench.kinds == [.pipelineLost])
        bench.run(.seconds(700))
        #expect(bench.kinds == [.pipelineLost, .pipelineFound])
    }

    @Test func `a definition that is denied is an error once, and what waits for it is told`() {
        var bench = Bench(.watching())
        bench.states[.web] = stages().states[.web]
        let denied = CallFailure(kind: .accessDenied, operation: "GetPipeline", message: "no")
        bench.definitions[.web] = .failed(denied)
        bench.run(.seconds(30))
        let levels = bench.reports.filter { $0.kind == .retryDeferred }.map(\.level)
        #expect(levels.count == 6)
        #expect(levels.count { $0 == .error } == 1)
    }

    @Test func `the status tells the next retry, and what is degraded and paused`() {
        var bench = stages()
        #expect(
            bench.engine.status.line
                == "watching 1 pipeline in 1 target; 6 retries pending, next 08:53:50"
        )
        let pause = Pause(scope: PauseScope(stage: "none"), reason: "x", uid: 0, until: nil)
        bench.feed(.paused(pause))
        bench.feed(.ledgerFailed("disk full"))
        #expect(
            bench.engine.status.line
                == "watching 1 pipeline in 1 target; 6 retries pending, next 08:53:50; "
                + "degraded: ledger (not writable); 1 scope paused"
        )
    }

    @Test func `a target that is planned has its Region, its rate's group and its endpoint`() {
        var bench = failing()
        bench.feed(.targetPlanned("prod", region: "eu-west-2", rateGroup: "z", endpoint: "here"))
        let target = bench.engine.fleet.targets["prod"]?.target
        #expect(target?.region == "eu-west-2")
        #expect(target?.rateGroup == "z")
        #expect(target?.endpoint == "here")
    }

    @Test
    func `an open episode of a pipeline that a list finds is overtaken by the next execution`() {
        let first = failing()
        var record = EpisodeRecord(
            key: .web,
            firstFailure: first.epoch,
            firstSeen: first.epoch,
            foreignRetries: 0
        )
        record.lastFailure = first.states[.web]?.stages[0].mark
        var bench = Bench(.discovering, ledger: LedgerSnapshot(episodes: [record]))
        bench.listed = ["web"]
        bench.states[.web] = .quiet
        bench.change(.web) { $0.latest?.id = .second }
        bench.run(.seconds(30))
        #expect(bench.count(.stageSuperseded) == 1)
        #expect(bench.engine.episodes.live.isEmpty)
    }

    @Test(arguments: [StageStatus.stopped, .cancelled, .skipped])
    func `an unknown answer of a stage that ends otherwise is said not to have taken effect`(
        _ status: StageStatus
    ) {
        var bench = failing()
        bench.retryAnswers = [.unknown("reset")]
        bench.retriesMove = false
        bench.run(.seconds(32))
        bench.change(.web) { $0.latest?.status = status }
        bench.run(.seconds(20))
        #expect(bench.ledger.intents.map(\.state) == [.unsettled])
        #expect(bench.kinds.suffix(2) == [.retrySettled, .stageNotRetried])
        let left = bench.reports.last?.fields.map(\.1) ?? []
        #expect(left.contains("Compile") && left.contains("JobFailed"))
    }

    @Test(arguments: [
        (RetryAnswer.accepted(requestID: nil, at: nil), ReportKind.retryWithoutEffect),
        (.unknown("reset"), .retrySettled),
    ])
    func `without a look after the call nothing is said of its effect`(
        _ row: (RetryAnswer, ReportKind)
    ) {
        var bench = failing()
        bench.retryAnswers = [row.0]
        bench.retriesMove = false
        bench.run(.seconds(30))
        #expect(bench.retries.count == 1)
        bench.hanging = [.web]
        bench.run(.seconds(70))
        #expect(bench.count(row.1) == 0)
        bench.hanging = []
        bench.run(.seconds(60))
        #expect(bench.count(row.1) == 1)
    }

    @Test func `definitions that no pipeline has any more are not kept`() {
        var bench = Bench(.watching())
        bench.states[.web] = .quiet
        for version in 2..<300 {
            bench.states[.web]?.version = version
            bench.run(.seconds(40))
        }
        #expect(bench.definitionReads > 290)
        #expect(bench.engine.fleet.definitions.count <= 67)
    }
}
