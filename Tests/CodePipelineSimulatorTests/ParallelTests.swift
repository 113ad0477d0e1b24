import CodePipelineSimulator
import Testing

/// What a pipeline in PARALLEL mode shows, and what becomes of its executions.
@Suite struct `PARALLEL mode` {
    private static func web(
        _ attempts: [[Attempt]] = [[TraceReplay.failing(), TraceReplay.succeeding()]],
        timing: ServiceModel.Timing = ServiceModel.Timing()
    ) -> TraceReplay {
        TraceReplay.shipping(attempts, mode: .parallel, timing: timing)
    }

    private static func listed(
        _ web: inout TraceReplay,
        _ seconds: Double,
        limit: Int = 100,
        token: String? = nil
    ) throws -> (rows: [JSON], next: String?) {
        var input: [String: JSON] = [
            "pipelineName": "web", "maxResults": .integer(Int64(limit)),
        ]
        input["nextToken"] = token.map { .string($0) }
        let answer = try web.perform(.listPipelineExecutions, input, seconds).get()
        return (answer["pipelineExecutionSummaries"]?.array ?? [], answer["nextToken"]?.string)
    }

    private static func rows(
        _ web: inout TraceReplay,
        of execution: String,
        _ range: String,
        _ seconds: Double
    ) throws -> [JSON] {
        let filter = JSON.object([
            "latestInPipelineExecution": .object([
                "pipelineExecutionId": .string(execution), "startTimeRange": .string(range),
            ])
        ])
        let answer = try web.perform(
            .listActionExecutions,
            ["pipelineName": "web", "filter": filter],
            seconds
        ).get()
        return answer["actionExecutionDetails"]?.array ?? []
    }

    @Test func `fifty executions are in one stage at once and none waits`() throws {
        var web = Self.web([[Attempt(.hang)]])
        let ids = try (0..<50).map { try web.start(Double($0) / 10) }
        #expect(throws: ServiceError.self) { try web.start(6) }
        web.model.advance(to: web.at(10))
        for id in ids {
            let execution = try web.model.execution(id, of: "web")
            #expect(execution.stageStatuses["Deploy"] == .inProgress)
        }
        #expect(try web.model.state(of: "web").stages.isEmpty)
    }

    @Test func `the list pages through executions of both modes, newest first`() throws {
        var web = TraceReplay.shipping([[TraceReplay.succeeding()]])
        var ids = try (0..<20).map { try web.start(Double($0) * 10) }
        web.model.schedule(.switchMode(.parallel), pipeline: "web", at: web.at(300))
        ids += try (0..<40).map { try web.start(301 + Double($0)) }
        var found: [JSON] = []
        var token: String?
        repeat {
            let page = try Self.listed(&web, 400, limit: 25, token: token)
            #expect(page.rows.count == (page.next == nil ? 10 : 25))
            found += page.rows
            token = page.next
        } while token != nil
        #expect(found.map { $0["pipelineExecutionId"]?.string } == ids.reversed())
        let modes = found.map { $0["executionMode"]?.string }
        #expect(modes.prefix(40).allSatisfy { $0 == "PARALLEL" })
        #expect(modes.suffix(20).allSatisfy { $0 == "SUPERSEDED" })
    }

    @Test func `a retry is of one execution, has a new id, and the earlier row stays`() throws {
        var web = Self.web()
        let first = try web.start()
        let second = try web.start(0.5)
        let before = try Self.rows(&web, of: first, "All", 3)
        #expect(web.retry("Deploy", first, 4) == nil)
        let after = try Self.rows(&web, of: first, "All", 4.2)
        #expect(after.dropFirst() == before[...])
        #expect(after[0]["actionName"]?.string == "Ship")
        #expect(after[0]["actionExecutionId"] != before[0]["actionExecutionId"])
        let latest = try Self.rows(&web, of: first, "Latest", 4.2)
        #expect(latest == [after[0], after[2]])
        #expect(try Self.rows(&web, of: second, "All", 4.2).count == 2)
        #expect(try web.status(execution: second) == .failed)
    }

    @Test(
        arguments: [
            (ServiceModel.ParallelRetry.accepted, nil),
            (.notRetryable, "StageNotRetryableException"), (.conflict, "ConflictException"),
        ] as [(ServiceModel.ParallelRetry, String?)]
    )
    func `a retry may be refused in this mode alone`(
        answer: ServiceModel.ParallelRetry,
        code: String?
    ) throws {
        var timing = ServiceModel.Timing()
        timing.parallelRetry = answer
        var web = Self.web(timing: timing)
        let id = try web.start()
        #expect(web.retry("Deploy", id, 3) == code)
        var other = TraceReplay.shipping([[TraceReplay.failing()]], timing: timing)
        let superseded = try other.start()
        #expect(other.retry("Deploy", superseded, 3) == nil)
    }

    @Test func `a switch to the mode and back shows the last state of the other mode`() throws {
        var web = TraceReplay.shipping([[TraceReplay.failing()], [Attempt(.hang)]])
        let old = try web.start()
        #expect(try web.status("Deploy", 3) == .failed)
        web.model.schedule(.switchMode(.parallel), pipeline: "web", at: web.at(5))
        let running = try web.start(6)
        web.model.advance(to: web.at(10))
        #expect(try web.model.state(of: "web").stages.isEmpty)
        web.model.schedule(.switchMode(.superseded), pipeline: "web", at: web.at(20))
        let stage = try web.stage("Deploy", 21)
        #expect(stage.latest?.execution == old)
        #expect(stage.latest?.status == .failed)
        let execution = try web.model.execution(running, of: "web")
        #expect(execution.mode == .parallel)
        #expect(execution.status == .inProgress)
        #expect(execution.version == 2)
        #expect(try web.model.definition(of: "web", version: 2).executionMode == .parallel)
    }

    @Test func `an execution under way at a switch of the mode runs on in its own`() throws {
        var web = Self.web([[TraceReplay.failing(after: 10)], [TraceReplay.succeeding(after: 10)]])
        let failing = try web.start()
        let succeeding = try web.start()
        web.model.schedule(.switchMode(.queued), pipeline: "web", at: web.at(5))
        web.model.advance(to: web.at(20))
        #expect(try web.status(execution: failing) == .failed)
        #expect(try web.status(execution: succeeding) == .succeeded)
        #expect(try web.stage("Deploy", 20).latest == nil)
        // The definition has another version since.
        #expect(web.retry("Deploy", failing, 21) == "StageNotRetryableException")
    }

    @Test func `the status of an execution is late after its end and after a retry`() throws {
        var timing = ServiceModel.Timing()
        timing[.executionLags] = ServiceModel.Span(1000, 1000)
        var web = Self.web([[TraceReplay.failing(), Attempt(.hang)]], timing: timing)
        let id = try web.start()
        web.model.advance(to: web.at(2.5))
        #expect(try Self.rows(&web, of: id, "Latest", 2.5)[0]["status"] == "Failed")
        #expect(try web.status(execution: id) == .inProgress)
        web.model.advance(to: web.at(3))
        #expect(try web.status(execution: id) == .failed)
        #expect(web.retry("Deploy", id, 10) == nil)
        #expect(try Self.rows(&web, of: id, "Latest", 10.5)[0]["status"] == "InProgress")
        #expect(try web.status(execution: id) == .failed)
        web.model.advance(to: web.at(11))
        #expect(try web.status(execution: id) == .inProgress)
    }

    @Test func `the history forgets what has ended, and never what runs`() throws {
        var timing = ServiceModel.Timing()
        timing.historyKeeps = .seconds(60)
        var web = Self.web([[TraceReplay.failing()], [Attempt(.hang)]], timing: timing)
        let ended = try web.start()
        let running = try web.start(1)
        let shown = web.model.executionsRevision(of: "web", newest: 10)
        #expect(try Self.listed(&web, 59).rows.count == 2)
        #expect(web.model.executionsRevision(of: "web", newest: 10) != shown)
        let kept = web.model.executionsRevision(of: "web", newest: 10)
        let left = try Self.listed(&web, 100).rows
        #expect(left.map { $0["pipelineExecutionId"]?.string } == [running])
        #expect(web.model.executionsRevision(of: "web", newest: 10) != kept)
        let code = "PipelineExecutionNotFoundException"
        let one: [String: JSON] = [
            "pipelineName": "web", "pipelineExecutionId": .string(ended),
        ]
        #expect(web.refusal(.getPipelineExecution, one, 100)?.code == code)
        let filter: JSON = .object([
            "latestInPipelineExecution": .object([
                "pipelineExecutionId": .string(ended), "startTimeRange": "All",
            ])
        ])
        let all: [String: JSON] = ["pipelineName": "web", "filter": filter]
        #expect(web.refusal(.listActionExecutions, all, 100)?.code == code)
        #expect(try web.model.actionRuns(of: "web").allSatisfy { $0.execution == running })
        #expect(web.retry("Deploy", ended, 100) == "StageNotRetryableException")
        #expect(try Self.rows(&web, of: running, "All", 100).count == 2)
    }

    @Test func `a scenario gives every execution its own course and its own events`() throws {
        let text = """
            credentials: [{ access_key_id: AKID, secret_access_key: secret }]
            history_keeps: 90d
            parallel_retry: accepted
            pipelines:
              - name: web
                execution_mode: PARALLEL
                starts: [0s, 1s, 2s]
                events:
                  - { at: 10s, do: retry, stage: Deploy, execution: 1 }
                  - { at: 11s, do: stop, abandon: true, execution: 3 }
                  - { at: 20s, do: update, execution_mode: QUEUED }
                stages:
                  - name: Source
                    actions: [{ name: Fetch, category: Source }]
                  - name: Deploy
                    actions:
                      - name: Ship
                        executions:
                          - [fail, succeed]
                          - [{ result: fail, code: PermissionError }]
                          - [hang]
            """
        let scenario = try ScenarioReader.read(text, file: "s.yaml")
        #expect(scenario.timing.historyKeeps == .seconds(90 * 86_400))
        var model = scenario.makeModel(start: TraceReplay.origin)
        model.advance(to: TraceReplay.origin + .seconds(15))
        let statuses = try model.executions(of: "web").reversed().map(\.status)
        #expect(statuses == [.succeeded, .failed, .stopped])
        model.advance(to: TraceReplay.origin + .seconds(20))
        #expect(try model.definition(of: "web").executionMode == .queued)
    }

    @Test func `a person answers the approval of one execution by its token in the rows`() throws {
        var web = TraceReplay(
            [
                TraceReplay.source,
                Stage(name: "Gate", actions: [Action(name: "Ask", category: .approval)]),
            ],
            mode: .parallel
        )
        let first = try web.start()
        let second = try web.start(1)
        web.model.schedule(.switchMode(.superseded), pipeline: "web", at: web.at(5))
        let row = try #require(try Self.rows(&web, of: first, "Latest", 6).first)
        let token = row["output"]?["executionResult"]?["externalExecutionId"]?.string
        #expect(token == row["actionExecutionId"]?.string)
        web.model.schedule(
            .answer(stage: "Gate", action: "Ask", approve: true, summary: "yes", execution: 2),
            pipeline: "web",
            at: web.at(7)
        )
        web.model.advance(to: web.at(8))
        #expect(try web.status(execution: first) == .inProgress)
        #expect(try web.status(execution: second) == .succeeded)
    }
}
