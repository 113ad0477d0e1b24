import AttemptLedger
import RetryCore
import RetryDaemon
import Synchronization
import Testing
import RetryTestSupport

/// The loop with a ledger that contains most of its rows.
@Suite(.timeLimit(.minutes(1)))
struct LedgerWorkTests {
    @Test
    func `old rows are deleted until none is left, and findings are reported`() async {
        let rig = Rig(script: .quiet)
        rig.store.pruning.withLock { $0 = (4, .setAside(file: "aside")) }
        _ = await rig.run { rig in
            // One write, and none after it that could report the notice.
            let pause = Pause(scope: PauseScope(), reason: "why", uid: 1, until: nil)
            #expect(await rig.ask(otherwise: .stopping) { .pause(pause, $0) } == .stored)
            await rig.eventLog.wait(for: "note warning ledger: ledger.sqlite was damaged")
            rig.send(.stop("SIGTERM"))
        }
        #expect(rig.eventLog.count("store prune") == 4)
    }

    @Test
    func `an intent waits for at most one deletion step`() async {
        let rig = Rig()
        rig.store.pruning.withLock { $0 = (.max, nil) }
        _ = await rig.run { rig in
            await rig.eventLog.wait(for: "report retry_scheduled")
            await rig.pass(.seconds(2), until: "store durable 1")
            rig.send(.stop("SIGTERM"))
        }
        #expect(rig.eventLog.count("store durable") == 1)
        #expect(rig.ledger.intents.count == 1)
    }

    @Test
    func `an unreadable ledger is reported and queried again, then the failure continues`() async {
        let rig = Rig()
        rig.store.recallErrors.withLock { $0 = [.readOnly, .readOnly] }
        _ = await rig.run { rig in
            await rig.eventLog.wait(for: "report target_degraded")
            #expect(!rig.eventLog.contains("report stage_failed"))
            await rig.pass(.seconds(5), thenBy: .seconds(1), until: "report stage_failed")
            await rig.pass(.seconds(2), until: "call retry")
            rig.send(.stop("SIGTERM"))
        }
        // At least: the clock moves on while the ledger's thread waits for its turn.
        #expect(rig.eventLog.count("store recall") >= 3)
        #expect(rig.eventLog.count("report stage_failed") == 1)
    }

    @Test
    func `with --once the run does not end during a query to the ledger`() async {
        var rig = Rig()
        rig.options.isOnce = true
        rig.clock.advance(by: .seconds(60))
        rig.store.holdsRecalls.withLock { $0 = true }
        let end = await rig.run { rig in
            await rig.eventLog.wait(for: "store recall")
            // All other answers are in after this many iterations of the loop.
            for _ in 0..<50 { _ = await rig.ask(otherwise: .stopping) { .status($0) } }
            rig.store.release()
        }
        #expect(end == .polled(readable: 1, unreadable: 0))
        #expect(rig.eventLog.count("report stage_failed") == 1)
        #expect(rig.eventLog.count("call retry") == 1)
    }
}
