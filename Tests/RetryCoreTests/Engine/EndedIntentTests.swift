import Primitives
import RetryCore
import Testing

/// What becomes of an intent whose episode ends before it is durable.
@Suite struct EndedIntentTests {
    /// A bench in which the one stage of `web` has just failed.
    private func failing(_ configuration: Configuration) -> Bench {
        var bench = Bench(configuration)
        bench.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: bench.epoch)]
        )
        return bench
    }

    @Test func `an intent that is durable after the file dropped its pipeline is never sent`() {
        var bench = failing(.watching(["web", "other"]))
        bench.holdsDurability = true
        bench.run(.seconds(31))
        #expect(bench.heldIntents.count == 1)
        bench.feed(.reloaded(.watching(["other"])))
        bench.releaseIntents()
        bench.run(.seconds(300))
        #expect(bench.retries.isEmpty)
        #expect(bench.ledger.intents.map(\.state) == [.notExecuted])
    }

    /// The host sleeps, or the loop is slow: what came in time is handled hours later.
    @Test func `an intent that was written before the host slept is not sent on the old state`() {
        var bench = failing(.watching(["web"]))
        bench.holdsDurability = true
        bench.run(.seconds(31))
        #expect(bench.heldIntents.count == 1)
        bench.change(.web) { $0.latest?.status = .succeeded }
        bench.now = bench.now + .seconds(7200)
        bench.releaseIntents()
        bench.run(.seconds(300))
        #expect(bench.retries.isEmpty)
        #expect(bench.count(.stageRecovered) == 1)
    }

    @Test(arguments: [true, false])
    func `an ended failure is not opened again because the host slept`(_ isAnswered: Bool) {
        var policy = StagePolicy.plain
        policy.never = true
        var bench = failing(.watching(["web"], policy))
        bench.run(.seconds(60))
        #expect(bench.count(.stageNotRetried) == 1)
        bench.crash(.watching(["web"], policy))
        bench.holdsRecalls = true
        bench.run(.seconds(10))
        #expect(bench.heldRecalls.count == 1)
        bench.now = bench.now + .seconds(7200)
        if !isAnswered { bench.feed(.deadlineReached) }
        bench.releaseRecalls()
        bench.run(.seconds(600))
        #expect(bench.count(.stageFailed) == 1)
        #expect(bench.count(.stageNotRetried) == 1)
    }

    @Test func `a state that was read before the host slept decides nothing`() {
        var bench = failing(.watching(["web"]))
        bench.run(.seconds(29))
        bench.hanging = [.web]
        bench.run(.seconds(2))
        let look = bench.lastLook
        bench.now = bench.now + .seconds(7200)
        if let look, let old = bench.states[.web] {
            bench.feed(.stateRead(look, .state(old, digest: old.digest, at: bench.wall)))
        }
        #expect(look != nil)
        #expect(bench.ledger.intents.isEmpty)
        #expect(bench.retries.isEmpty)
    }
}
