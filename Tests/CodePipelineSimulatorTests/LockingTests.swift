import CodePipelineSimulator
import Testing

@Suite struct `Executions in one pipeline` {
    /// A Deploy that takes ten seconds, so that others have to wait.
    static func slow(_ mode: ServiceModel.ExecutionMode) -> TraceReplay {
        TraceReplay.shipping([[TraceReplay.succeeding(after: 10)]], mode: mode)
    }

    @Test func `a waiting execution is superseded by a newer one`() throws {
        var web = Self.slow(.superseded)
        let first = try web.start(0)
        let second = try web.start(2)
        let waiting = try web.stage("Deploy", 4)
        #expect(waiting.latest?.execution == first)
        #expect(waiting.inbound.map(\.execution) == [second])
        #expect(waiting.inbound.first?.status == .inProgress)
        let third = try web.start(4)
        #expect(try web.stage("Deploy", 6).inbound.map(\.execution) == [third])
        #expect(try web.status(execution: second) == .superseded)
        #expect(try web.stage("Deploy", 11).latest?.execution == third)
        #expect(try web.stage("Deploy", 11).inbound.isEmpty)
    }

    @Test func `queued executions keep their order`() throws {
        var web = Self.slow(.queued)
        var ids: [String] = []
        for second in 0..<3 {
            ids.append(try web.start(Double(second)))
        }
        #expect(try web.stage("Deploy", 5).inbound.map(\.execution) == Array(ids[1...]))
        #expect(try web.stage("Deploy", 12).latest?.execution == ids[1])
        #expect(try web.stage("Deploy", 22).latest?.execution == ids[2])
        #expect(try web.status("Deploy", 31) == .succeeded)
    }

    @Test func `a failure releases the stage`() throws {
        var web = TraceReplay.shipping(
            [[TraceReplay.failing(after: 5)], [TraceReplay.succeeding(after: 5)]])
        let first = try web.start(0)
        let second = try web.start(2)
        #expect(try web.stage("Deploy", 5.9).latest?.execution == first)
        #expect(try web.stage("Deploy", 6).latest?.execution == second)
        #expect(try web.status(execution: first) == .failed)
        #expect(web.retry("Deploy", first, 7) == "StageNotRetryableException")
    }

    @Test func `in the hand-over a failed stage shows the next execution`() throws {
        var web = TraceReplay.shipping(
            [
                [TraceReplay.failing(after: 5), TraceReplay.succeeding()],
                [TraceReplay.succeeding()],
            ],
            timing: ServiceModel.Timing(handover: .seconds(3))
        )
        let first = try web.start(0)
        let second = try web.start(3)
        let gap = try web.stage("Deploy", 6)
        #expect(gap.latest?.status == .failed)
        #expect(gap.inbound.map(\.execution) == [second])
        #expect(web.retry("Deploy", first, 7) == nil)
        #expect(try web.stage("Deploy", 7.5).latest?.execution == first)
        #expect(try web.stage("Deploy", 11.5).latest?.execution == second)
    }

    @Test func `parallel executions do not wait`() throws {
        var web = Self.slow(.parallel)
        let first = try web.start(0)
        let second = try web.start(1)
        web.model.advance(to: web.at(12))
        #expect(try web.status(execution: first) == .succeeded)
        #expect(try web.status(execution: second) == .succeeded)
    }

    @Test func `actions of an older execution disappear once another one has entered`() throws {
        var web = TraceReplay(
            [
                TraceReplay.source,
                Stage(
                    name: "Deploy",
                    actions: [Action(name: "First"), Action(name: "Second", runOrder: 2)]
                ),
            ],
            attempts: [
                "First": [[TraceReplay.succeeding()], [TraceReplay.failing()]],
                "Second": [[TraceReplay.failing()]],
            ]
        )
        let old = try web.start(0)
        #expect(try web.status("Deploy", 4) == .failed)
        #expect(try web.stage("Deploy", 4).actions[1].latest?.execution == old)
        let new = try web.start(5)
        #expect(try web.stage("Deploy", 5).actions[1].latest?.execution == old)
        let stage = try web.stage("Deploy", 8)
        #expect(stage.latest?.execution == new)
        #expect(stage.actions[0].latest?.execution == new)
        #expect(stage.actions[1].latest == nil)
        #expect(try web.model.actionRuns(of: "web", execution: new).count == 2)
    }

    @Test func `a closed gate holds executions until it opens`() throws {
        var web = TraceReplay.shipping([[TraceReplay.succeeding()]])
        try web.model.setTransition(
            pipeline: "web",
            stage: "Deploy",
            isEnabled: false,
            reason: "freeze",
            at: web.at(0)
        )
        let id = try web.start(0)
        let held = try web.stage("Deploy", 5)
        #expect(held.latest == nil)
        #expect(held.inbound.map(\.execution) == [id])
        #expect(!held.transition.isEnabled)
        #expect(held.transition.reason == "freeze")
        try web.model.setTransition(
            pipeline: "web",
            stage: "Deploy",
            isEnabled: true,
            at: web.at(6)
        )
        #expect(try web.status("Deploy", 6) == .inProgress)
    }

    @Test func `a closed gate does not keep a failed stage from being retried`() throws {
        var web = TraceReplay.shipping([[TraceReplay.failing()], [TraceReplay.succeeding()]])
        let id = try web.start(0)
        try web.model.setTransition(
            pipeline: "web",
            stage: "Deploy",
            isEnabled: false,
            reason: "freeze",
            at: web.at(3)
        )
        let newer = try web.start(4)
        #expect(try web.stage("Deploy", 6).inbound.map(\.execution) == [newer])
        #expect(try web.status("Deploy", 6) == .failed)
        #expect(web.retry("Deploy", id, 7) == nil)
    }

    @Test func `the same request token starts one execution`() throws {
        var web = Self.slow(.superseded)
        let input: [String: JSON] = ["name": "web", "clientRequestToken": "abc-1"]
        let first = try web.perform(.startPipelineExecution, input).get()
        let again = try web.perform(.startPipelineExecution, input, 1).get()
        #expect(first == again)
        #expect(try web.model.executions(of: "web").count == 1)
    }
}
