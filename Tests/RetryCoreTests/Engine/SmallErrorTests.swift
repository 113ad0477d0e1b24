import Primitives
import Testing

@testable import RetryCore

/// What small errors in the engine would change, and no other test showed.
@Suite struct SmallErrorTests {
    private func failing(_ names: [PipelineName] = ["web"]) -> Bench {
        var bench = Bench(.watching(names))
        for name in names {
            bench.states[.prod(name)] = PipelineSnapshot(
                version: 1,
                stages: [.failed("queue full", at: bench.epoch)]
            )
        }
        return bench
    }

    @Test func `a retry without effect that lands late is not taken for a person's`() {
        var bench = failing()
        bench.retriesMove = false
        var isLanding = true
        bench.run(.seconds(300)) { bench in
            guard bench.retries.count == 2 else { return }
            let time = bench.wall
            let status = bench.states[.web]?.stages[0].latest?.status
            if isLanding {
                isLanding = false
                bench.change(.web) { $0.startsAgain() }
                bench.change(.web) { $0.counters.manual = 2 }
            } else if status == .inProgress, time >= bench.retries[1].at + .seconds(30) {
                bench.change(.web) { $0.failsAgain("queue full", at: time) }
            }
        }
        #expect(bench.count(.retryWithoutEffect) >= 1)
        #expect(bench.count(.stageNotRetried) == 0)
        #expect(bench.retries.count == 3)
    }

    @Test(arguments: [(Durability.refused("no"), 1), (.failed("disk full"), 0)])
    func `an intent that is not written draws on no budget`(_ row: (Durability, Int)) {
        var configuration = Configuration.watching(["other", "web"])
        configuration.budget = Budget(retries: 1, per: .seconds(86_400))
        var bench = Bench(configuration)
        for key in [PipelineKey.web, .prod("other")] {
            bench.states[key] = PipelineSnapshot(
                version: 1,
                stages: [.failed("queue full", at: bench.epoch)]
            )
        }
        bench.durability = [row.0]
        bench.run(.seconds(7200))
        #expect(bench.count(.stageNotRetried) == row.1)
        #expect(bench.retries.count == 1)
    }

    @Test func `the retries of another policy draw on that policy's budget only`() {
        var configuration = Configuration.watching(["a", "b", "c"])
        for index in 0..<3 {
            configuration.targets[0].pipelines[index].policy.name = index == 1 ? "two" : "one"
            configuration.targets[0].pipelines[index].policy.budget = Budget(
                retries: 1,
                per: .seconds(86_400)
            )
        }
        var bench = Bench(configuration)
        bench.fail(["a", "b", "c"])
        bench.run(.seconds(600))
        #expect(bench.retries.map(\.1.pipeline.pipeline) == ["a", "b"])
    }

    @Test func `lists that failed before one that worked are not counted with those after it`() {
        var bench = Bench(.discovering)
        bench.listed = ["web"]
        bench.states[.web] = .quiet
        let late = CallFailure(kind: .trouble, operation: "ListPipelines", message: "late")
        bench.run(.seconds(299))
        for _ in 0..<4 {
            bench.listFailure = late
            bench.run(.seconds(4 * 60))
            bench.listFailure = nil
            bench.run(.seconds(60))
            bench.run(.seconds(240))
        }
        #expect(bench.count(.targetDegraded) == 0)
        bench.listFailure = late
        bench.run(.seconds(700))
        #expect(bench.count(.targetDegraded) == 1)
    }

    @Test func `lists cut short before the file named all are not counted with those after it`() {
        var bench = Bench(.discovering)
        let names = ["a", "b", "c", "d", "e"] as [PipelineName]
        bench.listed = names
        for name in names { bench.states[.prod(name)] = .quiet }
        bench.run(.seconds(299))
        bench.listed = ["c"]
        bench.run(.seconds(8))
        #expect(bench.engine.fleet.targets["prod"]?.partialLists == 2)
        bench.feed(.reloaded(.watching(names)))
        bench.run(.seconds(5))
        bench.feed(.reloaded(.discovering))
        bench.run(.seconds(1))
        #expect(bench.engine.fleet.targets["prod"]?.partialLists == 1)
        #expect(bench.count(.targetDegraded) == 0)
    }

    @Test func `holds that end in one moment are said in the order of their errors`() {
        let words = ["cat", "ape", "bat", "elk", "dog"]
        let names = (0..<10).map { PipelineName("p\($0)") }
        var configuration = Configuration.watching(names)
        configuration.poll.maxRate = 1000
        configuration.outageHold = OutageHold(
            pipelines: 2,
            within: .seconds(600),
            probeEvery: .seconds(86_400)
        )
        var bench = Bench(configuration)
        for (index, name) in names.enumerated() { bench.fail([name], "\(words[index / 2]) is ill") }
        bench.run(.seconds(60))
        #expect(bench.count(.outageHold) == 5)
        bench.states = [:]
        bench.run(.seconds(86_400))
        let over = bench.reports.filter { $0.kind == .outageOver }.map(\.message)
        #expect(over.count == 5)
        #expect(over == over.sorted())
    }

    @Test func `of a pipeline that became PARALLEL nothing is in doubt`() {
        var bench = failing()
        bench.states[.web] = .quiet
        bench.run(.seconds(60))
        let row = ExecutionSummary(id: .second, status: .failed)
        let doubt = ExecutionsWatch.Doubt(after: CallID(number: 1_000_000), rows: [row])
        bench.engine.fleet.pipelines[.web]?.executions.doubt = doubt
        bench.states[.web]?.version = 2
        bench.definitions[.web] = .definition(2, .parallel)
        bench.run(.seconds(60))
        #expect(bench.count(.pipelineUnsupported) == 1)
        #expect(bench.engine.fleet.pipelines[.web]?.executions.doubt == nil)
        #expect(bench.engine.fleet.executionReads.next == nil)
    }

    @Test func `looks that failed with the whole target do not count against one pipeline`() {
        var bench = Bench(.watching(["a", "b", "c"]))
        for name in ["a", "b", "c"] as [PipelineName] { bench.states[.prod(name)] = .quiet }
        bench.run(.seconds(60))
        bench.outage = CallFailure(
            kind: .unreachable,
            operation: "GetPipelineState",
            message: "refused"
        )
        bench.run(.seconds(900))
        #expect(bench.count(.targetDegraded) == 1)
        bench.outage = nil
        bench.sick[.prod("c")] = CallFailure(
            kind: .trouble,
            operation: "GetPipelineState",
            message: "500"
        )
        bench.run(.seconds(65))
        #expect(bench.count(.targetRecovered) == 1)
        #expect(bench.count(.pipelineLost) == 0)
        bench.run(.seconds(600))
        #expect(bench.count(.pipelineLost) == 1)
    }

    @Test(arguments: [
        (RetryRefusal.conflict, Reason.busy), (.concurrentLimit, .executionLimit),
        (.notLatest, .notRetryable), (.notRetryable, .notRetryable),
        (.stageNotFound, .notRetryable), (.pipelineNotFound, .notRetryable),
        (.invalid, .invalidRequest), (.other, .invalidRequest), (.accessDenied, .accessDenied),
        (.throttled, .throttled), (.credentials, .credentials), (.unreachable, .unreachable),
    ])
    func `a refusal's reason`(_ refusal: RetryRefusal, _ reason: Reason) {
        #expect(refusal.reason == reason)
    }
}
