import CodePipelineSimulator
import Testing

@Suite struct `Retry of a stage` {
    @Test func `failed actions run again with a new id and the execution keeps its own`() throws {
        var web = TraceReplay.shipping([
            [TraceReplay.failing(message: "full"), TraceReplay.succeeding()]
        ])
        let id = try web.start()
        let failed = try web.stage("Deploy", 2)
        #expect(failed.latest?.status == .failed)
        #expect(failed.actions[0].latest?.errorMessage == "full")
        #expect(failed.retries == nil)

        #expect(web.retry("Deploy", id, 10) == nil)
        let again = try web.stage("Deploy", 10)
        #expect(again.latest?.execution == id)
        #expect(again.latest?.status == .inProgress)
        #expect(again.actions[0].latest?.id != failed.actions[0].latest?.id)
        #expect(again.retries?.manual == 1)
        #expect(again.retries?.automatic == nil)
        #expect(again.retries?.latestTrigger == .manual)
        #expect(try web.status("Deploy", 11) == .succeeded)
        #expect(try web.status(execution: id) == .succeeded)
        #expect(web.model.effectiveRetries == 1)
        #expect(web.model.served.last?.effectiveRetry == 1)
    }

    @Test(arguments: [
        (ServiceModel.RetryMode.failedActions, ["Blue": 1, "Red": 2]),
        (.allActions, ["Blue": 2, "Red": 2]),
    ])
    func `the mode decides which actions run again`(
        mode: ServiceModel.RetryMode,
        runs: [String: Int]
    ) throws {
        var web = TraceReplay(
            [
                TraceReplay.source,
                Stage(name: "Deploy", actions: [Action(name: "Blue"), Action(name: "Red")]),
            ],
            attempts: ["Red": [[TraceReplay.failing(), TraceReplay.succeeding()]]]
        )
        let id = try web.start()
        #expect(try web.status("Deploy", 3) == .failed)
        #expect(web.retry("Deploy", id, 5, mode: mode) == nil)
        #expect(try web.status("Deploy", 7) == .succeeded)
        let rows = try web.model.actionRuns(of: "web", execution: id)
        for (action, count) in runs {
            #expect(rows.filter { $0.action.name == action }.count == count)
        }
    }

    @Test func `later run orders wait for the retried one`() throws {
        var web = TraceReplay(
            [
                TraceReplay.source,
                Stage(
                    name: "Deploy",
                    actions: [Action(name: "First"), Action(name: "Second", runOrder: 2)]
                ),
            ],
            attempts: ["First": [[TraceReplay.failing(), TraceReplay.succeeding()]]]
        )
        let id = try web.start()
        let failed = try web.stage("Deploy", 3)
        #expect(failed.latest?.status == .failed)
        #expect(failed.actions[1].latest == nil)
        #expect(web.retry("Deploy", id, 5) == nil)
        #expect(try web.stage("Deploy", 6).actions[1].latest?.status == .inProgress)
        #expect(try web.status("Deploy", 7) == .succeeded)
    }

    @Test func `counters start again with the next execution`() throws {
        var web = TraceReplay.shipping([[TraceReplay.failing()]])
        let first = try web.start()
        #expect(web.retry("Deploy", first, 3) == nil)
        #expect(web.retry("Deploy", first, 5) == nil)
        #expect(try web.stage("Deploy", 6).retries?.manual == 2)
        _ = try web.start(10)
        let next = try web.stage("Deploy", 12)
        #expect(next.latest?.status == .failed)
        #expect(next.retries == nil)
    }

    @Test func `a half failed stage accepts failed actions but not all`() throws {
        var web = TraceReplay(
            [
                TraceReplay.source,
                Stage(name: "Deploy", actions: [Action(name: "Fast"), Action(name: "Slow")]),
            ],
            attempts: [
                "Fast": [[TraceReplay.failing(), TraceReplay.succeeding()]],
                "Slow": [[TraceReplay.succeeding(after: 60)]],
            ]
        )
        let id = try web.start()
        #expect(try web.status("Deploy", 3) == .inProgress)
        #expect(web.retry("Deploy", id, 3, mode: .allActions) == "ConflictException")
        #expect(web.retry("Deploy", id, 3) == nil)
        #expect(web.retry("Deploy", id, 3) == "StageNotRetryableException")
        #expect(try web.status("Deploy", 61) == .succeeded)
        #expect(try web.model.actionRuns(of: "web", execution: id).count == 4)
    }

    @Test func `a retry after a lost answer is refused the second time`() throws {
        var web = TraceReplay.shipping([[TraceReplay.failing()]])
        let id = try web.start()
        #expect(web.retry("Deploy", id, 3) == nil)
        #expect(web.retry("Deploy", id, 3.5) == "StageNotRetryableException")
        #expect(web.retry("Deploy", id, 4) == nil)
        #expect(web.model.effectiveRetries == 2)
    }

    @Test func `every refusal has its own code`() throws {
        var web = TraceReplay.shipping([[TraceReplay.failing()]])
        let first = try web.start()
        #expect(try web.status("Deploy", 2) == .failed)
        #expect(web.retry("Deploy", first, 2, pipeline: "none") == "PipelineNotFoundException")
        #expect(web.retry("None", first, 2) == "StageNotFoundException")
        #expect(web.retry("Source", first, 2) == "StageNotRetryableException")
        let second = try web.start(3)
        #expect(try web.stage("Deploy", 4.5).latest?.execution == second)
        #expect(web.retry("Deploy", first, 4.5) == "StageNotRetryableException")
        #expect(try web.status("Deploy", 5) == .failed)
        #expect(web.retry("Deploy", first, 5) == "NotLatestPipelineExecutionException")
        #expect(
            web.retry("Deploy", TraceReplay.unknownID, 5) == "NotLatestPipelineExecutionException"
        )
        web.model.holdBusy(pipeline: "web", until: web.at(20), at: web.at(6))
        #expect(web.retry("Deploy", second, 10) == "ConflictException")
        #expect(web.retry("Deploy", second, 20) == nil)
        #expect(web.model.effectiveRetries == 1)
    }

    @Test func `the message of a refusal is the one seen in public captures`() throws {
        var web = TraceReplay.shipping([[TraceReplay.succeeding()]])
        let id = try web.start()
        let error = web.refusal(
            .retryStageExecution,
            [
                "pipelineName": "web", "stageName": "Source",
                "pipelineExecutionId": .string(id), "retryMode": "FAILED_ACTIONS",
            ],
            5
        )
        #expect(
            error?.message
                == "The stage named Source in the web pipeline can't be retried now. Either it "
                + "contains no failed actions, the execution '\(id)' is already superseded, or "
                + "the pipeline definition has changed since the action(s) failed."
        )
    }

    @Test func `another version of the definition is refused`() throws {
        var web = TraceReplay.shipping([[TraceReplay.failing()]])
        let id = try web.start()
        web.model.advance(to: web.at(3))
        try web.model.updatePipeline(try web.model.definition(of: "web"), at: web.at(3))
        #expect(web.retry("Deploy", id, 4) == "StageNotRetryableException")
        #expect(try web.status("Deploy", 4) == .failed)
        #expect(try web.model.state(of: "web").version == 2)
        #expect(try web.model.actionRuns(of: "web")[0].version == 1)
    }

    @Test func `a queued pipeline at its limit is refused`() throws {
        var web = TraceReplay(
            [TraceReplay.source, Stage(name: "Deploy", actions: [Action(name: "Ship")])],
            mode: .queued,
            attempts: [
                "Fetch": [[TraceReplay.succeeding()], [Attempt(.hang)]],
                "Ship": [[TraceReplay.failing()]],
            ],
            timing: ServiceModel.Timing(executionLimit: 2)
        )
        let id = try web.start()
        #expect(try web.status("Deploy", 2) == .failed)
        _ = try web.start(3)
        #expect(web.retry("Deploy", id, 3) == nil)
        #expect(try web.status("Deploy", 4) == .failed)
        _ = try web.start(5)
        let limit = "ConcurrentPipelineExecutionsLimitExceededException"
        #expect(web.retry("Deploy", id, 6) == limit)
        #expect(throws: ServiceError.self) { try web.start(6) }
    }

    @Test func `retry works without a state in parallel mode`() throws {
        var web = TraceReplay.shipping(
            [[TraceReplay.failing(), TraceReplay.succeeding()]],
            mode: .parallel
        )
        let first = try web.start()
        let second = try web.start()
        #expect(web.retry("Deploy", first, 3) == nil)
        #expect(web.retry("Source", second, 3) == "StageNotRetryableException")
        web.model.advance(to: web.at(5))
        #expect(try web.model.state(of: "web").stages.isEmpty)
        #expect(try web.status(execution: first) == .succeeded)
        #expect(try web.status(execution: second) == .failed)
    }

    @Test func `a person's retry is distinguishable in the log only`() throws {
        var web = TraceReplay.shipping([[TraceReplay.failing()]])
        _ = try web.start()
        web.model.schedule(
            .retry(stage: "Deploy", mode: .allActions),
            pipeline: "web",
            at: web.at(5)
        )
        let stage = try web.stage("Deploy", 5)
        #expect(stage.retries?.manual == 1)
        #expect(stage.retries?.latestTrigger == .manual)
        #expect(web.model.served.last?.caller == .human)
        #expect(web.model.served.last?.mode == .allActions)
    }
}
