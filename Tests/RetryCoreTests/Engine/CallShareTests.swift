import Primitives
import Testing

@testable import RetryCore

/// The calls under `max_in_flight`: a target that hangs takes no more than its share.
@Suite struct CallShareTests {
    private static func target(_ name: TargetName, _ count: Int) -> Target {
        Target(
            name: name,
            region: "eu-west-1",
            rateGroup: RateGroup(name.text),
            pipelines: (0..<count).map {
                PipelineEntry(selector: .name(PipelineName("p\($0)")), policy: .plain, stages: [:])
            }
        )
    }

    /// The polls of the healthy target's pipelines in the first and in the next ten minutes.
    private func polls(_ targets: [Target], hanging: Set<TargetName>) -> [Int] {
        var harness = EngineHarness(Configuration(targets: targets))
        for target in targets {
            for index in 0..<1000 {
                let name = PipelineName("p\(index)")
                harness.states[PipelineKey(target: target.name, pipeline: name)] = .quiet
            }
        }
        harness.hangs = hanging
        var counts: [Int] = []
        for _ in 0..<2 {
            harness.polls = [:]
            harness.run(.seconds(600))
            counts.append(harness.polls.filter { $0.key.target == "well" }.values.reduce(0, +))
        }
        return counts
    }

    @Test(arguments: [["sick"], ["sick", "sicker", "sickest"]] as [[TargetName]])
    func `hanging targets leave a healthy one nine tenths of its polls, from the start`(
        _ sick: [TargetName]
    ) {
        let alone = polls([Self.target("well", 100)], hanging: [])
        let targets = sick.map { Self.target($0, 1000) } + [Self.target("well", 100)]
        let beside = polls(targets, hanging: Set(sick))
        for (beside, alone) in zip(beside, alone) {
            #expect(beside * 10 >= alone * 9, "\(beside) of \(alone)")
        }
    }

    @Test func `half of fifty targets that hang do not block the others`() {
        let sick = (0..<40).map { TargetName("sick\($0)") }
        let targets = sick.map { Self.target($0, 20) } + [Self.target("well", 100)]
        let beside = polls(targets, hanging: Set(sick))
        let alone = polls([Self.target("well", 100)], hanging: [])
        #expect(beside[1] * 10 >= alone[1] * 9, "\(beside) of \(alone)")
    }

    @Test func `a target that begins to hang has one call until one succeeds`() {
        let targets = [Self.target("sick", 400), Self.target("well", 10)]
        var harness = EngineHarness(Configuration(targets: targets))
        for target in targets {
            for index in 0..<400 {
                let name = PipelineName("p\(index)")
                harness.states[PipelineKey(target: target.name, pipeline: name)] = .quiet
            }
        }
        harness.run(.seconds(300))
        harness.hangs = ["sick"]
        harness.run(.seconds(200))
        #expect(harness.engine.status.callsInFlight == 1)
        harness.hangs = []
        harness.polls = [:]
        harness.run(.seconds(200))
        let sick = harness.polls.filter { $0.key.target == "sick" }.values.reduce(0, +)
        #expect(sick > 400)
    }

    @Test func `one pipeline that hangs does not slow the others of its target`() {
        var harness = EngineHarness(.watching((0..<50).map { PipelineName("p\($0)") }))
        for index in 0..<50 { harness.states[.prod(PipelineName("p\(index)"))] = .quiet }
        harness.run(.seconds(60))
        harness.hanging = [.prod("p0"), .prod("p1"), .prod("p2")]
        harness.polls = [:]
        harness.run(.seconds(600))
        let others = harness.polls.filter { !harness.hanging.contains($0.key) }
        #expect(others.values.allSatisfy { $0 >= 18 }, "\(others.values.sorted().prefix(5))")
    }

    @Test func `a retry goes out though all calls of its target hang`() {
        var targets = [Self.target("sick", 400), Self.target("well", 1)]
        targets[0].pipelines.append(
            PipelineEntry(selector: .name("web"), policy: .plain, stages: [:])
        )
        var harness = EngineHarness(Configuration(targets: targets))
        let key = PipelineKey(target: "sick", pipeline: "web")
        for index in 0..<400 {
            harness.states[PipelineKey(target: "sick", pipeline: PipelineName("p\(index)"))] =
                .quiet
        }
        harness.states[key] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: harness.epoch)]
        )
        harness.holdsDurability = true
        while harness.heldIntents.isEmpty, harness.now < .origin + .seconds(300) {
            harness.run(.seconds(1))
        }
        #expect(harness.heldIntents.count == 1)
        harness.hangs = ["sick"]
        // Its polls use every slot; the intent becomes durable within its minute.
        harness.run(.seconds(30))
        harness.releaseIntents()
        harness.run(.seconds(5))
        #expect(harness.retries.count == 1)
    }

    @Test(arguments: [
        // most, targets, in flight of all, own, hangs, of the hanging: polls, retries
        (32, 1, 31, 31, false, 0, true, true), (32, 1, 32, 31, false, 0, false, false),
        (32, 2, 20, 20, false, 0, true, true), (32, 2, 24, 24, false, 0, false, true),
        (32, 2, 24, 15, false, 0, true, true), (32, 2, 24, 16, false, 0, false, true),
        (32, 4, 16, 16, false, 0, false, true),
        (32, 4, 17, 16, false, 0, false, true), (32, 4, 18, 17, false, 0, false, false),
        (32, 4, 10, 1, true, 1, false, true), (32, 4, 10, 0, true, 9, true, true),
        (32, 40, 20, 0, true, 16, false, true), (32, 40, 20, 2, false, 16, false, true),
        (1, 3, 0, 0, true, 0, true, true), (1, 3, 1, 0, false, 0, false, false),
    ])
    func `calls by target`(_ row: (Int, Int, Int, Int, Bool, Int, Bool, Bool)) {
        let shares = InFlightLimits(most: row.0, targets: row.1, inFlight: row.2, hanging: row.5)
        var health = TargetHealth()
        for number in 0..<row.3 { health.began(CallID(number: UInt64(number)), .origin) }
        if row.4 {
            health.began(CallID(number: 999), .origin)
            health.ended(CallID(number: 999))
            health.failed(.origin + .seconds(20))
        }
        #expect(health.isHanging == row.4)
        #expect(shares.allow(health, isRetry: false) == row.6)
        #expect(shares.allow(health, isRetry: true) == row.7)
    }

    @Test func `a call hung only when it failed late and nothing was answered meanwhile`() {
        func at(_ seconds: Int) -> Instant { .origin + .seconds(seconds) }
        var health = TargetHealth()
        func fail(_ began: Int, _ ended: Int) {
            health.began(CallID(number: 1), at(began))
            health.ended(CallID(number: 1))
            health.failed(at(ended))
        }
        fail(0, 4)
        #expect(!health.isHanging)
        health.answered(at(10))
        fail(9, 29)
        #expect(!health.isHanging)
        fail(11, 29)
        #expect(health.isHanging)
        health.answered(at(30))
        #expect(!health.isHanging)
    }

    @Test func `removed calls do not pile up in a queue`() {
        var queue = CallQueue()
        let key = PipelineKey.web
        for _ in 0..<10_000 {
            queue.add(.state(key), .quiet)
            queue.remove(.state(key))
        }
        queue.add(.state(key), .quiet)
        #expect(queue.size <= 70)
        #expect(queue.pop(rate: 1) == .state(key))
        #expect(queue.pop(rate: 1) == nil)
        #expect(queue.isEmpty)
    }
}
