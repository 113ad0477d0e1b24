import Primitives
import Testing

@testable import RetryCore

/// Polls whose answers are held, so that each comes at its own moment.
@Suite struct UncertainIntentTests {
    private func failing(_ configuration: Configuration = .watching()) -> EngineHarness {
        var harness = EngineHarness(configuration)
        harness.fail(["web"])
        return harness
    }

    /// The poll of `web` that is under way; time passes until there is one.
    private func poll(_ harness: inout EngineHarness, at key: PipelineKey = .web) throws -> CallID {
        harness.hanging = [key]
        func underWay() -> CallID? {
            harness.engine.calls.purposes.first { $0.value == .aws(.state(key)) }?.key
        }
        let end = harness.now + .seconds(60)
        while underWay() == nil, harness.now < end { harness.run(.milliseconds(500)) }
        return try #require(underWay())
    }

    /// Answers the poll that is under way; the next one is held again.
    private func answer(_ harness: inout EngineHarness, _ state: PipelineSnapshot) throws {
        let id = try poll(&harness)
        harness.states[.web] = state
        harness.feed(.stateRead(id, .state(state, digest: state.digest, at: harness.wall)))
    }

    /// The state as a harness shows it, in another version and with other stages.
    private func other(
        _ harness: EngineHarness,
        version: Int = 1,
        _ change: (inout [StageSnapshot]) -> Void = { _ in }
    ) throws -> PipelineSnapshot {
        var state = try #require(harness.states[.web])
        state.version = version
        change(&state.stages)
        return state
    }

    private let ship = StageSnapshot(name: "Ship")

    @Test
    func `a stage missing from two polls in a row is removed, from two single polls it is not`()
        throws
    {
        var harness = failing()
        harness.holdsEvidence = true
        harness.run(.seconds(5))
        let whole = try other(harness, version: 3)
        try answer(&harness, other(harness, version: 2) { $0 = [ship] })
        #expect(harness.count(.stageRemoved) == 0)
        try answer(&harness, whole)
        try answer(&harness, other(harness, version: 4) { $0 = [ship] })
        #expect(harness.count(.stageRemoved) == 0)
        try answer(&harness, other(harness, version: 4))
        #expect(harness.count(.stageRemoved) == 1)
    }

    @Test func `a state without a stage that its version showed is not valid`() throws {
        var harness = failing()
        harness.holdsEvidence = true
        harness.run(.seconds(5))
        try answer(&harness, other(harness, version: 2))
        for _ in 0..<3 { try answer(&harness, other(harness, version: 2) { $0 = [ship] }) }
        #expect(harness.count(.stageRemoved) == 0)
        try answer(&harness, other(harness, version: 3) { $0 = [ship] })
        try answer(&harness, other(harness, version: 3))
        #expect(harness.count(.stageRemoved) == 1)
    }

    @Test func `an execution in two polls in a row has the stage, in single polls it does not`()
        throws
    {
        var harness = failing()
        harness.run(.seconds(5))
        let own = try other(harness)
        let next = try other(harness) { $0[0].latest?.id = .second }
        try answer(&harness, next)
        try answer(&harness, own)
        try answer(&harness, next)
        #expect(harness.count(.stageSuperseded) == 0)
        try answer(&harness, next)
        #expect(harness.count(.stageSuperseded) == 1)
    }

    @Test func `an ended episode is overtaken by two polls in a row too`() throws {
        var harness = failing()
        harness.change(.web) { $0.conditions.onFailure = .failed }
        harness.run(.seconds(5))
        #expect(harness.count(.stageNotRetried) == 1)
        let next = try other(harness) { stages in
            stages[0].conditions = .init()
            stages[0].latest?.id = .second
        }
        try answer(&harness, next)
        #expect(harness.recalls == 1)
        try answer(&harness, next)
        #expect(harness.recalls == 2)
    }

    @Test(arguments: [
        (0, 1, [IntentState.accepted]), (1, 0, [.notExecuted]), (2, 0, [.notExecuted]),
        (3, 0, [.notExecuted]), (4, 0, [.notExecuted]), (5, 0, [.notExecuted]),
    ])
    func `a poll while an intent is written is considered before it is sent`(
        _ row: (Int, Int, [IntentState])
    ) throws {
        var harness = failing()
        harness.holdsDurability = true
        harness.run(.seconds(30))
        #expect(harness.heldIntents.count == 1)
        let state = try other(harness, version: row.0 == 4 ? 2 : 1) { stages in
            switch row.0 {
            case 1: stages[0].actions[0].message = "another text"
            case 2: stages[0].latest?.status = .stopped
            case 3: stages[0].latest?.id = .second
            case 4: stages = [ship]
            case 5: stages[0].counters.manual += 1
            default: break
            }
        }
        harness.retriesMove = false
        try answer(&harness, state)
        harness.releaseIntents()
        #expect(harness.retries.count == row.1)
        #expect(harness.ledger.intents.map(\.state) == row.2)
        #expect(harness.engine.calls.byTarget["prod"]?.queue.hasRetry == false)
        guard row.0 == 1 else { return }
        // It is polled again at once; nothing prevents the next intent.
        #expect(harness.engine.calls.purposes.values.contains(.aws(.state(.web))))
        harness.hanging = []
        harness.run(.seconds(150))
        #expect(!harness.retries.isEmpty)
    }

    @Test func `the changes of one event are written before its intent, and queried after`()
        throws
    {
        var harness = failing()
        var deploy = StageSnapshot.failed("queue full", at: harness.epoch)
        deploy.name = "Deploy"
        harness.states[.web]?.stages.append(deploy)
        harness.run(.seconds(29))
        var state = try other(harness)
        state.stages[1].latest?.status = .succeeded
        var ship = StageSnapshot.failed("queue full", at: harness.epoch)
        ship.name = "Ship"
        state.stages.append(ship)
        harness.hanging = [.web]
        harness.run(.seconds(1))
        let id = try poll(&harness)
        let effects = harness.engine.handle(
            .stateRead(id, .read(.state(state, digest: nil), at: nil)),
            now: harness.now
        )
        let kinds = effects.compactMap { effect -> String? in
            switch effect {
            case .record: "record"
            case .recordIntent: "intent"
            case .recall: "recall"
            case .report(let report): report.kind.rawValue
            case .readState, .readDefinition, .readEvidence, .listExecutions, .readExecution,
                .listPipelines,
                .readCauses, .readPrecedents, .matchPatterns, .retry:
                nil
            }
        }
        #expect(kinds == ["stage_recovered", "record", "intent", "recall"])
    }

    @Test func `a history that lacked the last failure is requested at once after the next`() {
        var harness = failing()
        harness.evidence[.first] = .read([], at: nil)
        harness.run(.seconds(37))
        #expect(harness.kinds.isEmpty)
        harness.evidence = [:]
        let time = harness.wall
        harness.change(.web) { $0.actions[0].lastStatusChange = time }
        harness.run(.seconds(11))
        #expect(harness.kinds.first == .stageFailed)
    }

    @Test func `a definition that does not confirm PARALLEL is taken, and read for each sign`() {
        var harness = failing()
        harness.states[.web]?.version = 11
        harness.definitions[.web] = .definition(11)
        harness.run(.seconds(5))
        let reads = harness.definitionReads
        harness.states[.web] = PipelineSnapshot(version: 1, stages: [])
        harness.run(.seconds(12))
        #expect(harness.engine.fleet.pipelines[.web]?.knownDefinition?.version == 11)
        harness.run(.seconds(30))
        #expect(harness.definitionReads > reads + 1)
        #expect(!harness.isParallel)
    }

    @Test func `nothing of a PARALLEL pipeline is taken, not even a failure`() {
        var harness = failing()
        harness.states[.web] = .quiet
        harness.definitions[.web] = .definition(1, .parallel)
        harness.run(.seconds(60))
        harness.fail(["web"])
        harness.run(.seconds(600))
        #expect(harness.kinds.isEmpty)
        #expect(harness.isParallel)
        #expect(harness.recalls == 0)
        #expect(harness.engine.fleet.pipelines[.web]?.stages.isEmpty == true)
    }

    @Test func `a poll requested while one is under way follows at once`() throws {
        var harness = EngineHarness(.discovering)
        harness.listed = ["web", "api", "db"]
        harness.fail(["api", "db"])
        harness.states[.web] = .quiet
        harness.run(.seconds(265))
        let id = try poll(&harness)
        // The list lacks it: its own poll must decide.
        harness.listed = ["api", "db"]
        harness.run(.seconds(40))
        #expect(harness.engine.fleet.targets["prod"]?.listed?.last == "web")
        harness.polls = [:]
        harness.feed(.stateRead(id, .read(.unchanged, at: harness.wall)))
        #expect(harness.polls[.web] == 1)
    }

    @Test func `an answer to an older query does not apply to the newer failure`() throws {
        var harness = failing()
        harness.holdsEvidence = true
        harness.run(.seconds(1))
        let time = harness.wall
        harness.change(.web) { stage in
            stage.startsAgain()
            stage.counters.manual = 0
            stage.failsAgain("disk full", at: time)
        }
        harness.run(.seconds(15))
        let old = try #require(harness.heldEvidence.first)
        let denied = CallFailure(
            kind: .accessDenied,
            operation: .listActionExecutions,
            message: ""
        )
        harness.holdsEvidence = false
        harness.feed(.evidenceRead(old, .failed(denied)))
        harness.run(.seconds(60))
        #expect(harness.retries.count == 1)
        #expect(harness.count(.retryDeferred) == 0)
    }

    @Test func `an unknown answer that the counter never shows is explained by the move`() {
        var harness = failing()
        harness.retryAnswers = [.unknown("reset")]
        harness.retriesMove = false
        harness.run(.seconds(32))
        harness.change(.web) { stage in
            stage.startsAgain()
            stage.counters.manual = 0
        }
        harness.run(.seconds(20))
        #expect(harness.ledger.intents.map(\.state) == [.effective])
        #expect(harness.ledger.episodes.map(\.counts.own) == [1])
        #expect(harness.ledger.episodes.map(\.counts.late) == [0])
    }

    @Test func `an unknown answer that the counter shows is counted once`() {
        var harness = failing()
        harness.retryAnswers = [.unknown("reset")]
        harness.run(.seconds(60))
        #expect(harness.ledger.intents.map(\.state) == [.effective])
        #expect(harness.ledger.episodes.map(\.counts.own) == [1])
        #expect(harness.ledger.episodes.map(\.counts.late) == [0])
    }

    @Test func `nothing waits for a pipeline that the file no longer names`() {
        var configuration = Configuration.watching(["a", "b", "c"])
        configuration.poll.maxRate = 0.02
        var harness = EngineHarness(configuration)
        harness.fail(["a", "b", "c"])
        harness.run(.seconds(1300))
        #expect(harness.engine.calls.byTarget["prod"]?.queue.isEmpty == false)
        configuration.targets[0].pipelines = Configuration.watching(["z"]).targets[0].pipelines
        harness.feed(.reloaded(configuration))
        let kept = harness.engine.calls.byTarget["prod"]?.queue.count
        #expect(kept == 0 || kept == 1)
        #expect(harness.engine.fleet.pipelines.keys.map(\.pipeline) == ["z"])
        harness.feed(.reloaded(Configuration.watching([])))
        #expect(harness.engine.calls.byTarget["prod"]?.queue.isEmpty == true)
        #expect(
            harness.engine.fleet.polls.next == nil
                && harness.engine.fleet.executionReads.next == nil
        )
        #expect(harness.engine.episodes.live.isEmpty && harness.engine.episodes.nextDeadline == nil)
        #expect(harness.engine.ledger.recalls.isEmpty && harness.engine.fleet.notices.isEmpty)
    }

    @Test func `no list waits for a target whose file names all its pipelines`() {
        var configuration = Configuration.discovering
        configuration.poll.maxRate = 0.001
        var harness = EngineHarness(configuration)
        harness.run(.seconds(400))
        #expect(harness.engine.calls.byTarget["prod"]?.queue.count == 1)
        configuration.targets[0].pipelines = []
        harness.feed(.reloaded(configuration))
        #expect(harness.engine.calls.byTarget["prod"]?.queue.isEmpty == true)
        #expect(harness.engine.fleet.listings.next == nil)
    }

    @Test func `a thousand pauses of what is watched leave room for none but their scopes`() {
        var harness = failing()
        harness.run(.seconds(2))
        let mine = PauseScope(target: "prod")
        let pause = Pause(scope: mine, reason: "x", uid: 0, until: nil)
        var pauses = Array(repeating: pause, count: Engine.mostPauses - 1)
        harness.engine.holds.pauses = Pauses(pauses)
        #expect(harness.engine.hasRoom(for: PauseScope(pipeline: "web")))
        pauses.append(pause)
        harness.engine.holds.pauses = Pauses(pauses)
        #expect(!harness.engine.hasRoom(for: PauseScope(pipeline: "web")))
        #expect(harness.engine.hasRoom(for: mine))
        pauses[7].scope = PauseScope(pipeline: "gone")
        harness.engine.holds.pauses = Pauses(pauses)
        #expect(harness.engine.hasRoom(for: PauseScope(pipeline: "web")))
    }

    @Test func `of many executions the newest of two pages are known, however often one comes`() {
        var watch = ExecutionsWatch()
        for number in 0..<200 { watch.remember(ExecutionID("\(number)")) }
        for _ in 0..<60 { watch.remember("199") }
        #expect((0..<200).allSatisfy { watch.knows(ExecutionID("\($0)")) })
        watch.remember("200")
        #expect(!watch.knows("0") && watch.knows("1") && watch.knows("200"))
    }

    @Test func `deadlines that are set and removed repeatedly do not pile up`() {
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

/// One slot for all calls, whose answers take a second.
@Suite struct OnePlaceTests {
    /// The targets of the first calls, in their order.
    private func turns(_ groups: [String]) -> [TargetName] {
        let names = groups.indices.map { TargetName("t\($0)") }
        var configuration = Configuration(
            targets: zip(names, groups).map { name, group in
                Target(
                    name: name,
                    region: "eu-west-1",
                    rateGroup: RateGroup(group),
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
                let missing = CallFailure(kind: .notFound, operation: nil, message: "")
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
