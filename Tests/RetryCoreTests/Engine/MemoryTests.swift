import Primitives
import Testing

@testable import RetryCore

/// What stays in memory of ended episodes, and which queries to the ledger replace it.
@Suite struct MemoryTests {
    /// A harness in which the one stage of each pipeline has just failed, and is not retried.
    private func harness(_ names: [PipelineName] = ["web"]) -> EngineHarness {
        var harness = EngineHarness(configuration(names))
        for name in names { harness.fail(name) }
        return harness
    }

    /// A policy whose one rule matches no failure here.
    private var leaving: StagePolicy {
        var policy = StagePolicy.plain
        var condition = RuleCondition()
        condition.matches = [Pattern("flaky")]
        policy.rules = [Rule(name: "flaky", when: condition, action: .retry(policy.limits))]
        policy.otherwise = .never
        return policy
    }

    private func configuration(_ names: [PipelineName]) -> Configuration {
        .watching(names, leaving)
    }

    private func discovering() -> Configuration {
        let entry = PipelineEntry(
            selector: .match(Glob("*"), except: []),
            policy: leaving,
            stages: [:]
        )
        return Configuration(targets: [
            Target(name: "prod", region: "eu-west-1", rateGroup: "prod", pipelines: [entry])
        ])
    }

    @Test func `an ended episode is kept in reduced form, one for each stage`() {
        var harness = harness(["a", "b", "c"])
        harness.run(.seconds(120))
        #expect(harness.count(.stageNotRetried) == 3)
        #expect(harness.engine.episodes.live.isEmpty)
        #expect(harness.engine.episodes.ended.count == 3)
        for round in 1...20 {
            for name in ["a", "b", "c"] as [PipelineName] {
                harness.fail(name, ExecutionID("run-\(round)"))
            }
            harness.run(.seconds(300))
        }
        #expect(harness.count(.stageNotRetried) == 63)
        #expect(harness.engine.episodes.live.isEmpty)
        #expect(harness.engine.episodes.ended.count == 3)
        #expect(harness.engine.ledger.recalls.isEmpty)
    }

    @Test func `a stage is listed as failed and not retried until it is no longer failed`() throws {
        var harness = harness(["a", "b"])
        harness.run(.seconds(120))
        let told = harness.engine.status.ended
        #expect(told.map(\.key.pipeline.pipeline) == ["a", "b"])
        #expect(told.map(\.outcome) == [.notRetried, .notRetried])
        #expect(told.map(\.reason) == [.noRuleMatched, .noRuleMatched])
        #expect(harness.engine.status.line.contains("; 2 failed and not retried"))
        // Somebody retries one of them by hand, and it succeeds.
        let web = PipelineKey(target: "prod", pipeline: "a")
        var snapshot = try #require(harness.states[web])
        snapshot.stages[0].latest?.status = .inProgress
        harness.states[web] = snapshot
        harness.run(.seconds(300))
        #expect(harness.engine.status.ended.map(\.key.pipeline.pipeline) == ["b"])
        snapshot.stages[0].latest?.status = .succeeded
        harness.states[web] = snapshot
        harness.run(.seconds(300))
        #expect(harness.engine.status.ended.map(\.key.pipeline.pipeline) == ["b"])
        harness.fail("b", "run-2")
        harness.run(.seconds(300))
        #expect(harness.engine.status.ended.map(\.key.execution) == ["run-2"])
    }

    @Test func `after a restart an earlier end is listed without its reason`() {
        var harness = harness(["a"])
        harness.run(.seconds(120))
        harness.crash(configuration(["a"]))
        harness.run(.seconds(120))
        #expect(harness.engine.status.ended.map(\.outcome) == [nil])
    }

    @Test func `pipelines that are created, fail and are deleted leave nothing behind`() {
        var harness = EngineHarness(discovering())
        for number in 0..<100 {
            let name = PipelineName("branch-\(number)")
            harness.fail(name)
            harness.listed = [name]
            harness.run(.seconds(400))
            harness.states = [:]
            harness.listed = []
            harness.run(.seconds(400))
        }
        #expect(harness.count(.stageFailed) == 100)
        #expect(harness.engine.fleet.pipelines.isEmpty)
        #expect(harness.engine.episodes.live.isEmpty)
        #expect(harness.engine.episodes.ended.count == 0)
    }

    @Test func `a pipeline that leaves the file and returns is not opened again`() {
        var harness = harness()
        harness.run(.seconds(120))
        #expect(harness.count(.stageNotRetried) == 1)
        harness.feed(.reloaded(configuration(["other"])))
        harness.run(.seconds(120))
        #expect(harness.engine.episodes.ended.count == 0)
        harness.feed(.reloaded(configuration(["web"])))
        harness.run(.seconds(3600))
        #expect(harness.count(.stageFailed) == 1)
        #expect(harness.count(.stageNotRetried) == 1)
        #expect(harness.engine.episodes.ended.count == 1)
    }

    @Test func `a pipeline that discovery loses and finds again is not opened again`() {
        var harness = EngineHarness(discovering())
        harness.fail("web")
        harness.listed = ["web"]
        harness.run(.seconds(400))
        harness.listed = ["other"]
        harness.run(.seconds(400))
        harness.listed = ["web"]
        harness.run(.seconds(800))
        #expect(harness.count(.stageFailed) == 1)
        #expect(harness.count(.stageNotRetried) == 1)
    }

    @Test func `after a restart an ended episode is not opened again`() {
        var harness = harness()
        harness.run(.seconds(120))
        harness.crash(configuration(["web"]))
        harness.run(.seconds(3600))
        #expect(harness.count(.stageFailed) == 1)
        #expect(harness.count(.stageNotRetried) == 1)
        // Queried once in each run, not at each poll.
        #expect(harness.recalls == 2)
    }

    @Test func `a stale read of the state opens nothing, however old it is`() {
        var harness = harness()
        harness.run(.seconds(120))
        let old = harness.states[.web]
        for round in 1...3 {
            harness.fail("web", ExecutionID("run-\(round)"))
            harness.run(.seconds(300))
        }
        #expect(harness.count(.stageFailed) == 4)
        let new = harness.states[.web]
        harness.states[.web] = old
        harness.run(.seconds(300))
        harness.states[.web] = new
        harness.run(.seconds(300))
        #expect(harness.count(.stageFailed) == 4)
        #expect(harness.count(.stageNotRetried) == 4)
        #expect(harness.engine.episodes.ended.count == 1)
    }

    @Test func `an open episode that only the ledger knows continues with its intents`() {
        var harness = EngineHarness(.watching())
        harness.fail("web")
        harness.run(.seconds(40))
        #expect(harness.retries.count == 1)
        let time = harness.wall
        harness.change(.web) { $0.failsAgain("queue full", at: time) }
        let rows = harness.ledger
        harness.crash(.watching())
        // A start that read nothing; the rows are there all the same.
        harness.engine = Engine(
            configuration: .watching(),
            ledger: LedgerSnapshot(),
            seed: 7,
            now: harness.now,
            wall: harness.wall
        )
        harness.ledger = rows
        harness.run(.seconds(7200)) { harness in
            guard harness.states[.web]?.stages.first?.latest?.status == .inProgress else { return }
            let time = harness.wall
            harness.change(.web) { $0.failsAgain("queue full", at: time) }
        }
        #expect(harness.retries.count == 3)
        #expect(harness.count(.retriesExhausted) == 1)
    }

    @Test func `a ledger that cannot be read hides no failure and allows no retry too many`() {
        var harness = EngineHarness(.watching())
        harness.fail("web")
        harness.change(.web) { $0.counters.manual = 3 }
        harness.memory = .unreadable("the disk is gone")
        harness.run(.seconds(600))
        #expect(harness.count(.stageFailed) == 1)
        #expect(harness.retries.isEmpty)
    }

    @Test
    func `an ended episode that could not be queried is not retried, and keeps its end`() {
        var harness = harness()
        harness.run(.seconds(120))
        let ended = harness.ledger.episodes
        #expect(ended.map(\.outcome) == [.notRetried])
        harness.crash(.watching())
        harness.memory = .unreadable("the disk is gone")
        harness.run(.seconds(600))
        #expect(harness.retries.isEmpty)
        #expect(harness.count(.stageFailed) == 2)
        // Its outcome was reported before; the ledger returns it when it refuses the intent.
        #expect(harness.count(.stageNotRetried) == 1)
        #expect(harness.ledger.episodes == ended)
        #expect(harness.engine.episodes.ended.count == 1)
    }

    @Test func `an answer that comes too late changes nothing`() throws {
        var harness = harness()
        harness.holdsRecalls = true
        harness.run(.seconds(80))
        try #require(harness.heldRecalls.count == 2)
        let (late, _) = harness.heldRecalls.removeFirst()
        harness.feed(.recalled(late, .ended(.recovered)))
        #expect(harness.engine.episodes.ended.count == 0)
        harness.releaseRecalls()
        harness.run(.seconds(600))
        #expect(harness.count(.stageFailed) == 1)
        #expect(harness.count(.stageNotRetried) == 1)
        #expect(harness.engine.episodes.ended.count == 1)
    }

    @Test func `an ended episode is queried again while the ledger cannot be read`() {
        var harness = harness()
        harness.run(.seconds(120))
        harness.crash(configuration(["web"]))
        harness.memory = .unreadable("the disk is slow")
        harness.run(.seconds(240))
        // 5, 10, 20, 40 and 60 s apart, and with the polls of every 30 s.
        #expect(harness.recalls == 1 + 10)
        harness.memory = nil
        harness.run(.seconds(600))
        #expect(harness.recalls == 1 + 11)
        #expect(harness.count(.stageFailed) == 1)
        #expect(harness.count(.stageNotRetried) == 1)
        #expect(harness.engine.episodes.ended.count == 1)
    }

    @Test func `two failures that alternate while the ledger is slow are told apart`() {
        var harness = harness()
        harness.run(.seconds(120))
        let old = harness.states[.web]
        harness.fail("web", "run-2")
        let new = harness.states[.web]
        harness.run(.seconds(300))
        var fast = configuration(["web"])
        fast.poll.interval = .seconds(2)
        harness.crash(fast)
        harness.holdsRecalls = true
        for round in 0..<6 {
            harness.states[.web] = round.isMultiple(of: 2) ? old : new
            harness.run(.seconds(4))
        }
        #expect(harness.heldRecalls.count == 6)
        harness.fail("web", "run-3")
        harness.run(.seconds(4))
        harness.releaseRecalls()
        harness.run(.seconds(600))
        #expect(harness.count(.stageFailed) == 3)
        #expect(harness.count(.stageNotRetried) == 3)
        #expect(
            harness.engine.episodes.ended.contains(
                EpisodeKey(pipeline: .web, stage: "Build", execution: "run-3")
            )
        )
        #expect(harness.engine.episodes.ended.count == 1)
    }

    @Test func `nothing is opened in a pipeline that is meanwhile no longer watched`() {
        var harness = harness()
        harness.holdsRecalls = true
        harness.run(.seconds(1))
        #expect(harness.heldRecalls.count == 1)
        harness.feed(.reloaded(configuration(["other"])))
        #expect(harness.engine.ledger.recalls.isEmpty)
        harness.states[.web] = nil
        harness.feed(.reloaded(configuration(["web"])))
        harness.releaseRecalls(.new)
        harness.run(.seconds(5))
        #expect(harness.count(.stageFailed) == 0)
    }

    @Test func `open episodes of unwatched pipelines end, and nothing of them is kept`() {
        var harness = EngineHarness(.watching())
        harness.fail("web")
        harness.run(.seconds(5))
        #expect(harness.engine.episodes.live.count == 1)
        harness.crash(configuration(["other"]))
        harness.run(.seconds(5))
        #expect(harness.ledger.episodes.map(\.reason) == [.notWatched])
        #expect(harness.engine.episodes.live.isEmpty)
        #expect(harness.engine.episodes.ended.count == 0)
    }

    @Test func `of two open episodes of a stage the older one ends at a start`() {
        var harness = EngineHarness(.watching())
        harness.fail("web")
        harness.run(.seconds(5))
        let older = harness.ledger.episodes
        harness.fail("web", "run-2")
        harness.run(.seconds(60))
        harness.ledger.episodes = older + harness.ledger.episodes.filter { $0.outcome == nil }
        #expect(harness.ledger.episodes.count == 2)
        harness.crash(.watching())
        harness.run(.seconds(5))
        let ended = harness.ledger.episodes.filter { $0.outcome == .superseded }
        #expect(ended.map(\.key) == [.web])
        #expect(harness.engine.episodes.live.keys.map(\.execution) == ["run-2"])
    }

    @Test func `an open intent that only the ledger knows counts as sent`() {
        var harness = EngineHarness(.watching())
        harness.holdsDurability = true
        harness.fail("web")
        harness.run(.seconds(40))
        #expect(harness.ledger.intents.map(\.state) == [.open])
        let rows = harness.ledger
        harness.ledger = LedgerSnapshot()
        harness.crash(.watching())
        harness.ledger = rows
        harness.holdsDurability = false
        harness.run(.seconds(5))
        #expect(harness.ledger.intents.map(\.state) == [.unknown])
        #expect(harness.ledger.episodes.map(\.counts.late) == [1])
        #expect(harness.retries.isEmpty)
    }

    @Test func `nothing is opened in a pipeline that turns out to be PARALLEL meanwhile`() {
        var harness = harness()
        harness.definitions[.web] = .read(
            PipelineDefinition(
                version: 1,
                executionMode: .parallel,
                stages: ["Build": StageDefinition()]
            ),
            at: harness.wall
        )
        harness.holdsRecalls = true
        harness.run(.seconds(10))
        #expect(harness.isParallel)
        harness.releaseRecalls()
        harness.run(.seconds(600))
        #expect(harness.count(.stageFailed) == 0)
        #expect(harness.engine.episodes.live.isEmpty)
        #expect(harness.engine.ledger.recalls.isEmpty)
    }

    @Test func `a stage that another version lacks when the ledger answers is not opened`() {
        var harness = harness()
        harness.holdsRecalls = true
        harness.run(.seconds(1))
        #expect(harness.heldRecalls.count == 1)
        var other = StageSnapshot.failed("queue full", at: harness.wall)
        other.name = "Other"
        other.latest?.status = .succeeded
        harness.states[.web] = PipelineSnapshot(version: 2, stages: [other])
        harness.run(.seconds(40))
        harness.releaseRecalls()
        harness.run(.seconds(600))
        #expect(harness.count(.stageFailed) == 0)
        #expect(harness.engine.ledger.recalls.isEmpty)
    }

    @Test func `the ledger is queried after all reports and writes of an event`() {
        var harness = EngineHarness(.watching())
        func stages(_ execution: ExecutionID, at time: WallTime) -> [StageSnapshot] {
            (["Build", "Deploy"] as [StageName]).map { name in
                var stage = StageSnapshot.failed("queue full", at: time, execution: execution)
                stage.name = name
                return stage
            }
        }
        harness.states[.web] = PipelineSnapshot(
            version: 1,
            stages: stages("run-1", at: harness.wall)
        )
        harness.run(.seconds(5))
        harness.states[.web] = PipelineSnapshot(
            version: 1,
            stages: stages("run-2", at: harness.wall)
        )
        harness.run(.seconds(60))
        #expect(harness.count(.stageSuperseded) == 2)
        #expect(harness.count(.stageFailed) == 4)
        #expect(harness.earlyRecalls == 0)
    }

    @Test func `a ledger that does not answer is waited for, and then the failure is opened`() {
        var harness = harness()
        harness.holdsRecalls = true
        harness.run(.seconds(290))
        #expect(harness.count(.stageFailed) == 0)
        harness.run(.seconds(120))
        #expect(harness.count(.stageFailed) == 1)
    }

    @Test func `a stage that moved during the query to the ledger is not opened`() {
        var harness = harness()
        harness.holdsRecalls = true
        harness.run(.seconds(1))
        #expect(harness.heldRecalls.count == 1)
        harness.change(.web) { $0.startsAgain() }
        harness.run(.seconds(40))
        #expect(harness.engine.ledger.recalls.isEmpty)
        harness.releaseRecalls(.new)
        harness.run(.seconds(600))
        #expect(harness.count(.stageFailed) == 0)
    }

    @Test func `that another execution took the stage is confirmed once`() {
        var harness = EngineHarness(.watching())
        harness.fail("web")
        harness.run(.seconds(5))
        harness.change(.web) { stage in
            stage.latest = StageExecution(id: .second, status: .succeeded)
        }
        harness.run(.seconds(60))
        #expect(harness.count(.stageSuperseded) == 1)
        #expect(harness.engine.episodes.ended.overtakenAfter(.web) != nil)
    }

    private static let hour = Budget(retries: 1, per: .seconds(3600))

    @Test(
        arguments: [
            (nil, nil, nil, 24), (Budget(retries: 1, per: .seconds(108_000)), nil, nil, 30),
            (nil, Budget(retries: 1, per: .seconds(172_800)), nil, 48),
            (hour, hour, Budget(retries: 1, per: .seconds(90_000)), 25),
        ] as [(Budget?, Budget?, Budget?, Int64)]
    )
    func `retries are remembered for the longest budget of all`(
        _ overall: Budget?,
        _ policy: Budget?,
        _ stage: Budget?,
        _ hours: Int64
    ) {
        var plain = StagePolicy.plain
        plain.budget = policy
        var other = StagePolicy.plain
        other.budget = stage
        let entry = PipelineEntry(
            selector: .name("web"),
            policy: plain,
            stages: ["Deploy": other]
        )
        var configuration = Configuration(targets: [
            Target(name: "prod", region: "eu-west-1", rateGroup: "prod", pipelines: [entry])
        ])
        configuration.budget = overall
        #expect(configuration.budgetMemory == .seconds(hours * 3600))
    }

    @Test func `retries of ended episodes that budgets count are kept over a restart`() {
        var limited = Configuration.watching()
        limited.budget = Budget(retries: 2, per: .seconds(3600))
        var harness = EngineHarness(
            limited,
            ledger: LedgerSnapshot(spent: [
                SpentRetry(at: WallTime(milliseconds: 1_759_999_900_000), policy: "other"),
                SpentRetry(at: WallTime(milliseconds: 1_759_999_900_000), policy: "other"),
            ])
        )
        harness.fail("web")
        harness.run(.seconds(600))
        #expect(harness.retries.isEmpty)
        harness.run(.seconds(3600))
        #expect(harness.retries.count == 1)
    }
}

extension EngineHarness {
    /// Makes the one stage of a pipeline fail in an execution.
    fileprivate mutating func fail(
        _ name: PipelineName,
        _ execution: ExecutionID = .first
    ) {
        states[PipelineKey(target: "prod", pipeline: name)] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: wall, execution: execution)]
        )
    }
}
