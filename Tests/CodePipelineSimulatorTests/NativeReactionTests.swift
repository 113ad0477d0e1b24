import CodePipelineSimulator
import Testing

@Suite struct `What a stage does by itself` {
    @Test(arguments: [ServiceModel.RetryMode.failedActions, .allActions])
    func `one automatic retry after the window`(mode: ServiceModel.RetryMode) throws {
        var web = TraceReplay.shipping([[TraceReplay.failing()]], onFailure: .retry(mode))
        let id = try web.start()
        #expect(try web.status("Deploy", 3.9) == .failed)
        #expect(try web.stage("Deploy", 3.9).retries == nil)
        let retried = try web.stage("Deploy", 4)
        #expect(retried.latest?.status == .inProgress)
        #expect(retried.retries?.automatic == 1)
        #expect(retried.retries?.manual == nil)
        #expect(retried.retries?.latestTrigger == .automated)
        #expect(try web.status("Deploy", 60) == .failed)
        #expect(try web.model.actionRuns(of: "web", execution: id).count == 3)
        #expect(web.model.effectiveRetries == 0)
        #expect(web.model.served.last?.operation == "NativeRetry")
        #expect(web.model.served.last?.mode == mode)
        #expect(web.retry("Deploy", id, 61) == nil)
        #expect(try web.stage("Deploy", 61).retries?.automatic == 1)
        #expect(try web.stage("Deploy", 61).retries?.manual == 1)
    }

    @Test(arguments: [2, 5.5])
    func `the stage stays locked while its own retry is pending`(second start: Double) throws {
        var web = TraceReplay.shipping(
            [
                [TraceReplay.failing(after: 5), TraceReplay.succeeding()],
                [TraceReplay.succeeding()],
            ],
            onFailure: .retry(.failedActions)
        )
        let first = try web.start(0)
        let second = try web.start(start)
        #expect(try web.stage("Deploy", 7).latest?.execution == first)
        #expect(try web.stage("Deploy", 7).inbound.map(\.execution) == [second])
        #expect(try web.stage("Deploy", 9).latest?.execution == second)
        #expect(try web.status(execution: first) == .succeeded)
    }

    @Test func `a manual retry in the window replaces the automatic one`() throws {
        var web = TraceReplay.shipping(
            [[TraceReplay.failing()]],
            onFailure: .retry(.failedActions)
        )
        let id = try web.start()
        #expect(web.retry("Deploy", id, 2.5) == nil)
        #expect(try web.status("Deploy", 3.5) == .failed)
        #expect(try web.stage("Deploy", 4).retries?.automatic == nil)
        #expect(try web.stage("Deploy", 5.5).retries?.automatic == 1)
    }

    @Test func `a failure is rolled back to the last success`() throws {
        var web = TraceReplay.shipping(
            [[TraceReplay.succeeding()], [TraceReplay.failing()]],
            onFailure: .rollback
        )
        let good = try web.start(0)
        let bad = try web.start(5)
        #expect(try web.stage("Deploy", 7).latest?.status == .failed)
        let rollback = try web.stage("Deploy", 9)
        #expect(rollback.latest?.type == .rollback)
        #expect(rollback.latest?.status == .inProgress)
        #expect(web.retry("Deploy", bad, 9) == "StageNotRetryableException")
        #expect(try web.status("Deploy", 10) == .succeeded)
        let execution = try web.model.executions(of: "web")[0]
        #expect(execution.type == .rollback)
        #expect(execution.rollbackTarget == good)
        #expect(execution.trigger == "AutomatedRollback")
        #expect(execution.status == .succeeded)
    }

    @Test func `a rollback that fails stays failed`() throws {
        var web = TraceReplay.shipping(
            [[TraceReplay.succeeding()], [TraceReplay.failing()]],
            onFailure: .rollback,
            rollback: [TraceReplay.failing()]
        )
        _ = try web.start(0)
        _ = try web.start(5)
        let stage = try web.stage("Deploy", 60)
        #expect(stage.latest?.status == .failed)
        #expect(stage.latest?.type == .rollback)
        #expect(try web.model.executions(of: "web").count == 3)
        #expect(web.model.nextChange == nil)
    }

    @Test func `without an earlier success nothing is rolled back`() throws {
        var web = TraceReplay.shipping([[TraceReplay.failing()]], onFailure: .rollback)
        let id = try web.start()
        #expect(try web.stage("Deploy", 60).latest?.execution == id)
        #expect(try web.model.executions(of: "web").count == 1)
    }

    @Test func `a skipped stage lets the execution go on`() throws {
        var web = TraceReplay(
            [
                TraceReplay.source,
                Stage(name: "Deploy", onFailure: .skip, actions: [Action(name: "Ship")]),
                Stage(name: "After", actions: [Action(name: "Tell")]),
            ],
            attempts: ["Ship": [[TraceReplay.failing()]]]
        )
        let id = try web.start()
        #expect(try web.status("Deploy", 2) == .skipped)
        #expect(try web.status("After", 3) == .succeeded)
        #expect(try web.status(execution: id) == .succeeded)
        #expect(web.retry("Deploy", id, 4) == "StageNotRetryableException")
    }

    @Test func `a failed entry condition leaves no failed action to retry`() throws {
        var web = TraceReplay(
            [
                TraceReplay.source,
                Stage(name: "Deploy", beforeEntry: .fail, actions: [Action(name: "Ship")]),
            ],
            beforeEntry: ["Deploy": [true, false]]
        )
        _ = try web.start()
        #expect(try web.status("Deploy", 2) == .succeeded)
        #expect(try web.stage("Deploy", 2).beforeEntry?.status == .succeeded)
        let second = try web.start(10)
        let stage = try web.stage("Deploy", 12)
        #expect(stage.latest?.status == .failed)
        #expect(stage.beforeEntry?.status == .failed)
        // The run of the earlier execution is no longer shown: another one has entered.
        #expect(stage.actions[0].latest == nil)
        #expect(web.retry("Deploy", second, 13) == "StageNotRetryableException")
        #expect(try web.model.actionRuns(of: "web", execution: second).map(\.stage) == ["Source"])
    }

    @Test func `an entry condition can skip the stage`() throws {
        var web = TraceReplay(
            [
                TraceReplay.source,
                Stage(name: "Deploy", beforeEntry: .skip, actions: [Action(name: "Ship")]),
            ],
            beforeEntry: ["Deploy": [false]]
        )
        let id = try web.start()
        #expect(try web.status("Deploy", 1) == .skipped)
        #expect(try web.status(execution: id) == .succeeded)
    }

    @Test(arguments: [ServiceModel.ConditionResult.fail, .rollback])
    func `a failed success condition fails the stage`(
        result: ServiceModel.ConditionResult
    ) throws {
        var web = TraceReplay(
            [
                TraceReplay.source,
                Stage(name: "Deploy", onSuccess: result, actions: [Action(name: "Ship")]),
            ],
            onSuccess: ["Deploy": [true, false]]
        )
        _ = try web.start()
        let second = try web.start(5)
        let stage = try web.stage("Deploy", 7)
        #expect(stage.latest?.status == .failed)
        #expect(stage.onSuccess?.status == .failed)
        #expect(stage.actions[0].latest?.status == .succeeded)
        #expect(web.retry("Deploy", second, 7.5) == "StageNotRetryableException")
        let later = try web.stage("Deploy", 20)
        #expect(later.latest?.type == (result == .rollback ? .rollback : .standard))
    }
}
