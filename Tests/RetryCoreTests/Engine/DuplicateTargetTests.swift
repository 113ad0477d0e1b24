import Primitives
import Testing

@testable import RetryCore

/// Two targets that turn out to share an account and Region.
@Suite struct DuplicateTargetTests {
    private func target(
        _ name: TargetName,
        _ pipelines: [PipelineName] = ["web"],
        region: String = "eu-west-1",
        endpoint: String = ""
    ) -> Target {
        var policy = StagePolicy.plain
        policy.maxRetries = 1
        policy.maxTotalRetries = 1
        policy.whenHumanRetried = .continue
        return Target(
            name: name,
            region: region,
            rateGroup: RateGroup(name.text),
            endpoint: endpoint,
            pipelines: pipelines.map {
                PipelineEntry(selector: .name($0), policy: policy, stages: [:])
            }
        )
    }

    /// Both targets see one stage fail, and fail again after each retry.
    private func fail(_ targets: [Target], for span: Duration = .seconds(3600)) -> EngineHarness {
        var harness = EngineHarness(Configuration(targets: targets))
        let keys = targets.map { PipelineKey(target: $0.name, pipeline: "web") }
        for key in keys {
            harness.states[key] = PipelineSnapshot(
                version: 1,
                stages: [.failed("queue full", at: harness.epoch)]
            )
        }
        var seen = 0
        harness.run(span) { harness in
            guard harness.retries.count > seen else { return }
            seen = harness.retries.count
            for key in keys {
                harness.states[key] = PipelineSnapshot(
                    version: 1,
                    stages: [.failed("queue full", attempt: 1 + seen, at: harness.wall)]
                )
                harness.states[key]?.stages[0].counters.manual = seen
            }
        }
        return harness
    }

    @Test func `the limit holds for one stage that two targets watch`() {
        let harness = fail([target("one"), target("two")])
        #expect(harness.retries.map(\.1.pipeline.target) == ["one"])
        #expect(harness.count(.targetDegraded) == 1)
        let reported = harness.reports.first { $0.kind == .targetDegraded }
        #expect(reported?.level == .error)
        let text =
            "target two (eu-west-1) has the same account and Region as target one: the pipeline "
            + "in both is retried only by target \"one\""
        #expect(reported?.message == text)
        // Each failed stage has its one outcome in either target.
        #expect(harness.count(.stageFailed) == 3)
        #expect(harness.count(.retriesExhausted) == 1)
        #expect(harness.count(.stageNotRetried) == 1)
        #expect(harness.ledger.episodes.map(\.reason).contains(.duplicateTarget))
        #expect(
            harness.engine.status.targets.map(\.degradation) == [
                nil, "same account and Region as one",
            ]
        )
    }

    @Test(arguments: [
        ("us-east-1", ""), ("eu-west-1", "http://127.0.0.1:8700"),
    ])
    func `another Region or another endpoint is not the same`(_ row: (String, String)) {
        let harness = fail([target("one"), target("two", region: row.0, endpoint: row.1)])
        #expect(harness.retries.count == 2)
        #expect(harness.count(.targetDegraded) == 0)
    }

    @Test func `another partition is not the same`() {
        var harness = EngineHarness(Configuration(targets: [target("one"), target("two")]))
        for (name, partition) in [("one", "aws"), ("two", "aws-cn")] as [(TargetName, String)] {
            let key = PipelineKey(target: name, pipeline: "web")
            harness.states[key] = .quiet
            harness.definitions[key] = .read(
                PipelineDefinition(
                    version: 1,
                    executionMode: .superseded,
                    account: "111122223333",
                    partition: partition,
                    stages: [:]
                ),
                at: nil
            )
        }
        harness.run(.seconds(60))
        #expect(harness.count(.targetDegraded) == 0)
    }

    @Test func `a pipeline that only the second target watches is its own`() {
        let harness = fail([target("one", ["api"]), target("two")])
        #expect(harness.retries.map(\.1.pipeline.target) == ["two"])
        #expect(harness.count(.targetDegraded) == 0)
    }

    @Test func `of three the second yields to the first, the third to both`() {
        let harness = fail([target("one", ["api"]), target("two"), target("three")])
        #expect(harness.retries.map(\.1.pipeline.target) == ["two"])
        #expect(harness.count(.targetDegraded) == 1)
    }

    @Test func `targets of one account and Region share one rate once it is known`() {
        let names = (0..<200).map { PipelineName("p\($0)") }
        let others = (200..<400).map { PipelineName("p\($0)") }
        var harness = EngineHarness(
            Configuration(targets: [target("one", names), target("two", others)])
        )
        for (name, pipelines) in [("one", names), ("two", others)] as [(TargetName, [PipelineName])]
        {
            for pipeline in pipelines {
                harness.states[PipelineKey(target: name, pipeline: pipeline)] = .quiet
            }
        }
        harness.run(.seconds(120))
        harness.polls = [:]
        harness.run(.seconds(600))
        #expect(harness.polls.values.reduce(0, +) <= 3010)
        let one = harness.polls.filter { $0.key.target == "one" }.values.reduce(0, +)
        #expect((1350...1650).contains(one))
        #expect(harness.engine.calls.rates.count == 1)
    }

    @Test func `a reload that makes the pipelines distinct reports the end, once`() {
        var harness = fail([target("one"), target("two")], for: .seconds(60))
        #expect(harness.count(.targetDegraded) == 1)
        harness.feed(.reloaded(Configuration(targets: [target("one"), target("two", ["api"])])))
        harness.run(.seconds(600))
        #expect(harness.count(.targetDegraded) == 1)
        #expect(harness.count(.targetRecovered) == 1)
    }

    @Test func `a reload that moves the second target to another Region reports the end too`() {
        var harness = fail([target("one"), target("two")], for: .seconds(60))
        let moved = target("two", region: "us-east-1")
        harness.feed(.reloaded(Configuration(targets: [target("one"), moved])))
        harness.run(.seconds(600))
        #expect(harness.count(.targetDegraded) == 1)
        #expect(harness.count(.targetRecovered) == 1)
    }

    @Test func `targets that separate in one moment are reported in the order of their names`() {
        let targets = [target("one"), target("two"), target("three")]
        var harness = fail(targets, for: .seconds(60))
        #expect(harness.count(.targetDegraded) == 2)
        let moved = [target("two", region: "us-east-1"), target("three", region: "us-west-2")]
        harness.feed(.reloaded(Configuration(targets: [target("one")] + moved)))
        let parted = harness.reports.filter { $0.kind == .targetRecovered }.map(\.message)
        #expect(parted.count == 2)
        #expect(parted.first?.contains("three") == true && parted.last?.contains("two") == true)
    }

    @Test func `a target that the file moves elsewhere forgets its account and partition`() {
        let wall = WallTime(milliseconds: 0)
        var watch = TargetWatch(target: target("one"), clock: ServerClock(now: .origin, wall: wall))
        watch.account = "111122223333"
        watch.partition = "aws"
        let stays = watch.take(target("one", ["api"]))
        #expect(stays && watch.account != nil && watch.partition != nil)
        let staysThen = watch.take(target("one", region: "us-east-1"))
        #expect(!staysThen && watch.account == nil && watch.partition == nil)
    }

    @Test func `a retry that waits for its turn is withdrawn when the other target appears`() {
        var harness = EngineHarness(Configuration(targets: [target("two")]))
        let key = PipelineKey(target: "two", pipeline: "web")
        harness.states[key] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: harness.epoch)]
        )
        harness.states[PipelineKey(target: "one", pipeline: "web")] = harness.states[key]
        harness.run(.seconds(20))
        harness.feed(.reloaded(Configuration(targets: [target("one"), target("two")])))
        harness.run(.seconds(600))
        #expect(harness.retries.map(\.1.pipeline.target) == ["one"])
    }
}
