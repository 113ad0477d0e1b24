import RetryCore
import Testing

/// What becomes of an intent whose episode ends before it is durable.
@Suite struct EndedIntentTests {
    @Test func `an intent that is durable after the file dropped its pipeline is never sent`() {
        var bench = Bench(.watching(["web", "other"]))
        bench.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: bench.epoch)]
        )
        bench.holdsDurability = true
        bench.run(.seconds(31))
        #expect(bench.heldIntents.count == 1)
        bench.feed(.reloaded(.watching(["other"])))
        bench.releaseIntents()
        bench.run(.seconds(300))
        #expect(bench.retries.isEmpty)
        #expect(bench.ledger.intents.map(\.state) == [.notExecuted])
    }
}
