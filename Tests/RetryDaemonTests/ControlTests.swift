import AttemptLedger
import RetryCore
import RetryDaemon
import Systemd
import Testing
import RetryTestSupport

@Suite(.timeLimit(.minutes(1)))
struct ControlTests {
    private static let everything = Pause(
        scope: PauseScope(),
        reason: "a migration",
        uid: 1000,
        until: nil
    )

    @Test
    func `a pause is in the ledger before the client gets the answer`() async {
        let rig = Rig(script: .quiet)
        _ = await rig.run { rig in
            let verdict = await rig.ask(otherwise: .stopping) { .pause(Self.everything, $0) }
            #expect(verdict == .stored)
            #expect(rig.ledger.pauses == [Self.everything])
            let lifted = await rig.ask(otherwise: .stopping) {
                .resume(PauseScope(), uid: 1000, $0)
            }
            #expect(lifted == .stored)
            #expect(rig.ledger.pauses.isEmpty)
            rig.send(.stop("SIGTERM"))
        }
        #expect(rig.eventLog.contains("report paused"))
        #expect(rig.eventLog.contains("report resumed"))
    }

    @Test
    func `a pause that a restart would lose is marked, and stored when the disk recovers`()
        async
    {
        let rig = Rig(script: .quiet)
        rig.store.memory.fail(with: .readOnly)
        _ = await rig.run { rig in
            let verdict = await rig.ask(otherwise: .stopping) { .pause(Self.everything, $0) }
            #expect(verdict == .volatile)
            await rig.eventLog.wait(for: "report target_degraded")
            rig.store.memory.fail(with: nil)
            await rig.pass(.seconds(10), until: "report target_recovered")
            rig.send(.stop("SIGTERM"))
        }
        #expect(rig.ledger.pauses == [Self.everything])
    }

    private static let long = String(repeating: "x", count: 1025)

    @Test(arguments: [
        (
            PauseScope(target: "prdo"),
            "the configuration has no target prdo (did you mean prod?); nothing was paused"
        ),
        (
            PauseScope(pipeline: "wbe"),
            "there is no pipeline wbe (did you mean web?); nothing was paused"
        ),
        (
            PauseScope(target: "prod", pipeline: "web", stage: "deploy"),
            "there is no stage deploy (did you mean Deploy?); nothing was paused"
        ),
        (
            PauseScope(pipeline: "something-else"),
            "there is no pipeline something-else (known: web); nothing was paused"
        ),
        (
            PauseScope(pipeline: .init(long)),
            "the pipeline's name is not possible: expected 1 to 100 of A-Z a-z 0-9 . @ - _; "
                + "nothing was paused"
        ),
        (
            PauseScope(stage: "Deploy\0"),
            "the stage's name is not possible: expected 1 to 100 of A-Z a-z 0-9 . @ - _; "
                + "nothing was paused"
        ),
    ])
    func `a pause of a missing name is refused with a suggestion`(
        _ row: (PauseScope, String)
    ) async {
        let rig = Rig()
        _ = await rig.run { rig in
            await rig.eventLog.wait(for: "report retry_scheduled")
            var pause = Self.everything
            pause.scope = row.0
            let verdict = await rig.ask(otherwise: .stopping) { [pause] in .pause(pause, $0) }
            #expect(verdict == .refused(row.1))
            let lifted = await rig.ask(otherwise: .stopping) {
                .resume(row.0, uid: 0, $0)
            }
            let text = row.1.replacing("nothing was paused", with: "nothing was resumed")
            #expect(lifted == .refused(text))
            rig.send(.stop("SIGTERM"))
        }
        #expect(!rig.eventLog.contains("report paused"))
    }

    @Test
    func `a resume that lifts nothing lists what is paused`() async {
        let rig = Rig()
        _ = await rig.run { rig in
            await rig.eventLog.wait(for: "report retry_scheduled")
            let none = await rig.ask(otherwise: .stopping) { .resume(PauseScope(), uid: 0, $0) }
            #expect(none == .nothing("nothing was paused"))
            var pause = Self.everything
            pause.scope = PauseScope(pipeline: "web")
            let put = await rig.ask(otherwise: .stopping) { [pause] in
                .pause(pause, for: .seconds(60), $0)
            }
            #expect(put == .stored)
            let other = await rig.ask(otherwise: .stopping) {
                .resume(PauseScope(target: "prod"), uid: 0, $0)
            }
            let text = "no pause has exactly this scope (target prod); paused: pipeline web"
            #expect(other == .nothing(text))
            rig.send(.stop("SIGTERM"))
        }
        #expect(rig.ledger.pauses.count == 1)
    }

    private static let questions = [
        ControlQuestion.reload, .status,
        .pause(PauseScope(), reason: "why", for: nil),
        .pause(
            PauseScope(target: "t", pipeline: "p", stage: "s"),
            reason: "\"quoted\"\nlines",
            for: .seconds(7200)
        ),
        .resume(PauseScope(pipeline: "p")),
        .importHistory(ImportRequest(scope: PauseScope(target: "t"), since: .seconds(60))),
        .importProgress,
        .history(
            HistoryRequest(scope: PauseScope(stage: "s"), since: .seconds(60), ends: [.failed])
        ),
        .attempts(AttemptRequest(scope: PauseScope(pipeline: "p"), since: ManualClock.start)),
        .sums(SumRequest(since: -1)),
    ]

    @Test func `every command has a request that is tried`() {
        #expect(Set(Self.questions.map(\.command)) == Set(ControlQuestion.Command.allCases))
    }

    @Test(arguments: questions)
    func `a request survives the wire`(_ question: ControlQuestion) {
        #expect(ControlQuestion(bytes: question.bytes) == question)
    }

    @Test(arguments: [
        "", "null", "{}", #"{"command":"dance"}"#, #"{"command":"pause"}"#,
        #"{"command":"pause","reason":""}"#, #"{"command":"pause","reason":"x","for_seconds":0}"#,
    ])
    func `an invalid request is refused`(_ text: String) {
        #expect(ControlQuestion(bytes: Array(text.utf8)) == nil)
    }

    @Test
    func `the status survives the wire and prints every part`() async throws {
        let rig = Rig()
        let source = TriggerSource(sink: LoggingSink(eventLog: rig.eventLog))
        let answer = EventLog()
        _ = await rig.run { rig in
            await rig.eventLog.wait(for: "report retry_scheduled")
            _ = await rig.ask(otherwise: .stopping) { .pause(Self.everything, $0) }
            let status = await rig.ask(otherwise: .stopping) { .status($0) }
            if let document = StatusDocument(status) {
                answer.note("calls: \(document.calls > 0)")
                let bytes = ControlAnswer(.done, status: document).bytes
                let text = ControlAnswer(bytes: bytes)?.status?.text ?? ""
                for line in text.split(separator: "\n") { answer.note(String(line)) }
            }
            rig.send(.stop("SIGTERM"))
        }
        await source.close()
        #expect(answer.contains("calls: true"))
        #expect(answer.contains("  prod (eu-west-1): 1 pipeline"))
        #expect(answer.contains("  prod/web/Deploy e-1: "))
        #expect(answer.contains("  everything: a migration (uid 1000, until resumed)"))
    }

    @Test
    func `the status names waiting, finally failed and unwatchable stages`() throws {
        let key = { (pipeline: PipelineName) in
            EpisodeKey(
                pipeline: PipelineKey(target: "prod", pipeline: pipeline),
                stage: "Deploy",
                execution: "e-1"
            )
        }
        let engine = EngineStatus(
            targets: [
                TargetStatus(
                    name: "prod",
                    region: "eu-west-1",
                    pipelines: 30,
                    lost: (10..<32).map { PipelineName("old-\($0)") },
                    degradation: nil,
                    rate: 5
                )
            ],
            episodes: [
                EpisodeStatus(
                    key: key("api"),
                    phase: .deferred,
                    retries: 1,
                    limit: 3,
                    rule: "queue full",
                    due: nil,
                    reason: .accessDenied
                ),
                EpisodeStatus(
                    key: key("web"),
                    phase: .gathering,
                    retries: 0,
                    limit: nil,
                    rule: nil,
                    due: nil,
                    reason: nil
                ),
            ],
            ended: [
                EndedStatus(key: key("old"), outcome: nil, reason: nil),
                EndedStatus(key: key("shop"), outcome: .exhausted, reason: .ruleExhausted),
            ],
            pauses: [Pause(scope: PauseScope(), reason: "freeze", uid: 0, until: nil)],
            callsInFlight: 0,
            ledgerError: nil
        )
        let answer = StatusAnswer(
            engine: engine,
            path: "c.yaml",
            loadedAt: nil,
            refused: [],
            isDryRun: true,
            calls: 310
        )
        let document = try #require(StatusDocument(answer))
        #expect(
            document.text.hasPrefix(
                "dry run: watching 30 pipelines in 1 target; 1 deferred (access_denied); "
                    + "2 failed and not retried; everything is paused\n"
                    + "config c.yaml, loaded never; 310 calls to AWS since the start\n"
            )
        )
        for line in [
            "  prod (eu-west-1): 30 pipelines, 22 cannot be watched: old-10, ",
            "old-29 and 2 more\n",
            "  prod/api/Deploy e-1: deferred (access_denied), 1 of 3 retries made, "
                + "rule queue full; no permission to retry the stage\n",
            "  prod/web/Deploy e-1: gathering, 0 retries made\n",
            "failed, no longer retried\n"
                + "  prod/old/Deploy e-1: ended before the daemon last started; "
                + "see the journal for the reason\n"
                + "  prod/shop/Deploy e-1: exhausted (rule_exhausted): "
                + "the rule's retry limit has been reached\n",
        ] {
            #expect(document.text.contains(line), "\(line) in \(document.text)")
        }
    }

    @Test
    func `a client of a stopping daemon is told so`() async {
        let eventLog = EventLog()
        let source = TriggerSource(sink: LoggingSink(eventLog: eventLog))
        await source.close()
        let peer = PeerCredentials(processID: 1, userID: 0, groupID: 0)
        let request = ControlRequest(bytes: ControlQuestion.reload.bytes, peer: peer)
        let answer = ControlAnswer(bytes: await source.answer(request))
        #expect(answer?.outcome == .stopping)
        #expect(eventLog.contains("note info reload requested by process 1 of user 0"))
    }

    @Test
    func `an unknown request gets an answer`() async {
        let source = TriggerSource(sink: LoggingSink(eventLog: EventLog()))
        let peer = PeerCredentials(processID: 1, userID: 0, groupID: 0)
        let answer = await source.answer(ControlRequest(bytes: [1, 2], peer: peer))
        #expect(ControlAnswer(bytes: answer)?.outcome == .invalid)
    }
}
