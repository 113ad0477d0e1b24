import AttemptLedger
import RetryCore
import RetryDaemon
import Synchronization
import Testing
import RetryTestSupport

@Suite(.timeLimit(.minutes(1)))
struct LoopTests {
    @Test
    func `an intent is durable before its call is made`() async {
        let rig = Rig()
        _ = await rig.run { rig in
            await rig.eventLog.wait(for: "report retry_scheduled")
            await rig.pass(.seconds(2), until: "report retry_accepted")
            rig.send(.stop("SIGTERM"))
        }
        let lines = rig.eventLog
        #expect(lines.index(of: "store durable 1") < lines.index(of: "report retry_sent"))
        #expect(lines.index(of: "report retry_sent") < lines.index(of: "call retry"))
        #expect(lines.index(of: "call retry") < lines.index(of: "report retry_accepted"))
        #expect(rig.ledger.intents.map(\.state) == [.accepted])
    }

    @Test
    func `memory is released once the first polls are over`() async {
        let rig = Rig(script: .quiet)
        _ = await rig.run { rig in
            await rig.eventLog.wait(for: "call state")
            await rig.pass(.seconds(20), until: "call definition")
            #expect(!rig.eventLog.contains("memory given back"))
            await rig.pass(.seconds(21), until: "memory given back")
            rig.send(.stop("SIGTERM"))
        }
        #expect(rig.eventLog.count("memory given back") == 1)
    }

    @Test
    func `a ledger that is not writable holds every retry, and is retried by itself`() async {
        let rig = Rig()
        _ = await rig.run { rig in
            await rig.eventLog.wait(for: "report retry_scheduled")
            rig.store.memory.fail(with: .full)
            await rig.pass(.seconds(2), until: "report retry_deferred")
            #expect(!rig.eventLog.contains("call retry"))
            rig.store.memory.fail(with: nil)
            await rig.pass(.seconds(1), thenBy: .seconds(1), until: "call retry")
            rig.send(.stop("SIGTERM"))
        }
        #expect(rig.eventLog.count("report target_degraded") >= 1)
        #expect(rig.ledger.intents.count == 1)
    }

    @Test
    func `a lost answer is settled by reading the state, not by sending again`() async {
        let rig = Rig()
        rig.services["prod"]?.script.withLock { $0.retry = .unknown("connection lost") }
        _ = await rig.run { rig in
            await rig.eventLog.wait(for: "report retry_scheduled")
            await rig.pass(.seconds(2), until: "report retry_unknown")
            await rig.pass(.seconds(2), until: "call state prod/web")
            rig.send(.stop("SIGTERM"))
        }
        #expect(rig.eventLog.count("call retry") == 1)
        #expect(rig.ledger.intents.map(\.state) == [.unknown])
    }

    @Test
    func `a pipeline that cannot be read stops no other`() async {
        var rig = Rig()
        rig.loaded = .of(targets: ["prod"], pipelines: ["gone", "web"])
        _ = await rig.run { rig in
            await rig.eventLog.wait(for: "report pipeline_lost")
            await rig.eventLog.wait(for: "report retry_scheduled")
            rig.send(.stop("SIGTERM"))
        }
        #expect(rig.eventLog.contains("call state prod/gone"))
    }

    @Test
    func `a dry run reports what it would do and calls nothing`() async {
        var rig = Rig()
        rig.options.isDryRun = true
        _ = await rig.run { rig in
            await rig.eventLog.wait(for: "report would_retry")
            await rig.pass(.seconds(5), until: "call state prod/web")
            rig.send(.stop("SIGTERM"))
        }
        #expect(!rig.eventLog.contains("call retry"))
    }

    @Test
    func `the service manager is notified as ready after the first effects`() async {
        let rig = Rig(script: .quiet)
        _ = await rig.run { rig in
            await rig.eventLog.wait(for: "manager READY=1")
            rig.send(.stop("SIGTERM"))
        }
        #expect(rig.eventLog.lines.first == "connect prod 1")
        #expect(
            rig.eventLog.index(of: "report started") < rig.eventLog.index(of: "manager READY")
        )
    }

    @Test
    func `with --once every pipeline is polled and the run ends`() async {
        var rig = Rig(script: .quiet)
        rig.options.isOnce = true
        let end = await rig.run { _ in }
        #expect(end == .polled(readable: 1, unreadable: 0))
        #expect(Status(end) == .success)
    }

    @Test
    func `with --once nothing is reported about an interval that is not configured`() async {
        var rig = Rig(script: .quiet)
        rig.options.isOnce = true
        rig.loaded.configuration.poll.interval = .milliseconds(100)
        _ = await rig.run { _ in }
        #expect(!rig.eventLog.contains("report polling_slowed"))
    }

    @Test
    func `with --once a run that could read nothing reports so`() async {
        var rig = Rig(script: ServiceDouble.Script())
        rig.options.isOnce = true
        let end = await rig.run { _ in }
        #expect(end == .polled(readable: 0, unreadable: 1))
        #expect(Status(end) == .unavailable)
    }

    @Test
    func `with --once discovered pipelines are polled`() async {
        var script = ServiceDouble.Script.quiet
        script.names = ["web", "api"]
        var rig = Rig(script: script)
        rig.options.isOnce = true
        rig.loaded.configuration.targets[0].pipelines[0].selector = .match(Glob("w*"), except: [])
        let end = await rig.run { _ in }
        #expect(end == .polled(readable: 1, unreadable: 0))
        #expect(rig.eventLog.count("call state") == 1)
    }

    @Test
    func `with --once a list that cannot be read counts as unreadable`() async {
        var rig = Rig(script: .quiet)
        rig.services["prod"]?.script.withLock { $0.listFailure = .missing }
        rig.options.isOnce = true
        rig.loaded.configuration.targets[0].pipelines[0].selector = .match(Glob("w*"), except: [])
        let end = await rig.run { _ in }
        #expect(end == .polled(readable: 0, unreadable: 1))
    }

    @Test
    func `with --once a retry that is due is sent`() async {
        var rig = Rig()
        rig.options.isOnce = true
        rig.clock.advance(by: .seconds(60))
        let end = await rig.run { _ in }
        #expect(end == .polled(readable: 1, unreadable: 0))
        #expect(rig.eventLog.count("call retry") == 1)
    }

    @Test
    func `the watchdog is pinged while the loop runs`() async {
        var rig = Rig(script: .quiet)
        rig.watchdogTimeout = .seconds(10)
        _ = await rig.run { rig in
            for _ in 1...5 {
                await rig.eventLog.wait(for: "manager WATCHDOG=1")
                // The loop takes its heartbeat before this question, so time may go on after it.
                _ = await rig.ask(otherwise: .stopping) { .status($0) }
                rig.clock.advance(by: .seconds(5))
            }
            rig.send(.stop("SIGTERM"))
        }
        #expect(!rig.eventLog.lines.contains { $0.contains("WATCHDOG=trigger") })
    }
}
