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
        #expect(bench.count(.stageLeft) == 0)
        #expect(bench.retries.count == 3)
    }

    @Test func `an intent that the ledger refuses draws on no budget`() {
        var configuration = Configuration.watching(["other", "web"])
        configuration.budget = Budget(retries: 1, per: .seconds(86_400))
        var bench = Bench(configuration)
        for key in [PipelineKey.web, .prod("other")] {
            bench.states[key] = PipelineSnapshot(
                version: 1,
                stages: [.failed("queue full", at: bench.epoch)]
            )
        }
        bench.durability = [.refused("no")]
        bench.run(.seconds(7200))
        #expect(bench.count(.stageLeft) == 1)
        #expect(bench.retries.count == 1)
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
