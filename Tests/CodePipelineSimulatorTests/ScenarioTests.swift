import CodePipelineSimulator
import RetryTestSupport
import Testing

@Suite struct `Scenario files` {
    static let key =
        "credentials: [{ access_key_id: AKID, secret_access_key: secret }]\n"

    /// A scenario whose pipeline `web` has the given text under its second stage.
    static func text(_ stage: String, _ rest: String = "") -> String {
        key + """
            pipelines:
              - name: web
                stages:
                  - name: Source
                    actions: [{ name: Fetch, category: Source }]
                  - name: Deploy
                    \(stage)
            \(rest)
            """
    }

    static func problems(_ text: String) -> [String] {
        do throws(ScenarioError) {
            _ = try ScenarioReader.read(text, file: "s.yaml")
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    @Test func `a scenario becomes a model`() throws {
        let scenario = try ScenarioReader.read(
            Self.text(
                "actions: [{ name: Ship, attempts: [fail, { result: succeed, after: 5s }] }]",
                """
                    starts: [0s, 1m]
                    events: [{ at: 10s, do: retry, stage: Deploy, mode: ALL_ACTIONS }]
                seed: 7
                """
            ),
            file: "s.yaml"
        )
        var model = scenario.makeModel(start: TraceReplay.origin)
        model.advance(to: TraceReplay.origin + .seconds(2))
        #expect(try model.state(of: "web").stages[1].latest?.status == .failed)
        model.advance(to: TraceReplay.origin + .seconds(15))
        #expect(try model.state(of: "web").stages[1].latest?.status == .succeeded)
        #expect(model.nextChange == TraceReplay.origin + .seconds(60))
    }

    /// The names of all kinds, as the error on an unknown one lists them.
    private static func kinds() throws -> [String] {
        let text = "faults: [{ kind: nothing }]"
        let problem = try #require(
            problems(Self.text("actions: [fail]", text)).first {
                $0.contains("kind")
            }
        )
        let list = try #require(problem.split(separator: "expected one of ").last)
        return list.split(separator: ", ").map(String.init)
    }

    @Test func `a fault of every kind is read, reported and documented by one name`() throws {
        let kinds = try Self.kinds()
        #expect(kinds.count > 10)
        let page = try ProjectRoot.text("config/scenarios/lifecycle.yaml")
        let words = Set(page.split { !$0.isLetter && !$0.isNumber && $0 != "_" })
        for kind in kinds {
            let more = kind == "latency" ? ", for: 1s" : kind == "error" ? ", code: X" : ""
            let scenario = try ScenarioReader.read(
                Self.text(
                    "actions: [{ name: Ship, attempts: [fail] }]",
                    "faults: [{ kind: \(kind)\(more) }]"
                ),
                file: "s.yaml"
            )
            // An error of the service is reported by its own code.
            #expect(scenario.faults.map(\.kind.name) == [kind == "error" ? "X" : kind])
            #expect(words.contains(Substring(kind)), "lifecycle.yaml does not describe \(kind)")
        }
    }

    @Test func `thousands of pipelines may start at the same moment`() throws {
        let scenario = try ScenarioReader.read(
            Self.text(
                "actions: [{ name: Ship, attempts: [{ result: fail, after: 1s }] }]",
                "    starts: [5s]\n    copies: 5000"
            ),
            file: "s.yaml"
        )
        var model = scenario.makeModel(start: TraceReplay.origin)
        model.advance(to: TraceReplay.origin + .seconds(60))
        let failed = try model.pipelineNames.filter { name in
            try model.state(of: name).stages[1].latest?.status == .failed
        }
        #expect(failed.count == 5000)
    }

    @Test func `speed shortens every duration`() throws {
        let scenario = try ScenarioReader.read(
            Self.text(
                "actions: [{ name: Ship, attempts: [{ result: fail, after: 40s }] }]",
                "    starts: [20s]"
            ),
            file: "s.yaml"
        )
        var model = scenario.makeModel(start: TraceReplay.origin, speed: 10)
        #expect(model.nextChange == TraceReplay.origin + .seconds(2))
        model.advance(to: TraceReplay.origin + .milliseconds(6100))
        let action = try model.state(of: "web").stages[1].actions[0].latest
        #expect(action?.updated == TraceReplay.origin + .milliseconds(6100))
        #expect(action?.status == .failed)
    }

    @Test func `delays are none, as recorded, or named one by one`() throws {
        func timing(_ line: String) throws -> ServiceModel.Timing {
            try ScenarioReader.read(Self.text("actions: [{ name: Ship }]", line), file: "s.yaml")
                .timing
        }
        #expect(try timing("") == ServiceModel.Timing())
        #expect(try timing("delays: recorded") == .recorded)
        let named = try timing("delays: { run_appears: [1s, 5s], history_lags: 2s }")
        #expect(named[.runAppears] == ServiceModel.Span(1000, 5000))
        #expect(named[.historyLags] == ServiceModel.Span(2000, 2000))
        #expect(named[.approvalSettles] == .none)
        let sticks = try timing("delays: { approval_sticks: 5s }").approvalSticks
        #expect(sticks == .seconds(5))
    }

    @Test func `speed shortens the delays too`() throws {
        let scenario = try ScenarioReader.read(
            Self.text(
                "actions: [{ name: Ship, attempts: [hang] }]",
                "    starts: [0s]\ndelays: { run_appears: 20s }"
            ),
            file: "s.yaml"
        )
        var model = scenario.makeModel(start: TraceReplay.origin, speed: 10)
        for (time, isShown) in [(1000, false), (2099, false), (2100, true)] as [(Int, Bool)] {
            model.advance(to: TraceReplay.origin + .milliseconds(time))
            let run = try model.state(of: "web").stages[1].actions[0].latest
            #expect((run != nil) == isShown, "\(time) ms")
        }
    }

    @Test func `failures outside of stages can be planned`() throws {
        let scenario = try ScenarioReader.read(
            Self.text(
                "actions: [{ name: Ship }]",
                """
                    events:
                      - { at: 1s, do: fail_execution, reason: no value }
                      - { at: 2s, do: fail_source, stage: Source, action: Fetch, message: gone }
                """
            ),
            file: "s.yaml"
        )
        var model = scenario.makeModel(start: TraceReplay.origin)
        model.advance(to: TraceReplay.origin + .seconds(3))
        let execution = try #require(try model.executions(of: "web").first)
        #expect(execution.status == .failed && execution.statusSummary == "no value")
        #expect(try model.actionRuns(of: "web").isEmpty)
        let source = try model.state(of: "web").stages[0]
        #expect(source.latest == nil)
        #expect(source.actions[0].pollingFailure?.code == "ConfigurationError")
        #expect(source.actions[0].pollingFailure?.message == "gone")
    }

    @Test func `all keys are read`() throws {
        let scenario = try ScenarioReader.read(
            """
            account: "999988887777"
            region: us-east-1
            start_time: 2026-11-23T01:02:03Z
            native_window: 500ms
            handover: 1s
            execution_limit: 3
            credentials:
              - { access_key_id: A, secret_access_key: B, session_token: C, expired: true }
            pipelines:
              - name: many
                copies: 3
                execution_mode: QUEUED
                stages:
                  - name: One
                    on_failure: SKIP
                    actions: [{ name: A, provider: Custom, owner: Custom, run_order: 2 }]
                  - name: Two
                    on_failure: { result: RETRY, retry_mode: ALL_ACTIONS }
                    before_entry: { result: SKIP, outcomes: [succeed, fail] }
                    on_success: { result: ROLLBACK, outcomes: [fail] }
                    failure_condition: { result: SKIP, outcomes: [fail, succeed] }
                    actions:
                      - name: B
                        category: Approval
                        timeout: 1h
                        configuration: { Key: value }
                        executions: [[approve], [{ result: reject, after: 1.5s, summary: no }]]
                        rollback: [succeed]
            faults:
              - { operation: RetryStageExecution, kind: throttle, calls: [2, 3] }
              - { kind: 503, every: 5, pipeline: many-1 }
              - { kind: latency, for: 2s, rate: 0.5 }
              - { kind: skewed_date, seconds: -700 }
              - { kind: error, code: ConflictException, message: busy }
            """,
            file: "s.yaml"
        )
        #expect(scenario.account == "999988887777")
        #expect(scenario.startTime == ModelTime(milliseconds: 1_795_395_723_000))
        #expect(scenario.timing.executionLimit == 3)
        #expect(scenario.timing.handover == .seconds(1))
        #expect(scenario.credentials[0].sessionToken == "C")
        #expect(scenario.credentials[0].isExpired)
        #expect(scenario.pipelines.map(\.definition.name) == ["many-1", "many-2", "many-3"])
        let definition = scenario.pipelines[0].definition
        #expect(definition.executionMode == .queued)
        #expect(definition.stages[0].onFailure == .skip)
        #expect(definition.stages[1].onFailure == .retry(.allActions))
        #expect(definition.stages[1].beforeEntry == .skip)
        #expect(definition.stages[1].onSuccess == .rollback)
        #expect(definition.stages[1].failureCondition == .skip)
        #expect(definition.stages[1].actions[0].provider == "Manual")
        #expect(definition.stages[1].actions[0].timeout == .seconds(3600))
        let script = scenario.pipelines[0].script
        let key = ServiceModel.ActionKey(stage: "Two", action: "B")
        #expect(
            script.actions[key]?.executions[1]
                == [Attempt(.reject, after: .milliseconds(1500), summary: "no")]
        )
        #expect(script.beforeEntry["Two"] == [true, false])
        #expect(script.onFailure["Two"] == [false, true])
        #expect(scenario.faults.map(\.kind.name).prefix(3) == ["throttle", "503", "latency"])
        #expect(scenario.faults[0].timing == .calls([2, 3]))
        #expect(scenario.faults[1].timing == .every(5))
        #expect(scenario.faults[2].timing == .rate(0.5))
        #expect(scenario.faults[3].kind == .skewedDate(-700))
    }

    @Test(arguments: [
        ("", "s.yaml:1: the file is empty"),
        ("a: [", "s.yaml:2: not YAML: did not find expected node content"),
        (key + "---\nseed: 1", "s.yaml:2: expected one document"),
        (key + "seed: !x 1", "s.yaml:2: a tag is not allowed"),
        (key + "seed: *x", "s.yaml:2: the alias *x names no anchor before it"),
        (key + "seed: 1\nseed: 2", "s.yaml:3: seed: the key is given twice"),
        (key + "seed: \"1\"", "s.yaml:2: seed: expected a whole number from 0"),
        (key + "seed: 0x", "s.yaml:2: seed: expected a whole number from 0"),
        ("pipelines: []", "s.yaml:1: credentials: at least one key"),
        (key + "pipeline: []", "s.yaml:2: pipeline: unknown key; expected account, region"),
        (key + "account: 12", "s.yaml:2: account: expected an account id of 12 digits"),
        (key + "start_time: soon", "s.yaml:2: start_time: expected a time in UTC"),
        (key + "pipelines: x", "s.yaml:2: pipelines: expected a list"),
        (key + "pipelines: [x]", "s.yaml:2: pipelines[0]: expected a mapping"),
        (key + "native_window: 5", "s.yaml:2: native_window: expected a duration"),
        (key + "delays: late", "s.yaml:2: delays: expected recorded, or a mapping of delays"),
        (key + "delays: { x: 1s }", "s.yaml:2: delays.x: unknown key; expected old_run_shows"),
        (
            key + "delays: { run_appears: [5s, 1s] }",
            "s.yaml:2: delays.run_appears: expected a duration, or the shortest and the longest"
        ),
        (key + "faults: [{ kind: boom }]", "s.yaml:2: faults[0].kind: expected one of throttle"),
        (key + "faults: [{ kind: latency }]", "s.yaml:2: faults[0]: the key 'for' is missing"),
        (
            key + "faults: [{ kind: throttle, operation: Get }]",
            "s.yaml:2: faults[0].operation: expected one of GetPipelineState"
        ),
        (
            key + "faults: [{ kind: throttle, rate: 2 }]",
            "s.yaml:2: faults[0].rate: expected a chance from 0 to 1"
        ),
        (
            key + "faults: [{ kind: throttle, calls: [0] }]",
            "s.yaml:2: faults[0].calls: expected a list of call numbers"
        ),
        (
            key + "faults: [{ kind: throttle, every: 1, rate: 0.1 }]",
            "s.yaml:2: faults[0]: only one of calls, every and rate"
        ),
    ])
    func `an error of the file is named with its line and key`(text: String, start: String) {
        let found = Self.problems(text)
        #expect(found.contains { $0.hasPrefix(start) }, "\(found)")
    }

    @Test(arguments: [
        ("actions: []", "8: pipelines[0].stages: Stage 'Deploy' has no actions"),
        (
            "actions: [{ name: A, attempts: [] }]",
            "8: pipelines[0].stages[1].actions[0].attempts: at least one attempt"
        ),
        (
            "actions: [{ name: A, attempts: [won] }]",
            "8: pipelines[0].stages[1].actions[0].attempts[0]: expected one of succeed, fail"
        ),
        (
            "actions: [{ name: A, attempts: [{ result: fail, after: 1 }] }]",
            "8: pipelines[0].stages[1].actions[0].attempts[0].after: expected a duration"
        ),
        (
            "actions: [{ name: A, category: Ship }]",
            "8: pipelines[0].stages[1].actions[0].category: expected one of Source, Build"
        ),
        (
            "actions: [{ name: A, attempts: [fail], executions: [[fail]] }]",
            "8: pipelines[0].stages[1].actions[0]: only one of attempts and executions"
        ),
        (
            "actions: [{ name: A, run_order: 0 }]",
            "8: pipelines[0].stages[1].actions[0].run_order: expected a whole number from 1"
        ),
    ])
    func `an error of a stage is named with its path`(stage: String, start: String) {
        let found = Self.problems(Self.text(stage))
        let line = start.drop { $0 != ":" }
        #expect(found.contains { $0.contains(String(line)) }, "\(found)")
    }

    @Test(arguments: [
        ("starts: [1]", "starts[0]: expected a duration"),
        ("execution_mode: FAST", "execution_mode: expected one of SUPERSEDED, QUEUED, PARALLEL"),
        ("pipeline_type: V3", "pipeline_type: expected V1 or V2"),
        ("{ execution_mode: QUEUED, pipeline_type: V1 }", "needs a pipeline of type V2"),
        ("events: [{ do: start }]", "events[0]: the key 'at' is missing"),
        ("events: [{ at: 1s, do: sing }]", "events[0].do: expected one of start, stop"),
        (
            "events: [{ at: 1s, do: retry, stage: X }]",
            "events[0].stage: the pipeline has no stage 'X'"
        ),
        (
            "events: [{ at: 1s, do: reject, stage: Deploy, action: X }]",
            "events[0].action: the stage has no action 'X'"
        ),
    ])
    func `an error of a pipeline is named`(line: String, what: String) {
        let lines =
            line.hasPrefix("{")
            ? "    execution_mode: QUEUED\n    pipeline_type: V1" : "    " + line
        let found = Self.problems(Self.text("actions: [{ name: Ship }]", lines))
        #expect(found.contains { $0.contains(what) }, "\(found)")
    }

    @Test func `a name may be used once`() {
        let pipeline =
            "{ name: web, stages: ["
            + "{ name: A, actions: [{ name: X }] }, { name: B, actions: [{ name: X }] }] }"
        let found = Self.problems(Self.key + "pipelines: [\(pipeline), \(pipeline)]")
        #expect(found == ["s.yaml:2: pipelines: the pipeline name 'web' is used twice"])
    }

    @Test(arguments: [
        (Fault.Timing.always, [1, 2, 3, 4]), (.calls([2, 4]), [2, 4]), (.every(3), [3]),
        (.rate(0), []), (.rate(1), [1, 2, 3, 4]),
    ])
    func `a fault applies to the calls it names`(timing: Fault.Timing, struck: [Int]) {
        var plan = FaultPlan(
            faults: [
                Fault(
                    operation: .getPipelineState,
                    pipeline: "web",
                    kind: .throttle,
                    timing: timing
                )
            ],
            seed: 1
        )
        var found: [Int] = []
        for call in 1...4 {
            _ = plan.next(operation: .getPipelineState, pipeline: "other")
            _ = plan.next(operation: .retryStageExecution, pipeline: "web")
            if plan.next(operation: .getPipelineState, pipeline: "web").kind != nil {
                found.append(call)
            }
        }
        #expect(found == struck)
    }

    @Test func `delays add up and the first other fault counts`() {
        var plan = FaultPlan(
            faults: [
                Fault(kind: .latency(.seconds(1))), Fault(kind: .garbage),
                Fault(kind: .throttle), Fault(kind: .latency(.seconds(2))),
            ],
            seed: 1
        )
        let verdict = plan.next(operation: .getPipelineState, pipeline: nil)
        #expect(verdict.latency == .seconds(3))
        #expect(verdict.kind == .garbage)
    }
}
