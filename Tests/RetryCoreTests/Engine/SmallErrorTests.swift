import Primitives
import Testing

@testable import RetryCore

/// Small errors in the engine that no other test detected.
@Suite struct SmallErrorTests {
    private func failing(_ names: [PipelineName] = ["web"]) -> EngineHarness {
        var harness = EngineHarness(.watching(names))
        for name in names {
            harness.states[.prod(name)] = PipelineSnapshot(
                version: 1,
                stages: [.failed("queue full", at: harness.epoch)]
            )
        }
        return harness
    }

    @Test func `a retry without effect that takes effect late is not taken for a person's`() {
        var harness = failing()
        harness.retriesMove = false
        var isLanding = true
        harness.run(.seconds(300)) { harness in
            guard harness.retries.count == 2 else { return }
            let time = harness.wall
            let status = harness.states[.web]?.stages[0].latest?.status
            if isLanding {
                isLanding = false
                harness.change(.web) { $0.startsAgain() }
                harness.change(.web) { $0.counters.manual = 2 }
            } else if status == .inProgress, time >= harness.retries[1].at + .seconds(30) {
                harness.change(.web) { $0.failsAgain("queue full", at: time) }
            }
        }
        #expect(harness.count(.retryWithoutEffect) >= 1)
        #expect(harness.count(.stageNotRetried) == 0)
        #expect(harness.retries.count == 3)
    }

    @Test(arguments: [(Durability.refused("no"), 1), (.failed("disk full"), 0)])
    func `an intent that is not written draws on no budget`(_ row: (Durability, Int)) {
        var configuration = Configuration.watching(["other", "web"])
        configuration.budget = Budget(retries: 1, per: .seconds(86_400))
        var harness = EngineHarness(configuration)
        for key in [PipelineKey.web, .prod("other")] {
            harness.states[key] = PipelineSnapshot(
                version: 1,
                stages: [.failed("queue full", at: harness.epoch)]
            )
        }
        harness.durability = [row.0]
        harness.run(.seconds(7200))
        #expect(harness.count(.stageNotRetried) == row.1)
        #expect(harness.retries.count == 1)
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
        var harness = EngineHarness(configuration)
        harness.fail(["a", "b", "c"])
        harness.run(.seconds(600))
        #expect(harness.retries.map(\.1.pipeline.pipeline) == ["a", "b"])
    }

    @Test func `failed lists before a successful one are not counted with those after it`() {
        var harness = EngineHarness(.discovering)
        harness.listed = ["web"]
        harness.states[.web] = .quiet
        let late = CallFailure(kind: .serverError, operation: .listPipelines, message: "late")
        harness.run(.seconds(299))
        for _ in 0..<4 {
            harness.listFailure = late
            harness.run(.seconds(4 * 60))
            harness.listFailure = nil
            harness.run(.seconds(60))
            harness.run(.seconds(240))
        }
        #expect(harness.count(.targetDegraded) == 0)
        harness.listFailure = late
        harness.run(.seconds(700))
        #expect(harness.count(.targetDegraded) == 1)
    }

    @Test func `truncated lists before the file named all are not counted with those after it`() {
        var harness = EngineHarness(.discovering)
        let names = ["a", "b", "c", "d", "e"] as [PipelineName]
        harness.listed = names
        for name in names { harness.states[.prod(name)] = .quiet }
        harness.run(.seconds(299))
        harness.listed = ["c"]
        harness.run(.seconds(8))
        #expect(harness.engine.fleet.targets["prod"]?.partialLists == 2)
        harness.feed(.reloaded(.watching(names)))
        harness.run(.seconds(5))
        harness.feed(.reloaded(.discovering))
        harness.run(.seconds(1))
        #expect(harness.engine.fleet.targets["prod"]?.partialLists == 1)
        #expect(harness.count(.targetDegraded) == 0)
    }

    @Test func `holds that end in one moment are reported in the order of their errors`() {
        let words = ["cat", "ape", "bat", "elk", "dog"]
        let names = (0..<10).map { PipelineName("p\($0)") }
        var configuration = Configuration.watching(names)
        configuration.poll.maxRate = 1000
        configuration.outageHold = OutageHold(
            pipelines: 2,
            within: .seconds(600),
            probeEvery: .seconds(86_400)
        )
        var harness = EngineHarness(configuration)
        for (index, name) in names.enumerated() {
            harness.fail([name], "\(words[index / 2]) is ill")
        }
        harness.run(.seconds(60))
        #expect(harness.count(.outageHold) == 5)
        harness.states = [:]
        harness.run(.seconds(86_400))
        let over = harness.reports.filter { $0.kind == .outageOver }.map(\.message)
        #expect(over.count == 5)
        #expect(over == over.sorted())
    }

    @Test func `nothing of a pipeline that became PARALLEL is uncertain`() {
        var harness = failing()
        harness.states[.web] = .quiet
        harness.run(.seconds(60))
        let row = ExecutionSummary(id: .second, status: .failed)
        let recheck = ExecutionsWatch.Recheck(after: CallID(number: 1_000_000), rows: [row])
        harness.engine.fleet.pipelines[.web]?.executions.recheck = recheck
        harness.states[.web]?.version = 2
        harness.definitions[.web] = .definition(2, .parallel)
        harness.run(.seconds(60))
        #expect(harness.isParallel)
        #expect(harness.engine.fleet.pipelines[.web]?.executions.recheck == nil)
        #expect(harness.engine.fleet.executionReads.next == nil)
    }

    @Test func `polls that failed with the whole target do not count against one pipeline`() {
        var harness = EngineHarness(.watching(["a", "b", "c"]))
        for name in ["a", "b", "c"] as [PipelineName] { harness.states[.prod(name)] = .quiet }
        harness.run(.seconds(60))
        harness.outage = CallFailure(
            kind: .unreachable,
            operation: .getPipelineState,
            message: "refused"
        )
        harness.run(.seconds(900))
        #expect(harness.count(.targetDegraded) == 1)
        harness.outage = nil
        harness.sick[.prod("c")] = CallFailure(
            kind: .serverError,
            operation: .getPipelineState,
            message: "500"
        )
        harness.run(.seconds(65))
        #expect(harness.count(.targetRecovered) == 1)
        #expect(harness.count(.pipelineLost) == 0)
        harness.run(.seconds(600))
        #expect(harness.count(.pipelineLost) == 1)
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
