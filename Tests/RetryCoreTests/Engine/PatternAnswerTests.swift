import RetryCore
import Testing

/// The answers to the rules' patterns belong to the policy and the texts that asked for them: what
/// was never asked is asked, and not taken for what cannot be evaluated.
@Suite struct PatternAnswerTests {
    /// A policy whose rules ask for these patterns and retry what they match.
    private func policy(_ patterns: [String]) -> StagePolicy {
        var policy = StagePolicy.plain
        policy.otherwise = .retry
        policy.rules = patterns.map { pattern in
            Rule(
                name: RuleName(pattern),
                when: RuleCondition(matches: [Pattern(pattern)]),
                action: .never
            )
        }
        return policy
    }

    private func failing(_ policy: StagePolicy) -> Bench {
        var bench = Bench(.watching(["web"], policy))
        bench.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: bench.epoch)]
        )
        return bench
    }

    @Test func `a pattern that a reload adds is asked beside those that were answered`() {
        var bench = failing(policy(["one"]))
        bench.run(.seconds(10))
        bench.feed(.reloaded(.watching(["web"], policy(["one", "two"]))))
        bench.run(.seconds(60))
        #expect(bench.count(.stageNotRetried) == 0)
        #expect(bench.retries.count == 1)
    }

    @Test func `a pattern that a reload brings while the retry is checked again is asked`() {
        var bench = failing(policy(["one"]))
        bench.run(.seconds(20))
        bench.hanging = [.web]
        bench.run(.seconds(15))
        bench.feed(.reloaded(.watching(["web"], policy(["two"]))))
        bench.hanging = []
        bench.run(.seconds(800))
        #expect(bench.count(.stageNotRetried) == 0)
        #expect(bench.retries.count == 1)
    }

    @Test func `a text that the state shows later is asked about`() {
        var bench = failing(policy(["one"]))
        bench.change(.web) { $0.actions[0].message = nil }
        bench.run(.seconds(15))
        bench.change(.web) { $0.actions[0].message = "queue full" }
        bench.run(.seconds(60))
        #expect(bench.count(.stageNotRetried) == 0)
        #expect(bench.retries.count == 1)
    }

    @Test func `a second action that fails beside a text that was answered is asked about alone`() {
        var bench = failing(policy(["one"]))
        bench.run(.seconds(10))
        let time = bench.wall
        bench.change(.web) {
            $0.actions.append(
                ActionSnapshot(
                    name: "Other",
                    executionID: "b1",
                    status: .failed,
                    lastStatusChange: time,
                    code: "JobFailed",
                    message: "no space left"
                )
            )
        }
        bench.run(.seconds(60))
        #expect(bench.count(.stageNotRetried) == 0)
        #expect(bench.retries.count == 1)
    }
}
