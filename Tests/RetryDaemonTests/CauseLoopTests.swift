import RetryCore
import RetryDaemon
import Testing
import RetryTestSupport

/// The loop reads causes between the history and the decision.
@Suite(.timeLimit(.minutes(1)))
struct CauseLoopTests {
    /// A loop whose file asks for causes, and whose failed action can be asked about.
    private static func rig(report: CauseReport? = nil, gate: Gate? = nil) -> Rig {
        var script = ServiceDouble.Script.failedStage
        script.rows[0].run = ActionRun(externalID: "d-1")
        var rig = Rig(script: script)
        rig.loaded.configuration.causes = CauseSettings(timeout: .seconds(7), logLines: 9)
        rig.causes.report = report
        rig.causes.gate = gate
        return rig
    }

    @Test func `a cause is read before the retry is decided, by the file's settings`() async {
        let root = RootCause(provider: "CodeDeploy", line: "the agent was unreachable")
        let rig = Self.rig(report: CauseReport(cause: ActionCause(root)))
        _ = await rig.run { rig in
            await rig.eventLog.wait(for: "report retry_scheduled")
            rig.send(.stop("SIGTERM"))
        }
        let log = rig.eventLog
        #expect(log.lines.contains("call causes a-1, 9 lines, 7.0 seconds"))
        #expect(log.index(of: "causes return") < log.index(of: "report retry_scheduled"))
        #expect(log.count("call causes") == 1)
        #expect(!log.contains("report cause_unavailable"))
    }

    @Test func `a service that cannot be asked is reported, and the retry goes out`() async {
        let failure = CauseFailure(service: "codedeploy", kind: .denied)
        let rig = Self.rig(report: CauseReport(failures: [failure]))
        _ = await rig.run { rig in
            await rig.eventLog.wait(for: "report cause_unavailable")
            await rig.eventLog.wait(for: "report retry_scheduled")
            await rig.pass(.seconds(2), until: "call retry")
            rig.send(.stop("SIGTERM"))
        }
        #expect(rig.eventLog.count("report cause_unavailable") == 1)
    }

    @Test func `a service that does not answer delays the decision by the time-out`() async {
        let rig = Self.rig(gate: Gate())
        _ = await rig.run { rig in
            await rig.eventLog.wait(for: "call causes")
            #expect(!rig.eventLog.contains("report retry_scheduled"))
            await rig.pass(.seconds(7), until: "report retry_scheduled")
            rig.send(.stop("SIGTERM"))
        }
        #expect(rig.clock.time < .seconds(10))
    }

    @Test func `a stop does not wait for a cause`() async {
        let rig = Self.rig(gate: Gate())
        let end = await rig.run { rig in
            await rig.eventLog.wait(for: "call causes")
            rig.send(.stop("SIGTERM"))
        }
        #expect(end == .stopped)
        #expect(!rig.eventLog.lines.contains { $0.contains("EXTEND_TIMEOUT") })
    }

    @Test func `a reload that reaches the target otherwise ends no reading`() async {
        let gate = Gate()
        var rig = Self.rig(gate: gate)
        var next = LoadedConfiguration<Int>.of(targets: ["prod"], version: 2)
        next.configuration.causes = rig.loaded.configuration.causes
        rig.loads = [.valid(next)]
        _ = await rig.run { rig in
            await rig.eventLog.wait(for: "call causes")
            rig.send(.reload(nil))
            await rig.eventLog.wait(for: "connect prod 2")
            #expect(!rig.eventLog.contains("close prod 1"))
            gate.open()
            await rig.eventLog.wait(for: "close prod 1")
            rig.send(.stop("SIGTERM"))
        }
    }

    @Test func `a file without causes asks nobody`() async {
        var rig = Self.rig()
        rig.loaded.configuration.causes = .off
        _ = await rig.run { rig in
            await rig.eventLog.wait(for: "report retry_scheduled")
            rig.send(.stop("SIGTERM"))
        }
        #expect(!rig.eventLog.contains("call causes"))
    }
}
