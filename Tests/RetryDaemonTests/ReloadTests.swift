import RetryCore
import RetryDaemon
import RetryTestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct ReloadTests {
    @Test
    func `a valid file is applied atomically`() async {
        var rig = Rig(targets: ["prod", "test"], script: .quiet)
        rig.loads = [.valid(.of(targets: ["prod", "test"], interval: .seconds(60)))]
        _ = await rig.run { rig in
            await rig.eventLog.wait(for: "manager READY=1")
            let verdict = await rig.ask(otherwise: .stopping) { .reload($0) }
            #expect(verdict == .applied(changes: ["something: old -> new"], warnings: []))
            await rig.eventLog.wait(for: "manager READY=1")
            rig.send(.stop("SIGTERM"))
        }
        let lines = rig.eventLog
        #expect(
            lines.index(of: "manager RELOADING=1 MONOTONIC_USEC=")
                < lines.index(of: "report config_loaded")
        )
        #expect(lines.count("manager READY=1") == 2)
        #expect(lines.count("connect") == 2, "equal connections stay")
    }

    @Test
    func `only the changed connection is recreated`() async {
        var rig = Rig(targets: ["prod", "test"], script: .quiet)
        var changed = LoadedConfiguration<Int>.of(targets: ["prod", "test"])
        changed.connections["test"] = 2
        rig.loads = [.valid(changed)]
        _ = await rig.run { rig in
            await rig.eventLog.wait(for: "call state test/web")
            _ = await rig.ask(otherwise: .stopping) { .reload($0) }
            await rig.eventLog.wait(for: "close test 1")
            rig.send(.stop("SIGTERM"))
        }
        #expect(rig.eventLog.contains("connect test 2"))
        #expect(!rig.eventLog.contains("close prod"))
    }

    @Test
    func `a changed connection ends with its last call`() async {
        let gate = Gate()
        var script = ServiceDouble.Script.quiet
        script.pollGate = gate
        var rig = Rig(script: script)
        rig.loads = [.valid(.of(targets: ["prod"], version: 2))]
        _ = await rig.run { rig in
            await rig.eventLog.wait(for: "call state prod/web")
            _ = await rig.ask(otherwise: .stopping) { .reload($0) }
            #expect(!rig.eventLog.contains("close prod 1"))
            gate.open()
            await rig.eventLog.wait(for: "close prod 1")
            rig.send(.stop("SIGTERM"))
        }
    }

    @Test
    func `an invalid file changes nothing, and the status reports it until it is fixed`() async {
        var rig = Rig(script: .quiet)
        let errors = ["c.yaml:3:1: poll: is wrong", "c.yaml:4:1: budget: is wrong"]
        rig.loads = [.refused(path: "c.yaml", errors: errors), .valid(.of(targets: ["prod"]))]
        _ = await rig.run { rig in
            await rig.eventLog.wait(for: "manager READY=1")
            let verdict = await rig.ask(otherwise: .stopping) { .reload($0) }
            #expect(verdict == .refused(errors: errors))
            await rig.eventLog.wait(for: "manager READY=1 STATUS=config on disk REJECTED at")
            let status = await rig.ask(otherwise: .stopping) { .status($0) }
            #expect(status.refused == errors)
            #expect(status.engine?.targets.count == 1)
            _ = await rig.ask(otherwise: .stopping) { .reload($0) }
            let mended = await rig.ask(otherwise: .stopping) { .status($0) }
            #expect(mended.refused.isEmpty)
            rig.send(.stop("SIGTERM"))
        }
        #expect(rig.eventLog.count("report config_rejected") == 1)
        #expect(rig.eventLog.count("manager RELOADING=1") == 2)
        #expect(rig.eventLog.count("manager READY=1") == 3)
    }

    /// Any local user reads STATUS=, while the config file is for its group only.
    @Test
    func `the status line names the position of an error and quotes nothing of the file`() async {
        var rig = Rig(script: .quiet)
        let errors = [
            "c.yaml:3:1: aws.role_arn: is \"arn:aws:iam::1:role/hush\"", "c.yaml:9:2: x: is hush",
        ]
        rig.loads = [.refused(path: "c.yaml", errors: errors)]
        _ = await rig.run { rig in
            await rig.eventLog.wait(for: "manager READY=1")
            _ = await rig.ask(otherwise: .stopping) { .reload($0) }
            await rig.eventLog.wait(for: "manager READY=1 STATUS=config on disk REJECTED at")
            rig.send(.stop("SIGTERM"))
        }
        let lines = rig.eventLog.lines.filter { $0.hasPrefix("manager") }
        #expect(lines.contains { $0.contains("(c.yaml:3 and 1 more error)") }, "\(lines)")
        #expect(!lines.contains { $0.contains("hush") || $0.contains("role_arn") })
    }

    @Test
    func `the ledger keeps the intents that a reloaded budget counts`() async {
        let days = Duration.seconds(60 * 86_400)
        var rig = Rig(script: .quiet)
        var longer = LoadedConfiguration<Int>.of(targets: ["prod"])
        longer.configuration.budget = Budget(retries: 20, per: days)
        rig.loads = [.valid(longer)]
        _ = await rig.run { rig in
            await rig.eventLog.wait(for: "manager READY=1")
            _ = await rig.ask(otherwise: .stopping) { .reload($0) }
            rig.send(.stop("SIGTERM"))
        }
        #expect(rig.store.memory.budgetMemory == days)
    }

    @Test
    func `a dry run stays one after a reload`() async {
        var rig = Rig()
        rig.options.isDryRun = true
        rig.loads = [.valid(.of(targets: ["prod"], interval: .seconds(60)))]
        _ = await rig.run { rig in
            await rig.eventLog.wait(for: "report would_retry")
            _ = await rig.ask(otherwise: .stopping) { .reload($0) }
            let status = await rig.ask(otherwise: .stopping) { .status($0) }
            #expect(status.isDryRun)
            await rig.pass(.seconds(60), until: "call state prod/web")
            rig.send(.stop("SIGTERM"))
        }
        #expect(!rig.eventLog.contains("store record"))
    }
}
