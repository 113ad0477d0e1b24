import AttemptLedger
import RetryCore
import RetryDaemon
import Synchronization
import Testing
import RetryTestSupport

@Suite(.timeLimit(.minutes(1)))
struct StopTests {
    @Test
    func `without a retry under way a stop waits for nothing`() async {
        var script = ServiceDouble.Script.quiet
        script.pollGate = Gate()
        let rig = Rig(script: script)
        let end = await rig.run { rig in
            await rig.eventLog.wait(for: "call state")
            rig.send(.stop("SIGTERM"))
        }
        #expect(end == .stopped)
        #expect(rig.eventLog.contains("manager STOPPING=1"))
        #expect(!rig.eventLog.lines.contains { $0.contains("EXTEND_TIMEOUT") })
    }

    @Test
    func `a stop waits for the answer to a retry and keeps it`() async {
        let gate = Gate()
        let rig = Rig()
        rig.services["prod"]?.script.withLock { $0.retryGate = gate }
        _ = await rig.run { rig in
            await rig.eventLog.wait(for: "report retry_scheduled")
            await rig.pass(.seconds(2), until: "call retry")
            rig.send(.stop("SIGTERM"))
            await rig.eventLog.wait(for: "manager EXTEND_TIMEOUT_USEC=30000000")
            gate.open()
        }
        #expect(rig.eventLog.contains("report retry_accepted"))
        #expect(rig.ledger.intents.map(\.state) == [.accepted])
    }

    @Test
    func `a stop gives up on an answer after twenty seconds, and the intent stays open`() async {
        let rig = Rig()
        rig.services["prod"]?.script.withLock { $0.retryGate = Gate() }
        let end = await rig.run { rig in
            await rig.eventLog.wait(for: "report retry_scheduled")
            await rig.pass(.seconds(2), until: "call retry")
            rig.send(.stop("SIGTERM"))
            await rig.eventLog.wait(for: "manager EXTEND_TIMEOUT_USEC")
            rig.clock.advance(by: .seconds(20))
        }
        #expect(end == .stopped)
        #expect(rig.ledger.intents.map(\.state) == [.open])
    }

    @Test
    func `a second signal waits for nothing`() async {
        let rig = Rig()
        rig.services["prod"]?.script.withLock { $0.retryGate = Gate() }
        let end = await rig.run { rig in
            await rig.eventLog.wait(for: "report retry_scheduled")
            await rig.pass(.seconds(2), until: "call retry")
            rig.send(.stop("SIGTERM"))
            await rig.eventLog.wait(for: "manager EXTEND_TIMEOUT_USEC")
            rig.send(.stop("SIGINT"))
        }
        #expect(end == .stopped)
        #expect(rig.eventLog.count("report stopping") == 1)
    }

    @Test
    func `a durable intent whose call was not made does not count`() async {
        let rig = Rig(holdsIntents: true)
        _ = await rig.run { rig in
            await rig.eventLog.wait(for: "report retry_scheduled")
            await rig.pass(.seconds(2), until: "store record 1")
            rig.send(.stop("SIGTERM"))
            await rig.eventLog.wait(for: "manager STOPPING=1")
            rig.store.release()
        }
        #expect(!rig.eventLog.contains("call retry"))
        #expect(rig.ledger.intents.map(\.state) == [.notExecuted])
    }

    @Test
    func `a durable intent that waits for its turn does not count`() async {
        var rig = Rig()
        rig.loaded.configuration.poll.maxRate = 1
        _ = await rig.run { rig in
            // A call a second.
            await rig.eventLog.wait(for: "call state")
            await rig.pass(.seconds(1), until: "call definition")
            await rig.pass(.seconds(1), until: "call actions")
            await rig.eventLog.wait(for: "report retry_scheduled")
            await rig.pass(.seconds(1), until: "call state")
            await rig.eventLog.wait(for: "store durable 1")
            rig.send(.stop("SIGTERM"))
        }
        #expect(!rig.eventLog.contains("call retry"))
        #expect(rig.ledger.intents.map(\.state) == [.notExecuted])
    }

    @Test
    func `a request to a stopping daemon gets an answer`() async {
        let rig = Rig(script: .quiet)
        _ = await rig.run { rig in
            await rig.eventLog.wait(for: "manager READY=1")
            rig.send(.stop("SIGTERM"))
            await rig.eventLog.wait(for: "manager STOPPING=1")
        }
        rig.source.continuation.finish()
        let answer = await withCheckedContinuation { waiter in
            _ = Reply(otherwise: ReloadVerdict.stopping) { waiter.resume(returning: $0) }
        }
        #expect(answer == .stopping)
    }
}
