import Primitives
import Testing

@testable import RetryCore

/// An intent that is durable and waits for its turn, as all calls are used by a target that hangs.
@Suite struct QueuedTests {
    /// `web` has a durable intent, and a poll of it is under way beside one of `slow`.
    private func queued() throws -> (harness: EngineHarness, poll: CallID) {
        var configuration = Configuration.watching(["slow", "web"])
        configuration.poll.maxInFlight = 2
        var harness = EngineHarness(configuration)
        harness.fail(["web"])
        harness.states[.prod("slow")] = .quiet
        harness.holdsDurability = true
        while harness.heldIntents.isEmpty, harness.now < .origin + .seconds(60) {
            harness.run(.milliseconds(500))
        }
        harness.hanging = [.web, .prod("slow")]
        let calls = { (harness: EngineHarness) in
            harness.engine.calls.purposes.values.filter(\.isPoll).count
        }
        while calls(harness) < 2, harness.now < .origin + .seconds(85) { harness.run(.seconds(1)) }
        harness.releaseIntents()
        #expect(harness.engine.episodes.live[.web]?.phase.name == .queued)
        let poll = try #require(
            harness.engine.calls.purposes.first { $0.value == .aws(.state(.web)) }?.key
        )
        return (harness, poll)
    }

    private func answer(
        _ harness: inout EngineHarness,
        _ poll: CallID,
        _ change: (inout StageSnapshot) -> Void
    ) throws {
        harness.change(.web, change)
        harness.hanging = []
        let state = try #require(harness.states[.web])
        harness.feed(.stateRead(poll, .state(state, digest: state.digest, at: harness.wall)))
    }

    @Test func `it goes out as soon as a call may begin`() throws {
        var (harness, poll) = try queued()
        try answer(&harness, poll) { _ in }
        #expect(harness.retries.count == 1)
        #expect(harness.ledger.intents.map(\.state) == [.accepted])
    }

    @Test(arguments: [
        StageStatus.succeeded, .inProgress, .stopped, .cancelled, .skipped, .stopping,
    ])
    func `it is not sent when the stage has another status meanwhile`(
        _ status: StageStatus
    ) throws {
        var (harness, poll) = try queued()
        try answer(&harness, poll) { $0.latest?.status = status }
        harness.run(.seconds(20))
        #expect(harness.retries.isEmpty)
        #expect(harness.ledger.intents.map(\.state) == [.notExecuted])
    }

    @Test func `it is not sent when another execution has the stage, or it is removed`() throws {
        var (harness, poll) = try queued()
        try answer(&harness, poll) { $0.latest?.id = .second }
        let own = harness.ledger.intents.filter { $0.episode == .web }
        #expect(own.map(\.state) == [.notExecuted])
        #expect(harness.count(.stageSuperseded) == 1)
        (harness, poll) = try queued()
        harness.states[.web]?.version = 2
        try answer(&harness, poll) { $0.name = "Ship" }
        #expect(harness.retries.isEmpty)
        #expect(harness.ledger.intents.map(\.state) == [.notExecuted])
        #expect(harness.engine.calls.byTarget["prod"]?.queue.hasRetry == false)
    }

    @Test func `it is not sent when the stage fails again meanwhile, but decided again`() throws {
        var (harness, poll) = try queued()
        let time = harness.wall
        try answer(&harness, poll) { stage in
            stage.startsAgain()
            stage.counters.manual = 0
            stage.failsAgain("a test is red", at: time)
        }
        #expect(harness.retries.isEmpty)
        #expect(harness.engine.episodes.live[.web]?.phase.name == .pending)
        harness.run(.seconds(60))
        #expect(harness.count(.stageFailed) == 2)
        #expect(harness.ledger.intents.map(\.state) == [.notExecuted, .effective])
    }

    @Test func `without a turn for ninety seconds it is withdrawn, and made again later`() {
        var configuration = Configuration.watching()
        configuration.poll.maxRate = 0.01
        var harness = EngineHarness(configuration)
        harness.fail(["web"])
        while harness.ledger.intents.isEmpty, harness.now < .origin + .seconds(600) {
            harness.run(.seconds(1))
        }
        harness.run(.seconds(88))
        #expect(harness.ledger.intents.map(\.state) == [.open])
        harness.run(.seconds(3))
        #expect(harness.retries.isEmpty)
        #expect(harness.ledger.intents.map(\.state) == [.notExecuted])
        let reported = harness.reports.last { $0.kind == .retryDeferred }
        #expect(reported?.message.contains("max_rate and max_in_flight") == true)
        harness.feed(.reloaded(.watching()))
        harness.run(.seconds(130))
        #expect(harness.retries.count == 1)
    }

    @Test func `it is not sent when the file drops the pipeline meanwhile`() throws {
        var (harness, _) = try queued()
        harness.hanging = []
        harness.feed(.reloaded(.watching(["slow"])))
        harness.run(.seconds(200))
        #expect(harness.retries.isEmpty)
        #expect(harness.ledger.intents.map(\.state) == [.notExecuted])
        #expect(harness.ledger.episodes.map(\.reason) == [.notWatched])
    }

    @Test func `when nothing is watched any more nothing waits`() throws {
        var (harness, _) = try queued()
        harness.feed(.reloaded(Configuration(targets: [])))
        harness.run(.seconds(91))
        #expect(harness.engine.nextDeadline == nil)
        #expect(harness.engine.calls.purposes.isEmpty)
        #expect(harness.engine.calls.byTarget.isEmpty)
    }
}

extension Purpose {
    fileprivate var isPoll: Bool { if case .aws(.state) = self { true } else { false } }
}

/// Events of the ledger, lists and files at the wrong moment.
@Suite struct WrongMomentTests {
    @Test func `a call of an episode that was forgotten is answered before the next one`() {
        var harness = EngineHarness(.watching())
        harness.fail(["web"])
        harness.memory = .new
        harness.durability = .init(repeating: .durable, count: 20)
        harness.holdsRetry = true
        harness.run(.seconds(31))
        #expect(harness.retries.count == 1)
        harness.feed(.reloaded(.watching(["other"])))
        harness.feed(.reloaded(.watching()))
        harness.run(.seconds(40))
        #expect(harness.retries.count == 1)
        let reported = harness.reports.last { $0.kind == .retryDeferred }
        let text = "an earlier call of this stage has no answer yet"
        #expect(reported?.message.contains(text) == true)
        harness.run(.seconds(120))
        #expect(harness.retries.count == 2)
    }

    @Test func `holds of several errors end in the order of their texts when the file ends them`() {
        let names = (0..<10).map { PipelineName("p\($0)") }
        var configuration = Configuration.watching(names)
        configuration.outageHold = OutageHold(
            pipelines: 5,
            within: .seconds(600),
            probeEvery: .seconds(300)
        )
        var harness = EngineHarness(configuration)
        harness.fail(Array(names[..<5]), "zebra is ill")
        harness.fail(Array(names[5...]), "ape is ill")
        harness.run(.seconds(120))
        #expect(harness.count(.outageHold) == 2)
        harness.feed(.reloaded(.watching(names)))
        let over = harness.reports.filter { $0.kind == .outageOver }.map(\.message)
        #expect(over.count == 2)
        #expect(over.first?.contains("ape") == true)
        harness.run(.seconds(60))
        #expect(harness.retries.count == 10)
        #expect(harness.engine.holds.outages.all.isEmpty)
    }

    @Test func `a reload before the first list keeps what each target watches, and asks at once`() {
        func target(_ name: TargetName, _ pipeline: PipelineName) -> Target {
            Target(
                name: name,
                region: "eu-west-1",
                rateGroup: RateGroup(name.text),
                pipelines: [.name(pipeline), .match(Glob("*"), except: [])].map {
                    PipelineEntry(selector: $0, policy: .plain, stages: [:])
                }
            )
        }
        let configuration = Configuration(targets: [target("one", "web"), target("two", "api")])
        var harness = EngineHarness(configuration)
        harness.listFailure = CallFailure(
            kind: .serverError,
            operation: .listPipelines,
            message: ""
        )
        let keys = [
            PipelineKey(target: "one", pipeline: "web"),
            PipelineKey(target: "two", pipeline: "api"),
        ]
        for key in keys { harness.states[key] = .quiet }
        harness.run(.seconds(5))
        harness.feed(.reloaded(configuration))
        #expect(harness.engine.fleet.pipelines.keys.sorted() == keys)
        harness.feed(.reloaded(.watching()))
        harness.listFailure = nil
        harness.listed = ["web", "new"]
        harness.feed(.reloaded(.discovering))
        harness.run(.seconds(1))
        #expect(harness.engine.fleet.pipelines.count == 2)
    }

    @Test
    func `an unchanged answer to a poll from before a failure is not enough`() {
        var harness = EngineHarness(.watching())
        harness.fail(["web"])
        harness.holdsRecalls = true
        harness.run(.seconds(1))
        #expect(harness.heldRecalls.count == 1)
        harness.hanging = [.web]
        while harness.engine.fleet.pipelines[.web]?.poll == PipelineWatch.Poll.none {
            harness.run(.seconds(1))
        }
        let poll = harness.engine.calls.purposes.first { $0.value == .aws(.state(.web)) }?.key
        harness.releaseRecalls(.new)
        harness.hanging = []
        let polls = harness.polls[.web]
        if let poll { harness.feed(.stateRead(poll, .read(.unchanged, at: harness.wall))) }
        #expect(harness.polls[.web] == polls.map { $0 + 1 })
        harness.run(.seconds(60))
        #expect(harness.retries.count == 1)
    }

    @Test func `a stage whose conditions failed is not retried though its history lags`() {
        var harness = EngineHarness(.watching())
        harness.fail(["web"])
        harness.change(.web) { $0.conditions.onFailure = .failed }
        harness.evidence[.first] = .read([], at: nil)
        harness.run(.seconds(10))
        #expect(harness.count(.stageNotRetried) == 1)
        #expect(harness.retries.isEmpty)
    }
}
