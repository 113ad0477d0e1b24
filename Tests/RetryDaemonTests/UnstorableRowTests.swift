import AttemptLedger
import RetryCore
import RetryDaemon
import Testing

@Suite(.timeLimit(.minutes(1)))
struct UnstorableRowTests {
    @Test(arguments: ["a\nb", "a\0b"])
    func `a row that the ledger cannot store is reported once, and no retry is sent for it`(
        _ id: String
    ) async {
        let rig = Rig(script: .failedStage(action: ActionExecutionID(id)))
        _ = await rig.run { rig in
            await rig.eventLog.wait(for: "report retry_scheduled")
            await rig.pass(.seconds(2), until: "report stage_not_retried")
            await rig.pass(.seconds(600), until: "call state prod/web")
            rig.send(.stop("SIGTERM"))
        }
        #expect(!rig.eventLog.contains("call retry"))
        #expect(rig.eventLog.count("note err ledger: an action execution's id") == 1)
        #expect(rig.eventLog.count("store apply") <= 3)
        #expect(rig.eventLog.count("report target_degraded") == 0)
        #expect(rig.eventLog.count("report target_recovered") == 0)
    }

    @Test
    func `a pause that the ledger cannot store is refused and not set`() async {
        let rig = Rig(script: .quiet)
        let pause = Pause(
            scope: PauseScope(pipeline: PipelineName(String(repeating: "x", count: 2000))),
            reason: "why",
            uid: 1000,
            until: nil
        )
        _ = await rig.run { rig in
            let verdict = await rig.ask(otherwise: .stopping) { .pause(pause, $0) }
            #expect(verdict != .stored && verdict != .volatile)
            let again = await rig.ask(otherwise: .stopping) {
                .resume(pause.scope, uid: 1000, $0)
            }
            #expect(again != .stored && again != .volatile)
            rig.send(.stop("SIGTERM"))
        }
        #expect(!rig.eventLog.contains("report paused"))
        #expect(!rig.eventLog.contains("note err"))
        #expect(!rig.eventLog.contains("report target_degraded"))
        #expect(rig.ledger.pauses.isEmpty)
    }
}
