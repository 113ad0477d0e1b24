import Primitives
import Testing

@testable import RetryCore

/// What stays in memory of episodes that have ended, and what is asked of the ledger instead.
@Suite struct MemoryTests {
    /// A bench in which the one stage of each pipeline has just failed, and is left at once.
    private func bench(_ names: [PipelineName] = ["web"]) -> Bench {
        var bench = Bench(configuration(names))
        for name in names { bench.fail(name) }
        return bench
    }

    /// A policy whose one rule takes no failure here.
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

    @Test func `an ended episode is kept in a bare form, one for each stage`() {
        var bench = bench(["a", "b", "c"])
        bench.run(.seconds(120))
        #expect(bench.count(.stageNotRetried) == 3)
        #expect(bench.engine.episodes.live.isEmpty)
        #expect(bench.engine.episodes.ended.count == 3)
        for round in 1...20 {
            for name in ["a", "b", "c"] as [PipelineName] {
                bench.fail(name, ExecutionID("run-\(round)"))
            }
            bench.run(.seconds(300))
        }
        #expect(bench.count(.stageNotRetried) == 63)
        #expect(bench.engine.episodes.live.isEmpty)
        #expect(bench.engine.episodes.ended.count == 3)
        #expect(bench.engine.ledger.recalls.isEmpty)
    }

    @Test func `a stage is told as failed and not retried until it is not failed any more`() throws
    {
        var bench = bench(["a", "b"])
        bench.run(.seconds(120))
        let told = bench.engine.status.ended
        #expect(told.map(\.key.pipeline.pipeline) == ["a", "b"])
        #expect(told.map(\.outcome) == [.notRetried, .notRetried])
        #expect(told.map(\.reason) == [.noRuleMatched, .noRuleMatched])
        #expect(bench.engine.status.line.contains("; 2 failed and not retried"))
        // Somebody retries one of them by hand, and it succeeds.
        let web = PipelineKey(target: "prod", pipeline: "a")
        var snapshot = try #require(bench.states[web])
        snapshot.stages[0].latest?.status = .inProgress
        bench.states[web] = snapshot
        bench.run(.seconds(300))
        #expect(bench.engine.status.ended.map(\.key.pipeline.pipeline) == ["b"])
        snapshot.stages[0].latest?.status = .succeeded
        bench.states[web] = snapshot
        bench.run(.seconds(300))
        #expect(bench.engine.status.ended.map(\.key.pipeline.pipeline) == ["b"])
        bench.fail("b", "run-2")
        bench.run(.seconds(300))
        #expect(bench.engine.status.ended.map(\.key.execution) == ["run-2"])
    }

    @Test func `after a restart what ended before is told without its reason`() {
        var bench = bench(["a"])
        bench.run(.seconds(120))
        bench.crash(configuration(["a"]))
        bench.run(.seconds(120))
        #expect(bench.engine.status.ended.map(\.outcome) == [nil])
    }

    @Test func `of pipelines that come, fail and go nothing stays`() {
        var bench = Bench(discovering())
        for number in 0..<100 {
            let name = PipelineName("branch-\(number)")
            bench.fail(name)
            bench.listed = [name]
            bench.run(.seconds(400))
            bench.states = [:]
            bench.listed = []
            bench.run(.seconds(400))
        }
        #expect(bench.count(.stageFailed) == 100)
        #expect(bench.engine.fleet.pipelines.isEmpty)
        #expect(bench.engine.episodes.live.isEmpty)
        #expect(bench.engine.episodes.ended.count == 0)
    }

    @Test func `a pipeline that is taken out of the file and put back is not opened again`() {
        var bench = bench()
        bench.run(.seconds(120))
        #expect(bench.count(.stageNotRetried) == 1)
        bench.feed(.reloaded(configuration(["other"])))
        bench.run(.seconds(120))
        #expect(bench.engine.episodes.ended.count == 0)
        bench.feed(.reloaded(configuration(["web"])))
        bench.run(.seconds(3600))
        #expect(bench.count(.stageFailed) == 1)
        #expect(bench.count(.stageNotRetried) == 1)
        #expect(bench.engine.episodes.ended.count == 1)
    }

    @Test func `a pipeline that discovery loses and finds again is not opened again`() {
        var bench = Bench(discovering())
        bench.fail("web")
        bench.listed = ["web"]
        bench.run(.seconds(400))
        bench.listed = ["other"]
        bench.run(.seconds(400))
        bench.listed = ["web"]
        bench.run(.seconds(800))
        #expect(bench.count(.stageFailed) == 1)
        #expect(bench.count(.stageNotRetried) == 1)
    }

    @Test func `after a restart an ended episode is not opened again`() {
        var bench = bench()
        bench.run(.seconds(120))
        bench.crash(configuration(["web"]))
        bench.run(.seconds(3600))
        #expect(bench.count(.stageFailed) == 1)
        #expect(bench.count(.stageNotRetried) == 1)
        // Asked once in each life, not at each look.
        #expect(bench.recalls == 2)
    }

    @Test func `an older copy of the state opens nothing, however old it is`() {
        var bench = bench()
        bench.run(.seconds(120))
        let old = bench.states[.web]
        for round in 1...3 {
            bench.fail("web", ExecutionID("run-\(round)"))
            bench.run(.seconds(300))
        }
        #expect(bench.count(.stageFailed) == 4)
        let new = bench.states[.web]
        bench.states[.web] = old
        bench.run(.seconds(300))
        bench.states[.web] = new
        bench.run(.seconds(300))
        #expect(bench.count(.stageFailed) == 4)
        #expect(bench.count(.stageNotRetried) == 4)
        #expect(bench.engine.episodes.ended.count == 1)
    }

    @Test func `an open episode that only the ledger knows goes on with its intents`() {
        var bench = Bench(.watching())
        bench.fail("web")
        bench.run(.seconds(40))
        #expect(bench.retries.count == 1)
        let time = bench.wall
        bench.change(.web) { $0.failsAgain("queue full", at: time) }
        let rows = bench.ledger
        bench.crash(.watching())
        // A start that read nothing; the rows are there all the same.
        bench.engine = Engine(
            configuration: .watching(),
            ledger: LedgerSnapshot(),
            seed: 7,
            now: bench.now,
            wall: bench.wall
        )
        bench.ledger = rows
        bench.run(.seconds(7200)) { bench in
            guard bench.states[.web]?.stages.first?.latest?.status == .inProgress else { return }
            let time = bench.wall
            bench.change(.web) { $0.failsAgain("queue full", at: time) }
        }
        #expect(bench.retries.count == 3)
        #expect(bench.count(.retriesExhausted) == 1)
    }

    @Test func `a ledger that cannot be asked hides no failure and allows no retry too many`() {
        var bench = Bench(.watching())
        bench.fail("web")
        bench.change(.web) { $0.counters.manual = 3 }
        bench.memory = .unreadable("the disk is gone")
        bench.run(.seconds(600))
        #expect(bench.count(.stageFailed) == 1)
        #expect(bench.retries.isEmpty)
    }

    @Test
    func `an ended episode that could not be asked for is not retried, and stays as it ended`() {
        var bench = bench()
        bench.run(.seconds(120))
        let ended = bench.ledger.episodes
        #expect(ended.map(\.outcome) == [.notRetried])
        bench.crash(.watching())
        bench.memory = .unreadable("the disk is gone")
        bench.run(.seconds(600))
        #expect(bench.retries.isEmpty)
        #expect(bench.count(.stageFailed) == 2)
        // Its outcome was said before; the ledger tells that when it refuses the intent.
        #expect(bench.count(.stageNotRetried) == 1)
        #expect(bench.ledger.episodes == ended)
        #expect(bench.engine.episodes.ended.count == 1)
    }

    @Test func `an answer that comes too late changes nothing`() throws {
        var bench = bench()
        bench.holdsRecalls = true
        bench.run(.seconds(80))
        try #require(bench.heldRecalls.count == 2)
        let (late, _) = bench.heldRecalls.removeFirst()
        bench.feed(.recalled(late, .ended(.recovered)))
        #expect(bench.engine.episodes.ended.count == 0)
        bench.releaseRecalls()
        bench.run(.seconds(600))
        #expect(bench.count(.stageFailed) == 1)
        #expect(bench.count(.stageNotRetried) == 1)
        #expect(bench.engine.episodes.ended.count == 1)
    }

    @Test func `an ended episode is asked for again while the ledger cannot be read`() {
        var bench = bench()
        bench.run(.seconds(120))
        bench.crash(configuration(["web"]))
        bench.memory = .unreadable("the disk is slow")
        bench.run(.seconds(240))
        // 5, 10, 20, 40 and 60 s apart, and with the looks of every 30 s.
        #expect(bench.recalls == 1 + 10)
        bench.memory = nil
        bench.run(.seconds(600))
        #expect(bench.recalls == 1 + 11)
        #expect(bench.count(.stageFailed) == 1)
        #expect(bench.count(.stageNotRetried) == 1)
        #expect(bench.engine.episodes.ended.count == 1)
    }

    @Test func `two failures that take turns while the ledger is slow are told apart`() {
        var bench = bench()
        bench.run(.seconds(120))
        let old = bench.states[.web]
        bench.fail("web", "run-2")
        let new = bench.states[.web]
        bench.run(.seconds(300))
        var fast = configuration(["web"])
        fast.poll.interval = .seconds(2)
        bench.crash(fast)
        bench.holdsRecalls = true
        for round in 0..<6 {
            bench.states[.web] = round.isMultiple(of: 2) ? old : new
            bench.run(.seconds(4))
        }
        #expect(bench.heldRecalls.count == 6)
        bench.fail("web", "run-3")
        bench.run(.seconds(4))
        bench.releaseRecalls()
        bench.run(.seconds(600))
        #expect(bench.count(.stageFailed) == 3)
        #expect(bench.count(.stageNotRetried) == 3)
        #expect(
            bench.engine.episodes.ended.contains(
                EpisodeKey(pipeline: .web, stage: "Build", execution: "run-3")
            )
        )
        #expect(bench.engine.episodes.ended.count == 1)
    }

    @Test func `nothing is opened in a pipeline that nothing watches meanwhile`() {
        var bench = bench()
        bench.holdsRecalls = true
        bench.run(.seconds(1))
        #expect(bench.heldRecalls.count == 1)
        bench.feed(.reloaded(configuration(["other"])))
        #expect(bench.engine.ledger.recalls.isEmpty)
        bench.states[.web] = nil
        bench.feed(.reloaded(configuration(["web"])))
        bench.releaseRecalls(.new)
        bench.run(.seconds(5))
        #expect(bench.count(.stageFailed) == 0)
    }

    @Test func `open episodes of pipelines that nothing watches end, and nothing of them stays`() {
        var bench = Bench(.watching())
        bench.fail("web")
        bench.run(.seconds(5))
        #expect(bench.engine.episodes.live.count == 1)
        bench.crash(configuration(["other"]))
        bench.run(.seconds(5))
        #expect(bench.ledger.episodes.map(\.reason) == [.notWatched])
        #expect(bench.engine.episodes.live.isEmpty)
        #expect(bench.engine.episodes.ended.count == 0)
    }

    @Test func `of two open episodes of a stage the older one ends at a start`() {
        var bench = Bench(.watching())
        bench.fail("web")
        bench.run(.seconds(5))
        let older = bench.ledger.episodes
        bench.fail("web", "run-2")
        bench.run(.seconds(60))
        bench.ledger.episodes = older + bench.ledger.episodes.filter { $0.outcome == nil }
        #expect(bench.ledger.episodes.count == 2)
        bench.crash(.watching())
        bench.run(.seconds(5))
        let ended = bench.ledger.episodes.filter { $0.outcome == .superseded }
        #expect(ended.map(\.key) == [.web])
        #expect(bench.engine.episodes.live.keys.map(\.execution) == ["run-2"])
    }

    @Test func `an open intent that only the ledger knows counts as sent`() {
        var bench = Bench(.watching())
        bench.holdsDurability = true
        bench.fail("web")
        bench.run(.seconds(40))
        #expect(bench.ledger.intents.map(\.state) == [.open])
        let rows = bench.ledger
        bench.ledger = LedgerSnapshot()
        bench.crash(.watching())
        bench.ledger = rows
        bench.holdsDurability = false
        bench.run(.seconds(5))
        #expect(bench.ledger.intents.map(\.state) == [.unknown])
        #expect(bench.ledger.episodes.map(\.counts.late) == [1])
        #expect(bench.retries.isEmpty)
    }

    @Test func `nothing is opened in a pipeline that turns out to be PARALLEL meanwhile`() {
        var bench = bench()
        bench.definitions[.web] = .read(
            PipelineDefinition(
                version: 1,
                executionMode: .parallel,
                stages: ["Build": StageDefinition()]
            ),
            at: bench.wall
        )
        bench.holdsRecalls = true
        bench.run(.seconds(10))
        #expect(bench.count(.pipelineUnsupported) == 1)
        bench.releaseRecalls()
        bench.run(.seconds(600))
        #expect(bench.count(.stageFailed) == 0)
        #expect(bench.engine.episodes.live.isEmpty)
        #expect(bench.engine.ledger.recalls.isEmpty)
    }

    @Test func `a stage that another version lacks when the ledger answers is not opened`() {
        var bench = bench()
        bench.holdsRecalls = true
        bench.run(.seconds(1))
        #expect(bench.heldRecalls.count == 1)
        var other = StageSnapshot.failed("queue full", at: bench.wall)
        other.name = "Other"
        other.latest?.status = .succeeded
        bench.states[.web] = PipelineSnapshot(version: 2, stages: [other])
        bench.run(.seconds(40))
        bench.releaseRecalls()
        bench.run(.seconds(600))
        #expect(bench.count(.stageFailed) == 0)
        #expect(bench.engine.ledger.recalls.isEmpty)
    }

    @Test func `the ledger is asked after all of an event is said and written`() {
        var bench = Bench(.watching())
        func stages(_ execution: ExecutionID, at time: WallTime) -> [StageSnapshot] {
            (["Build", "Deploy"] as [StageName]).map { name in
                var stage = StageSnapshot.failed("queue full", at: time, execution: execution)
                stage.name = name
                return stage
            }
        }
        bench.states[.web] = PipelineSnapshot(version: 1, stages: stages("run-1", at: bench.wall))
        bench.run(.seconds(5))
        bench.states[.web] = PipelineSnapshot(version: 1, stages: stages("run-2", at: bench.wall))
        bench.run(.seconds(60))
        #expect(bench.count(.stageSuperseded) == 2)
        #expect(bench.count(.stageFailed) == 4)
        #expect(bench.earlyRecalls == 0)
    }

    @Test func `a ledger that does not answer is waited for, and then the failure is opened`() {
        var bench = bench()
        bench.holdsRecalls = true
        bench.run(.seconds(290))
        #expect(bench.count(.stageFailed) == 0)
        bench.run(.seconds(120))
        #expect(bench.count(.stageFailed) == 1)
    }

    @Test func `a stage that moved while the ledger was asked is not opened`() {
        var bench = bench()
        bench.holdsRecalls = true
        bench.run(.seconds(1))
        #expect(bench.heldRecalls.count == 1)
        bench.change(.web) { $0.startsAgain() }
        bench.run(.seconds(40))
        #expect(bench.engine.ledger.recalls.isEmpty)
        bench.releaseRecalls(.new)
        bench.run(.seconds(600))
        #expect(bench.count(.stageFailed) == 0)
    }

    @Test func `that another execution took the stage is confirmed once`() {
        var bench = Bench(.watching())
        bench.fail("web")
        bench.run(.seconds(5))
        bench.change(.web) { stage in
            stage.latest = StageExecution(id: .second, status: .succeeded)
        }
        bench.run(.seconds(60))
        #expect(bench.count(.stageSuperseded) == 1)
        #expect(bench.engine.episodes.ended.overtakenAfter(.web) != nil)
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

    @Test func `what budgets count of ended episodes is kept over a restart`() {
        var limited = Configuration.watching()
        limited.budget = Budget(retries: 2, per: .seconds(3600))
        var bench = Bench(
            limited,
            ledger: LedgerSnapshot(spent: [
                SpentRetry(at: WallTime(milliseconds: 1_759_999_900_000), policy: "other"),
                SpentRetry(at: WallTime(milliseconds: 1_759_999_900_000), policy: "other"),
            ])
        )
        bench.fail("web")
        bench.run(.seconds(600))
        #expect(bench.retries.isEmpty)
        bench.run(.seconds(3600))
        #expect(bench.retries.count == 1)
    }
}

extension Bench {
    /// Lets the one stage of a pipeline fail in an execution.
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
