import Primitives
import RetryCore
import RetryDaemon
import Settings
import Testing
import RetryTestSupport

@Suite
struct ExplainTests {
    private static let state = """
        {"pipelineName":"web","pipelineVersion":1,"stageStates":[
        {"stageName":"Source","latestExecution":{"pipelineExecutionId":"e-1","status":"Succeeded"}},
        {"stageName":"Deploy","latestExecution":{"pipelineExecutionId":"e-1","status":"Failed"},
        "actionStates":[{"actionName":"Ship","latestExecution":{"actionExecutionId":"a-1",
        "status":"Failed","lastStatusChange":"2026-11-23T01:00:00Z",
        "errorDetails":{"code":"JobFailed",
        "message":"Cannot have more than 1 builds in queue"}}}]}]}
        """
    private static let definition = """
        {"pipeline":{"name":"web","version":1,"stages":[{"name":"Deploy","actions":[
        {"name":"Ship","actionTypeId":{"category":"Deploy","provider":"CodeDeploy"}}]}]}}
        """
    private static let executions = """
        {"actionExecutionDetails":[{"pipelineExecutionId":"e-1","actionExecutionId":"a-1",
        "pipelineVersion":1,"stageName":"Deploy","actionName":"Ship","status":"Failed",
        "lastUpdateTime":"2026-11-23T01:00:00Z","input":{"actionTypeId":{"category":"Deploy",
        "provider":"CodeDeploy"}},"output":{"executionResult":{"errorDetails":{"code":"JobFailed",
        "message":"Cannot have more than 1 builds in queue"}}}}]}
        """
    private static let config = """
        aws: { region: eu-west-1 }
        policies:
          default:
            backoff: { kind: fixed, initial: 30s, jitter: none }
            rules:
              - { name: queue full, when: { matches: 'more than [0-9]+ builds' } }
        pipelines: [{ name: web }, { match: "svc-*" }]
        """

    private func explainer() throws -> Explainer {
        let environment = SettingsEnvironment(now: ManualClock.start)
        let settings = try SettingsFile.load(
            Array(Self.config.utf8),
            path: "c.yaml",
            environment: environment
        ).get()
        return Explainer(settings.configuration, patterns: PatternMatcher())
    }

    private func question(_ pipeline: PipelineName = "web") -> ExplainQuestion {
        ExplainQuestion(
            pipeline: pipeline,
            stage: nil,
            target: nil,
            retries: nil,
            at: ManualClock.start + .seconds(10),
            seed: 1
        )
    }

    private func facts(
        definition: String? = ExplainTests.definition,
        executions: String? = ExplainTests.executions
    ) throws -> ExplainFacts {
        try ExplainFacts(
            of: question(),
            state: ("state.json", Array(Self.state.utf8)),
            definition: definition.map { ("definition.json", Array($0.utf8)) },
            executions: executions.map { ("executions.json", Array($0.utf8)) }
        )
    }

    @Test
    func `a failure that a rule matches is retried after its wait`() throws {
        let explanation = try explainer().explain(question(), try facts())
        #expect(explanation.word == "retry")
        #expect(explanation.plan?.rule == "queue full")
        #expect(explanation.due == ManualClock.start + .seconds(30))
        let text = explanation.text
        #expect(text.hasPrefix("pipeline web, stage Deploy, execution e-1, policy default\n"))
        #expect(text.contains("\n  Ship: rule \"queue full\" matches\n"))
        #expect(
            text.contains("\nverdict: retry 1 of 3, FAILED_ACTIONS by rule \"queue full\", due ")
        )
    }

    @Test
    func `the JSON has every member, null where it does not apply`() throws {
        let json = try explainer().explain(question(), try facts()).json
        for member in [
            #""pipeline" : "web""#, #""stage" : "Deploy""#, #""execution_id" : "e-1""#,
            #""verdict" : "retry""#, #""reason" : null"#, #""rule" : "queue full""#,
            #""mode" : "FAILED_ACTIONS""#, #""retry" : 1"#,
            #""due" : "2026-11-23T01:00:30.000Z""#, #""guards" : ["#, #""rules" : ["#,
            #""brakes" : ["#,
        ] {
            #expect(json.contains(member), "\(member)")
        }
    }

    @Test
    func `documents that are not given count as not readable`() throws {
        let explanation = try explainer().explain(
            question(),
            try facts(definition: nil, executions: nil)
        )
        #expect(explanation.word == "defer")
        #expect(explanation.reason == .definitionUnavailable)
    }

    @Test
    func `without the definition nothing is retried`() throws {
        let explanation = try explainer().explain(question(), try facts(definition: nil))
        #expect(explanation.word == "defer")
        #expect(explanation.reason == .definitionUnavailable)
    }

    @Test
    func `the history of other executions is no history of the failure`() throws {
        let other = Self.executions.replacing("e-1", with: "e-0")
        let problem = #expect(throws: ExplainError.self) { try facts(executions: other) }
        #expect(
            problem?.message
                == "executions.json: has no row of execution e-1, in which stage Deploy failed; "
                + "its 1 rows are of other executions; run: aws codepipeline "
                + "list-action-executions --pipeline-name web --filter pipelineExecutionId=e-1 "
                + "--output json"
        )
    }

    @Test
    func `retries already made are counted`() throws {
        var asked = question()
        asked.retries = 3
        let explanation = try explainer().explain(asked, try facts())
        #expect(explanation.word == "exhausted")
    }

    @Test
    func `a pipeline that no entry matches is not retried`() throws {
        let explanation = try explainer().explain(question("api"), try facts())
        #expect(explanation.word == "leave")
        #expect(explanation.reason == .notWatched)
    }

    @Test
    func `an entry with a glob takes matching pipelines`() throws {
        let entry = try explainer().entry(for: question("svc-a"))
        #expect(entry?.target.name == "default")
    }

    @Test
    func `a stage that is not failed has no verdict`() throws {
        var asked = question()
        asked.stage = "Source"
        let explanation = try explainer().explain(asked, try facts())
        #expect(explanation.word == "none")
        #expect(
            explanation.text == """
                pipeline web, stage Source, execution e-1

                verdict: none: stage Source has not failed

                """
        )
    }

    private func status(
        episodes: [EpisodeStatus] = [],
        ended: [EndedStatus] = [],
        pauses: [Pause] = []
    ) -> StatusDocument? {
        StatusDocument(
            StatusAnswer(
                engine: EngineStatus(
                    targets: [],
                    episodes: episodes,
                    ended: ended,
                    pauses: pauses,
                    callsInFlight: 0,
                    ledgerError: nil
                ),
                path: "c.yaml",
                loadedAt: nil,
                refused: [],
                isDryRun: false
            )
        )
    }

    private static let key = EpisodeKey(
        pipeline: PipelineKey(target: "default", pipeline: "web"),
        stage: "Deploy",
        execution: "e-1"
    )

    @Test
    func `holds by command in the daemon apply here too`() throws {
        for (scope, isHeld): (PauseScope, Bool) in [
            (PauseScope(), true), (PauseScope(pipeline: "web"), true),
            (PauseScope(target: "default", pipeline: "web", stage: "Deploy"), true),
            (PauseScope(pipeline: "api"), false), (PauseScope(stage: "Build"), false),
        ] {
            var known = try facts()
            known.daemon = status(pauses: [
                Pause(scope: scope, reason: "release night", uid: 7, until: nil)
            ])
            let explanation = try explainer().explain(question(), known)
            #expect(explanation.word == (isHeld ? "defer" : "retry"), "\(scope)")
            let note =
                "note: paused in the daemon: \(scope): release night (uid 7, until resumed)\n"
            #expect(explanation.text.contains(note) == isHeld, "\(explanation.text)")
        }
    }

    @Test
    func `a failure that the daemon still tracks was not too old when first seen`() throws {
        var late = question()
        late.at = late.at + .seconds(3 * 3600)
        #expect(try explainer().explain(late, try facts()).reason == .tooOld)
        var known = try facts()
        known.daemon = status(episodes: [
            EpisodeStatus(
                key: Self.key,
                phase: .deferred,
                retries: 0,
                limit: nil,
                rule: nil,
                due: nil,
                reason: .windowClosed
            )
        ])
        let explanation = try explainer().explain(late, known)
        #expect(explanation.reason != .tooOld)
        #expect(
            explanation.text.contains(
                "note: the daemon reports it as deferred (window_closed), 0 retries made; "
                    + "outside the retry windows\n"
            )
        )
    }

    @Test
    func `an episode that the daemon has ended or never saw is noted`() throws {
        var known = try facts()
        known.daemon = status(ended: [
            EndedStatus(key: Self.key, outcome: .notRetried, reason: .ruleNever)
        ])
        #expect(
            try explainer().explain(question(), known).notes
                == ["the daemon has ended it: not_retried (rule_never): a rule rules out retries"]
        )
        known.daemon = status()
        #expect(
            try explainer().explain(question(), known).notes
                == ["the daemon has no open episode for this failure"]
        )
    }

    @Test
    func `a verdict has its reason in words too`() throws {
        let explanation = try explainer().explain(question("api"), try facts())
        let start = "\nverdict: not retried (not_watched): no entry of the config"
        #expect(explanation.text.contains(start))
        let denied = try explainer().explain(
            question(),
            try facts(definition: nil, executions: nil)
        )
        #expect(
            denied.text.contains(
                " at the latest: its definition or history cannot be read\n"
            ),
            "\(denied.text)"
        )
        var asked = question()
        asked.retries = 3
        let spent = try explainer().explain(asked, try facts()).text
        #expect(
            spent.hasSuffix("verdict: exhausted (exhausted): the retry limit has been reached\n"),
            "\(spent)"
        )
    }

    @Test(arguments: ["", "null", "[]", "{}", "{\"stageStates\":3}"])
    func `an invalid state is unreadable input`(_ text: String) {
        #expect(throws: ExplainError.self) {
            try ExplainFacts(
                of: question(),
                state: ("state.json", Array(text.utf8)),
                definition: nil,
                executions: nil
            )
        }
    }
}
