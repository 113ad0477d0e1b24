import Primitives
import Testing

@testable import RetryCore

/// The order of the effects of one event.
@Suite struct OutputTests {
    @Test func `a report comes before the ledger's changes, also behind an intent`() {
        let intent = Intent.web(at: WallTime(milliseconds: 0))
        let call = CallID(number: 1)
        let report = Effect.report(.stopping("another episode of the same event has ended"))
        let writes = [LedgerWrite.intent(intent)]
        var output = EngineOutput()
        output.effects = [
            .readState(call, .web, known: nil), .recordIntent(call, intent), report,
            .recall(call, .web),
        ]
        output.writes = writes
        let taken = output.take()
        #expect(
            taken == [
                .readState(call, .web, known: nil), report, .record(writes),
                .recordIntent(call, intent), .recall(call, .web),
            ]
        )
    }
}
