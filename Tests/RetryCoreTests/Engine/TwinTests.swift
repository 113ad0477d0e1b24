import Primitives
import Testing

@testable import RetryCore

/// Two targets that turn out to be one account and Region.
@Suite struct TwinTests {
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
            rateGroup: name.text,
            endpoint: endpoint,
            pipelines: pipelines.map {
                PipelineEntry(selector: .name($0), policy: policy, stages: [:])
            }
        )
    }

    /// Both targets see one stage fail, and fail again after each retry.
    private func fail(_ targets: [Target], for span: Duration = .seconds(3600)) -> Bench {
        var bench = Bench(Configuration(targets: targets))
        let keys = targets.map { PipelineKey(target: $0.name, pipeline: "web") }
        for key in keys {
            bench.states[key] = PipelineSnapshot(
                version: 1,
                stages: [.failed("queue full", at: bench.epoch)]
            )
        }
        var seen = 0
        bench.run(span) { bench in
            guard bench.retries.count > seen else { return }
            seen = bench.retries.count
            for key in keys {
                bench.states[key] = PipelineSnapshot(
                    version: 1,
                    stages: [.failed("queue full", attempt: 1 + seen, at: bench.wall)]
                )
                bench.states[key]?.stages[0].counters.manual = seen
            }
        }
        return bench
    }

    @Test func `the limit holds for one stage that two targets watch`() {
        let bench = fail([target("one"), target("two")])
        #expect(bench.retries.map(\.1.pipeline.target) == ["one"])
        #expect(bench.count(.targetDegraded) == 1)
        let said = bench.reports.first { $0.kind == .targetDegraded }
        #expect(said?.level == .error)
        let text =
            "target two (eu-west-1) is the same account and Region as target one: 1 pipeline in "
            + "both is retried by one only"
        #expect(said?.message == text)
        // Each failed stage has its one outcome in either target.
        #expect(bench.count(.stageFailed) == 3)
        #expect(bench.count(.retriesExhausted) == 1)
        #expect(bench.count(.stageNotRetried) == 1)
        #expect(bench.ledger.episodes.map(\.reason).contains(.duplicateTarget))
        #expect(
            bench.engine.status.targets.map(\.trouble) == [nil, "same account and Region as one"]
        )
    }

    @Test(arguments: [
        ("us-east-1", ""), ("eu-west-1", "http://127.0.0.1:8700"),
    ])
    func `another Region or another endpoint is another place`(_ row: (String, String)) {
        let bench = fail([target("one"), target("two", region: row.0, endpoint: row.1)])
        #expect(bench.retries.count == 2)
        #expect(bench.count(.targetDegraded) == 0)
    }

    @Test func `another partition is another place`() {
        var bench = Bench(Configuration(targets: [target("one"), target("two")]))
        for (name, partition) in [("one", "aws"), ("two", "aws-cn")] as [(TargetName, String)] {
            let key = PipelineKey(target: name, pipeline: "web")
            bench.states[key] = .quiet
            bench.definitions[key] = .read(
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
        bench.run(.seconds(60))
        #expect(bench.count(.targetDegraded) == 0)
    }

    @Test func `a pipeline that only the second target watches is its own`() {
        let bench = fail([target("one", ["api"]), target("two")])
        #expect(bench.retries.map(\.1.pipeline.target) == ["two"])
        #expect(bench.count(.targetDegraded) == 0)
    }

    @Test func `of three the second stands behind the first, the third behind both`() {
        let bench = fail([target("one", ["api"]), target("two"), target("three")])
        #expect(bench.retries.map(\.1.pipeline.target) == ["two"])
        #expect(bench.count(.targetDegraded) == 1)
    }

    @Test func `targets of one account and Region share one rate once it is known`() {
        let names = (0..<200).map { PipelineName("p\($0)") }
        let others = (200..<400).map { PipelineName("p\($0)") }
        var bench = Bench(Configuration(targets: [target("one", names), target("two", others)]))
        for (name, pipelines) in [("one", names), ("two", others)] as [(TargetName, [PipelineName])]
        {
            for pipeline in pipelines {
                bench.states[PipelineKey(target: name, pipeline: pipeline)] = .quiet
            }
        }
        bench.run(.seconds(120))
        bench.looks = [:]
        bench.run(.seconds(600))
        #expect(bench.looks.values.reduce(0, +) <= 3010)
        let one = bench.looks.filter { $0.key.target == "one" }.values.reduce(0, +)
        #expect((1350...1650).contains(one))
        #expect(bench.engine.calls.rates.count == 1)
    }

    @Test func `a reload that makes the pipelines distinct says the end, once`() {
        var bench = fail([target("one"), target("two")], for: .seconds(60))
        #expect(bench.count(.targetDegraded) == 1)
        bench.feed(.reloaded(Configuration(targets: [target("one"), target("two", ["api"])])))
        bench.run(.seconds(600))
        #expect(bench.count(.targetDegraded) == 1)
        #expect(bench.count(.targetRecovered) == 1)
    }

    @Test func `a reload that puts the second target into another Region says the end, too`() {
        var bench = fail([target("one"), target("two")], for: .seconds(60))
        let moved = target("two", region: "us-east-1")
        bench.feed(.reloaded(Configuration(targets: [target("one"), moved])))
        bench.run(.seconds(600))
        #expect(bench.count(.targetDegraded) == 1)
        #expect(bench.count(.targetRecovered) == 1)
    }

    @Test func `targets that part in one moment are told in the order of their names`() {
        let targets = [target("one"), target("two"), target("three")]
        var bench = fail(targets, for: .seconds(60))
        #expect(bench.count(.targetDegraded) == 2)
        let moved = [target("two", region: "us-east-1"), target("three", region: "us-west-2")]
        bench.feed(.reloaded(Configuration(targets: [target("one")] + moved)))
        let parted = bench.reports.filter { $0.kind == .targetRecovered }.map(\.message)
        #expect(parted.count == 2)
        #expect(parted.first?.contains("three") == true && parted.last?.contains("two") == true)
    }

    @Test func `a target that the file puts elsewhere forgets its account and partition`() {
        let wall = WallTime(milliseconds: 0)
        var watch = TargetWatch(target: target("one"), clock: ServerClock(now: .origin, wall: wall))
        watch.account = "111122223333"
        watch.partition = "aws"
        let stays = watch.take(target("one", ["api"]))
        #expect(stays && watch.account != nil && watch.partition != nil)
        let staysThen = watch.take(target("one", region: "us-east-1"))
        #expect(!staysThen && watch.account == nil && watch.partition == nil)
    }

    @Test func `a retry that waits for its turn is withdrawn when the other target turns up`() {
        var bench = Bench(Configuration(targets: [target("two")]))
        let key = PipelineKey(target: "two", pipeline: "web")
        bench.states[key] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: bench.epoch)]
        )
        bench.states[PipelineKey(target: "one", pipeline: "web")] = bench.states[key]
        bench.run(.seconds(20))
        bench.feed(.reloaded(Configuration(targets: [target("one"), target("two")])))
        bench.run(.seconds(600))
        #expect(bench.retries.map(\.1.pipeline.target) == ["one"])
    }
}
