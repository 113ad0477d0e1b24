import RetryCore
import Testing

/// The answers to the rules' patterns belong to the policy and the texts that asked for them: a new
/// question is asked, and not taken as not evaluable.
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

    private func failing(_ policy: StagePolicy) -> EngineHarness {
        var harness = EngineHarness(.watching(["web"], policy))
        harness.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: harness.epoch)]
        )
        return harness
    }

    @Test func `a pattern that a reload adds is asked in addition to the answered ones`() {
        var harness = failing(policy(["one"]))
        harness.run(.seconds(10))
        harness.feed(.reloaded(.watching(["web"], policy(["one", "two"]))))
        harness.run(.seconds(60))
        #expect(harness.count(.stageNotRetried) == 0)
        #expect(harness.retries.count == 1)
    }

    @Test func `a pattern that a reload adds during the re-check is asked`() {
        var harness = failing(policy(["one"]))
        harness.run(.seconds(20))
        harness.hanging = [.web]
        harness.run(.seconds(15))
        harness.feed(.reloaded(.watching(["web"], policy(["two"]))))
        harness.hanging = []
        harness.run(.seconds(800))
        #expect(harness.count(.stageNotRetried) == 0)
        #expect(harness.retries.count == 1)
    }

    @Test func `a text that the state shows later is asked about`() {
        var harness = failing(policy(["one"]))
        harness.change(.web) { $0.actions[0].message = nil }
        harness.run(.seconds(15))
        harness.change(.web) { $0.actions[0].message = "queue full" }
        harness.run(.seconds(60))
        #expect(harness.count(.stageNotRetried) == 0)
        #expect(harness.retries.count == 1)
    }

    @Test func `a second action that fails after an answered text is asked about alone`() {
        var harness = failing(policy(["one"]))
        harness.run(.seconds(10))
        let time = harness.wall
        harness.change(.web) {
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
        harness.run(.seconds(60))
        #expect(harness.count(.stageNotRetried) == 0)
        #expect(harness.retries.count == 1)
    }
}
