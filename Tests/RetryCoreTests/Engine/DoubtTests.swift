import Primitives
import Testing

@testable import RetryCore

/// Looks whose answers are held, so that each comes in a moment of its own.
@Suite struct DoubtTests {
    private func failing(_ configuration: Configuration = .watching()) -> Bench {
        var bench = Bench(configuration)
        bench.fail(["web"])
        return bench
    }

    /// The look at `web` that is under way; time passes until there is one.
    private func look(_ bench: inout Bench, at key: PipelineKey = .web) throws -> CallID {
        bench.hanging = [key]
        func underWay() -> CallID? {
            bench.engine.calls.purposes.first { $0.value == .aws(.state(key)) }?.key
        }
        let end = bench.now + .seconds(60)
        while underWay() == nil, bench.now < end { bench.run(.milliseconds(500)) }
        return try #require(underWay())
    }

    /// Answers the look that is under way; the next one is held again.
    private func answer(_ bench: inout Bench, _ state: PipelineSnapshot) throws {
        let id = try look(&bench)
        bench.states[.web] = state
        bench.feed(.stateRead(id, .state(state, digest: state.digest, at: bench.wall)))
    }

    /// The state as a bench shows it, in another version and with other stages.
    private func other(
        _ bench: Bench,
        version: Int = 1,
        _ change: (inout [StageSnapshot]) -> Void = { _ in }
    ) throws -> PipelineSnapshot {
        var state = try #require(bench.states[.web])
        state.version = version
        change(&state.stages)
        return state
    }

    private let ship = StageSnapshot(name: "Ship")

    @Test
    func `a stage that two looks in a row lack is gone, one that two single looks lack is not`()
        throws
    {
        var bench = failing()
        bench.holdsEvidence = true
        bench.run(.seconds(5))
        let whole = try other(bench, version: 3)
        try answer(&bench, other(bench, version: 2) { $0 = [ship] })
        #expect(bench.count(.stageRemoved) == 0)
        try answer(&bench, whole)
        try answer(&bench, other(bench, version: 4) { $0 = [ship] })
        #expect(bench.count(.stageRemoved) == 0)
        try answer(&bench, other(bench, version: 4))
        #expect(bench.count(.stageRemoved) == 1)
    }

    @Test func `a stage that is not there in the version that showed it is no answer`() throws {
        var bench = failing()
        bench.holdsEvidence = true
        bench.run(.seconds(5))
        try answer(&bench, other(bench, version: 2))
        for _ in 0..<3 { try answer(&bench, other(bench, version: 2) { $0 = [ship] }) }
        #expect(bench.count(.stageRemoved) == 0)
        try answer(&bench, other(bench, version: 3) { $0 = [ship] })
        try answer(&bench, other(bench, version: 3))
        #expect(bench.count(.stageRemoved) == 1)
    }

    @Test func `an execution that two looks in a row show has the stage, not one of single looks`()
        throws
    {
        var bench = failing()
        bench.run(.seconds(5))
        let own = try other(bench)
        let next = try other(bench) { $0[0].latest?.id = .second }
        try answer(&bench, next)
        try answer(&bench, own)
        try answer(&bench, next)
        #expect(bench.count(.stageSuperseded) == 0)
        try answer(&bench, next)
        #expect(bench.count(.stageSuperseded) == 1)
    }

    @Test func `an ended episode is overtaken by two looks in a row, too`() throws {
        var bench = failing()
        bench.change(.web) { $0.conditions.onFailure = .failed }
        bench.run(.seconds(5))
        #expect(bench.count(.stageNotRetried) == 1)
        let next = try other(bench) { stages in
            stages[0].conditions = .init()
            stages[0].latest?.id = .second
        }
        try answer(&bench, next)
        #expect(bench.recalls == 1)
        try answer(&bench, next)
        #expect(bench.recalls == 2)
    }

    @Test(arguments: [
        (0, 1, [IntentState.accepted]), (1, 0, [.notExecuted]), (2, 0, [.notExecuted]),
        (3, 0, [.notExecuted]), (4, 0, [.notExecuted]), (5, 0, [.notExecuted]),
    ])
    func `what a look shows while an intent is written is heeded before it is sent`(
        _ row: (Int, Int, [IntentState])
    ) throws {
        var bench = failing()
        bench.holdsDurability = true
        bench.run(.seconds(30))
        #expect(bench.heldIntents.count == 1)
        let state = try other(bench, version: row.0 == 4 ? 2 : 1) { stages in
            switch row.0 {
            case 1: stages[0].actions[0].message = "another text"
            case 2: stages[0].latest?.status = .stopped
            case 3: stages[0].latest?.id = .second
            case 4: stages = [ship]
            case 5: stages[0].counters.manual += 1
            default: break
            }
        }
        bench.retriesMove = false
        try answer(&bench, state)
        bench.releaseIntents()
        #expect(bench.retries.count == row.1)
        #expect(bench.ledger.intents.map(\.state) == row.2)
        #expect(bench.engine.calls.lanes["prod"]?.queue.hasRetry == false)
        guard row.0 == 1 else { return }
        // It is looked at once more at once; nothing speaks against the next intent.
        #expect(bench.engine.calls.purposes.values.contains(.aws(.state(.web))))
        bench.hanging = []
        bench.run(.seconds(150))
        #expect(!bench.retries.isEmpty)
    }

    @Test func `what one event changes is written before an intent of it, and asked about after`()
        throws
    {
        var bench = failing()
        var deploy = StageSnapshot.failed("queue full", at: bench.epoch)
        deploy.name = "Deploy"
        bench.states[.web]?.stages.append(deploy)
        bench.run(.seconds(29))
        var state = try other(bench)
        state.stages[1].latest?.status = .succeeded
        var ship = StageSnapshot.failed("queue full", at: bench.epoch)
        ship.name = "Ship"
        state.stages.append(ship)
        bench.hanging = [.web]
        bench.run(.seconds(1))
        let id = try look(&bench)
        let effects = bench.engine.handle(
            .stateRead(id, .read(.state(state, digest: nil), at: nil)),
            now: bench.now
        )
        let kinds = effects.compactMap { effect -> String? in
            switch effect {
            case .record: "record"
            case .recordIntent: "intent"
            case .recall: "recall"
            case .report(let report): report.kind.rawValue
            case .readState, .readDefinition, .readEvidence, .listExecutions, .listPipelines,
                .matchPatterns, .retry:
                nil
            }
        }
        #expect(kinds == ["record", "intent", "stage_recovered", "recall"])
    }

    @Test func `a history that lacked the last failure is asked for at once after the next`() {
        var bench = failing()
        bench.evidence[.first] = .read([], at: nil)
        bench.run(.seconds(37))
        #expect(bench.kinds.isEmpty)
        bench.evidence = [:]
        let time = bench.wall
        bench.change(.web) { $0.actions[0].lastStatusChange = time }
        bench.run(.seconds(11))
        #expect(bench.kinds.first == .stageFailed)
    }

    @Test func `a definition that bears out no PARALLEL is taken, and read again for each sign`() {
        var bench = failing()
        bench.states[.web]?.version = 11
        bench.definitions[.web] = .definition(11)
        bench.run(.seconds(5))
        let reads = bench.definitionReads
        bench.states[.web] = PipelineSnapshot(version: 1, stages: [])
        bench.run(.seconds(12))
        #expect(bench.engine.fleet.pipelines[.web]?.knownDefinition?.version == 11)
        bench.run(.seconds(30))
        #expect(bench.definitionReads > reads + 1)
        #expect(bench.count(.pipelineUnsupported) == 0)
    }

    @Test func `nothing of a PARALLEL pipeline is taken, not even a failure`() {
        var bench = failing()
        bench.states[.web] = .quiet
        bench.definitions[.web] = .definition(1, .parallel)
        bench.run(.seconds(60))
        bench.fail(["web"])
        bench.run(.seconds(600))
        #expect(bench.kinds == [.pipelineUnsupported])
        #expect(bench.recalls == 0)
        #expect(bench.engine.fleet.pipelines[.web]?.stages.isEmpty == true)
    }

    @Test func `a look that is wanted while one is under way follows at once`() throws {
        var bench = Bench(.discovering)
        bench.listed = ["web", "api", "db"]
        bench.fail(["api", "db"])
        bench.states[.web] = .quiet
        bench.run(.seconds(265))
        let id = try look(&bench)
        // The list lacks it: its own look must say what that means.
        bench.listed = ["api", "db"]
        bench.run(.seconds(40))
        #expect(bench.engine.fleet.targets["prod"]?.listed?.last == "web")
        bench.looks = [:]
        bench.feed(.stateRead(id, .read(.unchanged, at: bench.wall)))
        #expect(bench.looks[.web] == 1)
    }

    @Test func `an answer to an older question says nothing of the newer failure`() throws {
        var bench = failing()
        bench.holdsEvidence = true
        bench.run(.seconds(1))
        let time = bench.wall
        bench.change(.web) { stage in
            stage.startsAgain()
            stage.counters.manual = 0
            stage.failsAgain("disk full", at: time)
        }
        bench.run(.seconds(15))
        let old = try #require(bench.heldEvidence.first)
        let denied = CallFailure(
            kind: .accessDenied,
            operation: "ListActionExecutions",
            message: ""
        )
        bench.holdsEvidence = false
        bench.feed(.evidenceRead(old, .failed(denied)))
        bench.run(.seconds(60))
        #expect(bench.retries.count == 1)
        #expect(bench.count(.retryDeferred) == 0)
    }

    @Test func `an unknown answer that the counter never shows is explained by the move`() {
        var bench = failing()
        bench.retryAnswers = [.unknown("reset")]
        bench.retriesMove = false
        bench.run(.seconds(32))
        bench.change(.web) { stage in
            stage.startsAgain()
            stage.counters.manual = 0
        }
        bench.run(.seconds(20))
        #expect(bench.ledger.intents.map(\.state) == [.effective])
        #expect(bench.ledger.episodes.map(\.counts.own) == [1])
        #expect(bench.ledger.episodes.map(\.counts.late) == [0])
    }

    @Test func `an unknown answer that the counter shows is counted once`() {
        var bench = failing()
        bench.retryAnswers = [.unknown("reset")]
        bench.run(.seconds(60))
        #expect(bench.ledger.intents.map(\.state) == [.effective])
        #expect(bench.ledger.episodes.map(\.counts.own) == [1])
        #expect(bench.ledger.episodes.map(\.counts.late) == [0])
    }

    @Test func `nothing waits for a pipeline that the file no longer names`() {
        var configuration = Configuration.watching(["a", "b", "c"])
        configuration.poll.maxRate = 0.02
        var bench = Bench(configuration)
        bench.fail(["a", "b", "c"])
        bench.run(.seconds(1300))
        #expect(bench.engine.calls.lanes["prod"]?.queue.isEmpty == false)
        configuration.targets[0].pipelines = Configuration.watching(["z"]).targets[0].pipelines
        bench.feed(.reloaded(configuration))
        let kept = bench.engine.calls.lanes["prod"]?.queue.count
        #expect(kept == 0 || kept == 1)
        #expect(bench.engine.fleet.pipelines.keys.map(\.pipeline) == ["z"])
        bench.feed(.reloaded(Configuration.watching([])))
        #expect(bench.engine.calls.lanes["prod"]?.queue.isEmpty == true)
        #expect(
            bench.engine.fleet.looks.next == nil && bench.engine.fleet.executionReads.next == nil
        )
        #expect(bench.engine.episodes.live.isEmpty && bench.engine.episodes.nextDeadline == nil)
        #expect(bench.engine.ledger.recalls.isEmpty && bench.engine.fleet.notices.isEmpty)
    }

    @Test func `no list waits for a target whose file names all its pipelines`() {
        var configuration = Configuration.discovering
        configuration.poll.maxRate = 0.001
        var bench = Bench(configuration)
        bench.run(.seconds(400))
        #expect(bench.engine.calls.lanes["prod"]?.queue.count == 1)
        configuration.targets[0].pipelines = []
        bench.feed(.reloaded(configuration))
        #expect(bench.engine.calls.lanes["prod"]?.queue.isEmpty == true)
        #expect(bench.engine.fleet.listings.next == nil)
    }

    @Test func `a thousand pauses of what is watched leave room for none but their scopes`() {
        var bench = failing()
        bench.run(.seconds(2))
        let mine = PauseScope(target: "prod")
        let pause = Pause(scope: mine, reason: "x", uid: 0, until: nil)
        var pauses = Array(repeating: pause, count: Engine.mostPauses - 1)
        bench.engine.holds.pauses = Pauses(pauses)
        #expect(bench.engine.hasRoom(for: PauseScope(pipeline: "web")))
        pauses.append(pause)
        bench.engine.holds.pauses = Pauses(pauses)
        #expect(!bench.engine.hasRoom(for: PauseScope(pipeline: "web")))
        #expect(bench.engine.hasRoom(for: mine))
        pauses[7].scope = PauseScope(pipeline: "gone")
        bench.engine.holds.pauses = Pauses(pauses)
        #expect(bench.engine.hasRoom(for: PauseScope(pipeline: "web")))
    }

    @Test func `of many executions the newest fifty are known, however often one comes`() {
        var watch = ExecutionsWatch()
        for number in 0..<50 { watch.remember(ExecutionID("\(number)")) }
        for _ in 0..<60 { watch.remember("49") }
        #expect((0..<50).allSatisfy { watch.knows(ExecutionID("\($0)")) })
        watch.remember("50")
        #expect(!watch.knows("0") && watch.knows("1") && watch.knows("50"))
    }

    @Test func `deadlines that are set anew and taken away do not pile up`() {
        var queue = DeadlineQueue<PipelineName>()
        queue.set("first", at: .origin)
        for number in 1...10_000 {
            queue.set("a", at: .origin + .seconds(20_000 - number))
            queue.set("b", at: .origin + .seconds(number))
            queue.remove("b")
        }
        let heap = Mirror(reflecting: queue).children.first { $0.label == "heap" }?.value
        #expect((heap as? [Any])?.count ?? 10_000 <= 100)
        #expect(queue.popDue(.origin) == "first")
        #expect(queue.next == .origin + .seconds(10_000))
    }
}

/// One place for all calls, whose answers take a second.
@Suite struct OnePlaceTests {
    /// The targets of the first calls, in their order.
    private func turns(_ groups: [String]) -> [TargetName] {
        let names = groups.indices.map { TargetName("t\($0)") }
        var configuration = Configuration(
            targets: zip(names, groups).map { name, group in
                Target(
                    name: name,
                    region: "eu-west-1",
                    rateGroup: group,
                    pipelines: (0..<40).map {
                        PipelineEntry(
                            selector: .name(PipelineName("p\($0)")),
                            policy: .plain,
                            stages: [:]
                        )
                    }
                )
            }
        )
        configuration.poll.maxInFlight = 1
        configuration.poll.maxRate = 1000
        var engine = Engine(
            configuration: configuration,
            ledger: LedgerSnapshot(),
            seed: 1,
            now: .origin,
            wall: WallTime(milliseconds: 0)
        )
        var now = Instant.origin
        var taken: [TargetName] = []
        var effects = engine.handle(.deadlineReached, now: now)
        for _ in 0..<30 {
            var next: [Effect] = []
            for effect in effects {
                guard case .readState(let id, let key, _) = effect else { continue }
                taken.append(key.target)
                now = now + .seconds(1)
                let missing = CallFailure(kind: .notFound, operation: "", message: "")
                next += engine.handle(.stateRead(id, .failed(missing)), now: now)
            }
            effects = next
        }
        return taken
    }

    @Test(arguments: [["a", "b"], ["a", "b", "c"], ["a", "a"], ["a", "b", "b"]])
    func `it starves no target`(_ groups: [String]) {
        let taken = turns(groups)
        #expect(taken.count == 30)
        for number in groups.indices {
            let count = taken.count { $0 == TargetName("t\(number)") }
            #expect(count >= 5, "\(taken)")
        }
    }
}
