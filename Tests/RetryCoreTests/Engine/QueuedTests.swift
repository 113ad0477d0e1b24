import Primitives
import Testing

@testable import RetryCore

/// An intent that is durable and waits for its turn, as all places are taken by calls that hang.
@Suite struct QueuedTests {
    /// `web` has a durable intent, and a look at it is under way beside one at `slow`.
    private func queued() throws -> (bench: Bench, look: CallID) {
        var configuration = Configuration.watching(["slow", "web"])
        configuration.poll.maxInFlight = 2
        var bench = Bench(configuration)
        bench.fail(["web"])
        bench.states[.prod("slow")] = .quiet
        bench.holdsDurability = true
        while bench.heldIntents.isEmpty, bench.now < .origin + .seconds(60) {
            bench.run(.milliseconds(500))
        }
        bench.hanging = [.web, .prod("slow")]
        let calls = { (bench: Bench) in bench.engine.calls.purposes.values.filter(\.isLook).count }
        while calls(bench) < 2, bench.now < .origin + .seconds(85) { bench.run(.seconds(1)) }
        bench.releaseIntents()
        #expect(bench.engine.episodes.live[.web]?.phase.name == .queued)
        let look = try #require(
            bench.engine.calls.purposes.first { $0.value == .aws(.state(.web)) }?.key
        )
        return (bench, look)
    }

    private func answer(
        _ bench: inout Bench,
        _ look: CallID,
        _ change: (inout StageSnapshot) -> Void
    ) throws {
        bench.change(.web, change)
        bench.hanging = []
        let state = try #require(bench.states[.web])
        bench.feed(.stateRead(look, .state(state, digest: state.digest, at: bench.wall)))
    }

    @Test func `it goes out with the first place that is free`() throws {
        var (bench, look) = try queued()
        try answer(&bench, look) { _ in }
        #expect(bench.retries.count == 1)
        #expect(bench.ledger.intents.map(\.state) == [.accepted])
    }

    @Test(arguments: [
        StageStatus.succeeded, .inProgress, .stopped, .cancelled, .skipped, .stopping,
    ])
    func `it is not sent when the stage has another status meanwhile`(
        _ status: StageStatus
    ) throws {
        var (bench, look) = try queued()
        try answer(&bench, look) { $0.latest?.status = status }
        bench.run(.seconds(20))
        #expect(bench.retries.isEmpty)
        #expect(bench.ledger.intents.map(\.state) == [.notExecuted])
    }

    @Test func `it is not sent when another execution has the stage, or the stage is gone`() throws
    {
        var (bench, look) = try queued()
        try answer(&bench, look) { $0.latest?.id = .second }
        let own = bench.ledger.intents.filter { $0.episode == .web }
        #expect(own.map(\.state) == [.notExecuted])
        #expect(bench.count(.stageSuperseded) == 1)
        (bench, look) = try queued()
        bench.states[.web]?.version = 2
        try answer(&bench, look) { $0.name = "Ship" }
        #expect(bench.retries.isEmpty)
        #expect(bench.ledger.intents.map(\.state) == [.notExecuted])
        #expect(bench.engine.calls.lanes["prod"]?.queue.hasRetry == false)
    }

    @Test func `it is not sent when the stage fails anew meanwhile, but decided anew`() throws {
        var (bench, look) = try queued()
        let time = bench.wall
        try answer(&bench, look) { stage in
            stage.startsAgain()
            stage.counters.manual = 0
            stage.failsAgain("a test is red", at: time)
        }
        #expect(bench.retries.isEmpty)
        #expect(bench.engine.episodes.live[.web]?.phase.name == .pending)
        bench.run(.seconds(60))
        #expect(bench.count(.stageFailed) == 2)
        #expect(bench.ledger.intents.map(\.state) == [.notExecuted, .effective])
    }

    @Test func `without a turn for ninety seconds it is withdrawn, and made again later`() {
        var configuration = Configuration.watching()
        configuration.poll.maxRate = 0.01
        var bench = Bench(configuration)
        bench.fail(["web"])
        while bench.ledger.intents.isEmpty, bench.now < .origin + .seconds(600) {
            bench.run(.seconds(1))
        }
        bench.run(.seconds(88))
        #expect(bench.ledger.intents.map(\.state) == [.open])
        bench.run(.seconds(3))
        #expect(bench.retries.isEmpty)
        #expect(bench.ledger.intents.map(\.state) == [.notExecuted])
        let said = bench.reports.last { $0.kind == .retryDeferred }
        #expect(said?.message.contains("max_rate and max_in_flight") == true)
        bench.feed(.reloaded(.watching()))
        bench.run(.seconds(130))
        #expect(bench.retries.count == 1)
    }

    @Test func `it is not sent when the file drops the pipeline meanwhile`() throws {
        var (bench, _) = try queued()
        bench.hanging = []
        bench.feed(.reloaded(.watching(["slow"])))
        bench.run(.seconds(200))
        #expect(bench.retries.isEmpty)
        #expect(bench.ledger.intents.map(\.state) == [.notExecuted])
        #expect(bench.ledger.episodes.map(\.reason) == [.notWatched])
    }

    @Test func `when nothing is watched any more nothing is waited for`() throws {
        var (bench, _) = try queued()
        bench.feed(.reloaded(Configuration(targets: [])))
        bench.run(.seconds(91))
        #expect(bench.engine.nextDeadline == nil)
        #expect(bench.engine.calls.purposes.isEmpty)
        #expect(bench.engine.calls.lanes.isEmpty)
    }
}

extension Purpose {
    fileprivate var isLook: Bool { if case .aws(.state) = self { true } else { false } }
}

/// What the ledger, lists and files bring in the wrong moment.
@Suite struct WrongMomentTests {
    @Test func `a call of an episode that was forgotten is answered before the next one`() {
        var bench = Bench(.watching())
        bench.fail(["web"])
        bench.memory = .new
        bench.durability = .init(repeating: .durable, count: 20)
        bench.holdsRetry = true
        bench.run(.seconds(31))
        #expect(bench.retries.count == 1)
        bench.feed(.reloaded(.watching(["other"])))
        bench.feed(.reloaded(.watching()))
        bench.run(.seconds(40))
        #expect(bench.retries.count == 1)
        let said = bench.reports.last { $0.kind == .retryDeferred }
        #expect(said?.message.contains("an earlier call of this stage has no answer yet") == true)
        bench.run(.seconds(120))
        #expect(bench.retries.count == 2)
    }

    @Test func `holds of several errors end in the order of their texts when the file ends them`() {
        let names = (0..<10).map { PipelineName("p\($0)") }
        var configuration = Configuration.watching(names)
        configuration.outageHold = OutageHold(
            pipelines: 5,
            within: .seconds(600),
            probeEvery: .seconds(300)
        )
        var bench = Bench(configuration)
        bench.fail(Array(names[..<5]), "zebra is ill")
        bench.fail(Array(names[5...]), "ape is ill")
        bench.run(.seconds(120))
        #expect(bench.count(.outageHold) == 2)
        bench.feed(.reloaded(.watching(names)))
        let over = bench.reports.filter { $0.kind == .outageOver }.map(\.message)
        #expect(over.count == 2)
        #expect(over.first?.contains("ape") == true)
        bench.run(.seconds(60))
        #expect(bench.retries.count == 10)
        #expect(bench.engine.holds.outages.all.isEmpty)
    }

    @Test func `a reload before the first list keeps what each target watches, and asks at once`() {
        func target(_ name: TargetName, _ pipeline: PipelineName) -> Target {
            Target(
                name: name,
                region: "eu-west-1",
                rateGroup: name.text,
                pipelines: [.name(pipeline), .match(Glob("*"), except: [])].map {
                    PipelineEntry(selector: $0, policy: .plain, stages: [:])
                }
            )
        }
        let configuration = Configuration(targets: [target("one", "web"), target("two", "api")])
        var bench = Bench(configuration)
        bench.listFailure = CallFailure(kind: .trouble, operation: "ListPipelines", message: "")
        let keys = [
            PipelineKey(target: "one", pipeline: "web"),
            PipelineKey(target: "two", pipeline: "api"),
        ]
        for key in keys { bench.states[key] = .quiet }
        bench.run(.seconds(5))
        bench.feed(.reloaded(configuration))
        #expect(bench.engine.fleet.pipelines.keys.sorted() == keys)
        bench.feed(.reloaded(.watching()))
        bench.listFailure = nil
        bench.listed = ["web", "new"]
        bench.feed(.reloaded(.discovering))
        bench.run(.seconds(1))
        #expect(bench.engine.fleet.pipelines.count == 2)
    }

    @Test
    func `an answer that nothing changed, for a question from before a failure, is not enough`() {
        var bench = Bench(.watching())
        bench.fail(["web"])
        bench.holdsRecalls = true
        bench.run(.seconds(1))
        #expect(bench.heldRecalls.count == 1)
        bench.hanging = [.web]
        while bench.engine.fleet.pipelines[.web]?.look == PipelineWatch.Look.none {
            bench.run(.seconds(1))
        }
        let look = bench.engine.calls.purposes.first { $0.value == .aws(.state(.web)) }?.key
        bench.releaseRecalls(.new)
        bench.hanging = []
        let looks = bench.looks[.web]
        if let look { bench.feed(.stateRead(look, .read(.unchanged, at: bench.wall))) }
        #expect(bench.looks[.web] == looks.map { $0 + 1 })
        bench.run(.seconds(60))
        #expect(bench.retries.count == 1)
    }

    @Test func `a stage whose conditions failed is left though its history lags`() {
        var bench = Bench(.watching())
        bench.fail(["web"])
        bench.change(.web) { $0.conditions.onFailure = .failed }
        bench.evidence[.first] = .read([], at: nil)
        bench.run(.seconds(10))
        #expect(bench.count(.stageNotRetried) == 1)
        #expect(bench.retries.isEmpty)
    }
}
