import Primitives
import RetryCore
import Testing

/// The fate of an intent whose episode ends before it is durable.
@Suite struct EndedIntentTests {
    /// A harness in which the one stage of `web` has just failed.
    private func failing(_ configuration: Configuration) -> EngineHarness {
        var harness = EngineHarness(configuration)
        harness.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: harness.epoch)]
        )
        return harness
    }

    @Test func `an intent that is durable after the file dropped its pipeline is never sent`() {
        var harness = failing(.watching(["web", "other"]))
        harness.holdsDurability = true
        harness.run(.seconds(31))
        #expect(harness.heldIntents.count == 1)
        harness.feed(.reloaded(.watching(["other"])))
        harness.releaseIntents()
        harness.run(.seconds(300))
        #expect(harness.retries.isEmpty)
        #expect(harness.ledger.intents.map(\.state) == [.notExecuted])
    }

    /// The host sleeps, or the loop is slow: answers that arrived in time are processed hours
    /// later.
    @Test func `an intent that was written before the host slept is not sent on the old state`() {
        var harness = failing(.watching(["web"]))
        harness.holdsDurability = true
        harness.run(.seconds(31))
        #expect(harness.heldIntents.count == 1)
        harness.change(.web) { $0.latest?.status = .succeeded }
        harness.now = harness.now + .seconds(7200)
        harness.releaseIntents()
        harness.run(.seconds(300))
        #expect(harness.retries.isEmpty)
        #expect(harness.count(.stageRecovered) == 1)
    }

    @Test(arguments: [true, false])
    func `an ended failure is not opened again because the host slept`(_ isAnswered: Bool) {
        var policy = StagePolicy.plain
        policy.never = true
        var harness = failing(.watching(["web"], policy))
        harness.run(.seconds(60))
        #expect(harness.count(.stageNotRetried) == 1)
        harness.crash(.watching(["web"], policy))
        harness.holdsRecalls = true
        harness.run(.seconds(10))
        #expect(harness.heldRecalls.count == 1)
        harness.now = harness.now + .seconds(7200)
        if !isAnswered { harness.feed(.deadlineReached) }
        harness.releaseRecalls()
        harness.run(.seconds(600))
        #expect(harness.count(.stageFailed) == 1)
        #expect(harness.count(.stageNotRetried) == 1)
    }

    @Test func `a state that was read before the host slept decides nothing`() {
        var harness = failing(.watching(["web"]))
        harness.run(.seconds(29))
        harness.hanging = [.web]
        harness.run(.seconds(2))
        let poll = harness.lastPoll
        harness.now = harness.now + .seconds(7200)
        if let poll, let old = harness.states[.web] {
            harness.feed(.stateRead(poll, .state(old, digest: old.digest, at: harness.wall)))
        }
        #expect(poll != nil)
        #expect(harness.ledger.intents.isEmpty)
        #expect(harness.retries.isEmpty)
    }
}
