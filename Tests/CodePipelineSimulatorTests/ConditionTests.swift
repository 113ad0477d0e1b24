import CodePipelineSimulator
import Testing

/// Conditions whose evaluation takes ten seconds.
@Suite struct `Conditions of a stage` {
    private typealias Result = ServiceModel.ConditionResult

    private static let timing: ServiceModel.Timing = {
        var timing = ServiceModel.Timing()
        timing[.conditionTakes] = ServiceModel.Span(10_000, 10_000)
        return timing
    }()

    /// Source (1 s), then Deploy with the action Ship, and After.
    private static func web(
        beforeEntry: Result? = nil,
        onSuccess: Result? = nil,
        onFailure: Result? = nil,
        holds: [Bool],
        _ attempts: [[Attempt]] = [[TraceReplay.failing()]]
    ) -> TraceReplay {
        TraceReplay(
            [
                TraceReplay.source,
                Stage(
                    name: "Deploy",
                    beforeEntry: beforeEntry,
                    onSuccess: onSuccess,
                    failureCondition: onFailure,
                    actions: [Action(name: "Ship")]
                ),
                Stage(name: "After", actions: [Action(name: "Tell")]),
            ],
            attempts: ["Ship": attempts],
            beforeEntry: ["Deploy": holds],
            onSuccess: ["Deploy": holds],
            onFailure: ["Deploy": holds],
            timing: timing
        )
    }

    @Test func `no action starts before the entry condition holds`() throws {
        var web = Self.web(beforeEntry: .fail, holds: [true], [[TraceReplay.succeeding()]])
        _ = try web.start()
        let waiting = try web.stage("Deploy", 10.9)
        #expect(waiting.latest?.status == .inProgress)
        #expect(waiting.beforeEntry?.status == .inProgress)
        #expect(waiting.actions[0].latest == nil)
        let entered = try web.stage("Deploy", 11)
        #expect(entered.beforeEntry?.status == .succeeded)
        #expect(entered.actions[0].latest?.status == .inProgress)
        #expect(try web.status("Deploy", 12) == .succeeded)
    }

    @Test(arguments: [
        (ServiceModel.ConditionResult.fail, ServiceModel.StageStatus.failed), (.skip, .skipped),
    ])
    func `a failed entry condition applies its result when it was evaluated`(
        result: ServiceModel.ConditionResult,
        status: ServiceModel.StageStatus
    ) throws {
        var web = Self.web(beforeEntry: result, holds: [false])
        let id = try web.start()
        #expect(web.retry("Deploy", id, 10) == "StageNotRetryableException")
        #expect(try web.status("Deploy", 11) == status)
        #expect(try web.stage("Deploy", 11).beforeEntry?.status == .failed)
        #expect(web.retry("Deploy", id, 12) == "StageNotRetryableException")
    }

    @Test func `a stage stays in progress until its success condition is evaluated`() throws {
        var web = Self.web(onSuccess: .fail, holds: [false], [[TraceReplay.succeeding()]])
        _ = try web.start()
        let waiting = try web.stage("Deploy", 11)
        #expect(waiting.latest?.status == .inProgress)
        #expect(waiting.onSuccess?.status == .inProgress)
        #expect(try web.status("Deploy", 12) == .failed)
        #expect(try web.stage("Deploy", 12).onSuccess?.status == .failed)
    }

    @Test func `a failed stage is locked while the condition of its failure is evaluated`() throws {
        var web = Self.web(onFailure: .fail, holds: [true])
        let first = try web.start(0)
        let second = try web.start(5)
        let waiting = try web.stage("Deploy", 11.9)
        #expect(waiting.latest?.execution == first)
        #expect(waiting.latest?.status == .failed)
        #expect(waiting.onFailure?.status == .inProgress)
        #expect(try web.stage("Deploy", 12).latest?.execution == second)
        #expect(try web.status(execution: first) == .failed)
    }

    @Test func `a failure whose condition does not hold is rolled back`() throws {
        var web = Self.web(
            onFailure: .rollback,
            holds: [false],
            [[TraceReplay.succeeding()], [TraceReplay.failing()]]
        )
        let good = try web.start(0)
        let bad = try web.start(5)
        #expect(try web.stage("Deploy", 17).latest?.execution == bad)
        #expect(try web.stage("Deploy", 17).onFailure?.status == .failed)
        #expect(try web.stage("Deploy", 19).latest?.type == .rollback)
        #expect(try web.model.executions(of: "web")[0].rollbackTarget == good)
    }

    @Test func `a failure whose condition does not hold is skipped`() throws {
        var web = Self.web(onFailure: .skip, holds: [false])
        let id = try web.start()
        #expect(try web.status("Deploy", 11.9) == .failed)
        #expect(try web.status("Deploy", 12) == .skipped)
        #expect(try web.status("After", 13) == .succeeded)
        #expect(try web.status(execution: id) == .succeeded)
    }

    @Test func `each failure is judged anew, and a retry ends the evaluation`() throws {
        var web = Self.web(onFailure: .fail, holds: [true, false])
        let id = try web.start()
        #expect(web.retry("Deploy", id, 5) == nil)
        #expect(try web.stage("Deploy", 5.5).onFailure == nil)
        #expect(try web.stage("Deploy", 15.9).onFailure?.status == .inProgress)
        #expect(try web.stage("Deploy", 16).onFailure?.status == .failed)
        #expect(try web.status("Deploy", 60) == .failed)
        let conditions = try web.model.conditions(of: id, in: "Deploy", of: "web")
        #expect(conditions.map(\.status) == [.failed])
        #expect(web.model.nextChange == nil)
    }

    @Test func `a stop ends the evaluation, and a retry begins it again`() throws {
        var web = Self.web(beforeEntry: .fail, holds: [true], [[TraceReplay.succeeding()]])
        let id = try web.start()
        try web.model.stopExecution(pipeline: "web", execution: id, at: web.at(5))
        #expect(try web.status("Deploy", 5) == .stopped)
        #expect(try web.stage("Deploy", 5).beforeEntry?.status == .cancelled)
        #expect(web.retry("Deploy", id, 20) == nil)
        #expect(try web.stage("Deploy", 29.9).beforeEntry?.status == .inProgress)
        #expect(try web.status("Deploy", 31) == .succeeded)
    }

    @Test func `an update ends the evaluation, and the stage is free`() throws {
        var web = Self.web(onFailure: .rollback, holds: [false])
        _ = try web.start()
        let definition = try web.model.definition(of: "web")
        try web.model.updatePipeline(definition, at: web.at(5))
        #expect(try web.stage("Deploy", 5).onFailure?.status == .cancelled)
        let second = try web.start(6)
        #expect(try web.stage("Deploy", 8).latest?.execution == second)
    }

    @Test func `the declaration and the state show conditions as the service does`() throws {
        var web = Self.web(beforeEntry: .skip, onFailure: .rollback, holds: [true])
        _ = try web.start()
        let name: [String: JSON] = ["name": "web"]
        let answer = try web.perform(.getPipeline, name).get()
        let stage = answer["pipeline"]?["stages"]?[1]
        #expect(stage?["onFailure"]?["conditions"]?[0]?["result"] == "ROLLBACK")
        #expect(stage?["onFailure"]?["result"] == nil)
        #expect(stage?["beforeEntry"]?["conditions"]?[0]?["result"] == "SKIP")
        let pipeline = try #require(answer["pipeline"])
        _ = try web.perform(.updatePipeline, ["pipeline": pipeline]).get()
        let updated = try web.model.definition(of: "web").stages[1]
        #expect(updated.failureCondition == .rollback)
        #expect(updated.onFailure == nil)
        #expect(updated.beforeEntry == .skip)
    }
}
