import CodePipelineSimulator
import Testing

@Suite struct `Stops, updates, approvals and rollbacks` {
    static func approving(_ attempts: [Attempt] = []) -> TraceReplay {
        TraceReplay(
            [
                TraceReplay.source,
                Stage(
                    name: "Approve",
                    actions: [
                        Action(
                            name: "Review",
                            category: .approval,
                            provider: "Manual",
                            timeout: .seconds(600)
                        )
                    ]
                ),
                Stage(name: "Deploy", actions: [Action(name: "Ship")]),
            ],
            attempts: attempts.isEmpty ? [:] : ["Review": [attempts]]
        )
    }

    @Test func `stop and wait lets the running action finish`() throws {
        var web = TraceReplay.shipping([[TraceReplay.succeeding(after: 10)]])
        let id = try web.start()
        try web.model.stopExecution(
            pipeline: "web",
            execution: id,
            reason: "not now",
            at: web.at(3)
        )
        #expect(try web.status("Deploy", 3) == .stopping)
        #expect(web.retry("Deploy", id, 4) == "ConflictException")
        #expect(throws: ServiceError.self) {
            try web.model.stopExecution(pipeline: "web", execution: id, at: web.at(4))
        }
        let stopped = try web.stage("Deploy", 11)
        #expect(stopped.latest?.status == .stopped)
        #expect(stopped.actions[0].latest?.status == .succeeded)
        #expect(try web.model.execution(id, of: "web").stopReason == "not now")
        #expect(web.retry("Deploy", id, 12) == nil)
        #expect(try web.status(execution: id) == .succeeded)
    }

    @Test func `stop and abandon ends at once`() throws {
        var web = TraceReplay.shipping([[Attempt(.hang), TraceReplay.succeeding()]])
        let id = try web.start()
        try web.model.stopExecution(pipeline: "web", execution: id, at: web.at(3))
        try web.model.stopExecution(
            pipeline: "web",
            execution: id,
            abandon: true,
            at: web.at(4)
        )
        let stopped = try web.stage("Deploy", 4)
        #expect(stopped.latest?.status == .stopped)
        #expect(stopped.actions[0].latest?.status == .abandoned)
        #expect(throws: ServiceError.self) {
            try web.model.stopExecution(pipeline: "web", execution: id, at: web.at(5))
        }
        #expect(web.retry("Deploy", id, 6) == nil)
        #expect(try web.status("Deploy", 7) == .succeeded)
    }

    @Test func `a stopped execution in front of a stage cannot be retried`() throws {
        var web = TraceReplay.shipping([
            [TraceReplay.failing(after: 10)], [TraceReplay.succeeding()],
        ])
        let first = try web.start(0)
        let second = try web.start(2)
        web.model.advance(to: web.at(4))
        try web.model.stopExecution(pipeline: "web", execution: second, at: web.at(4))
        #expect(try web.stage("Deploy", 12).inbound.map(\.status) == [.stopped])
        #expect(try web.stage("Deploy", 12).latest?.execution == first)
        #expect(web.retry("Deploy", second, 12) == "NotLatestPipelineExecutionException")
        #expect(web.retry("Deploy", first, 12) == nil)
    }

    @Test func `an update cancels what runs and what waits`() throws {
        var web = TraceReplay.shipping([[TraceReplay.succeeding(after: 10)]])
        let first = try web.start(0)
        let second = try web.start(2)
        web.model.advance(to: web.at(4))
        try web.model.updatePipeline(try web.model.definition(of: "web"), at: web.at(4))
        #expect(try web.status(execution: second) == .cancelled)
        #expect(try web.stage("Deploy", 4).inbound.map(\.status) == [.failed])
        #expect(try web.status("Deploy", 10) == .inProgress)
        #expect(try web.status("Deploy", 11) == .cancelled)
        #expect(try web.status(execution: first) == .cancelled)
        #expect(web.retry("Deploy", first, 12) == "StageNotRetryableException")
        let third = try web.start(20)
        #expect(try web.stage("Deploy", 22).latest?.execution == third)
        #expect(try web.stage("Deploy", 22).inbound.isEmpty)
    }

    @Test func `an update may change the stages`() throws {
        var web = TraceReplay.shipping([[TraceReplay.failing()]])
        let id = try web.start()
        web.model.advance(to: web.at(3))
        var definition = try web.model.definition(of: "web")
        definition.stages[1].name = "Ship"
        definition.stages.append(Stage(name: "After", actions: [Action(name: "Tell")]))
        #expect(try web.model.updatePipeline(definition, at: web.at(3)) == 2)
        #expect(try web.model.state(of: "web").stages.map(\.name) == ["Source", "Ship", "After"])
        #expect(web.retry("Deploy", id, 4) == "StageNotFoundException")
        #expect(try web.model.definition(of: "web", version: 1).stages.count == 2)
        #expect(throws: ServiceError.self) { try web.model.definition(of: "web", version: 3) }
        let next = try web.start(5)
        #expect(try web.status("After", 8) == .succeeded)
        #expect(try web.status(execution: next) == .succeeded)
    }

    @Test func `an update ends a pending automatic retry`() throws {
        var web = TraceReplay.shipping([[TraceReplay.failing()]], onFailure: .retry(.allActions))
        _ = try web.start()
        web.model.advance(to: web.at(3))
        try web.model.updatePipeline(try web.model.definition(of: "web"), at: web.at(3))
        #expect(try web.stage("Deploy", 60).retries == nil)
        #expect(try web.status("Deploy", 60) == .failed)
    }

    @Test(arguments: [true, false])
    func `an approval is answered with its token`(approve: Bool) throws {
        var web = Self.approving()
        let id = try web.start()
        let token = try #require(try web.stage("Approve", 2).actions[0].latest?.token)
        func answer(_ token: String, _ second: Double) -> String? {
            web.refusal(
                .putApprovalResult,
                [
                    "pipelineName": "web", "stageName": "Approve", "actionName": "Review",
                    "token": .string(token),
                    "result": .object([
                        "summary": "as agreed",
                        "status": .string(approve ? "Approved" : "Rejected"),
                    ]),
                ],
                second
            )?.code
        }
        #expect(answer(TraceReplay.unknownID, 3) == "InvalidApprovalTokenException")
        #expect(answer(token, 3) == nil)
        #expect(answer(token, 3) == "ApprovalAlreadyCompletedException")
        let stage = try web.stage("Approve", 4)
        #expect(stage.latest?.status == (approve ? .succeeded : .failed))
        #expect(stage.actions[0].latest?.summary == "as agreed")
        #expect(stage.actions[0].latest?.token == nil)
        #expect(stage.actions[0].latest?.updatedBy?.hasSuffix("user/simulated") == true)
        #expect(try web.status(execution: id) == (approve ? .succeeded : .failed))
    }

    @Test(arguments: [
        (Attempt(.approve, after: .seconds(5)), ServiceModel.StageStatus.succeeded, "Approved by"),
        (Attempt(.reject, after: .seconds(5)), .failed, "Rejected by"),
        (Attempt(.reject, after: .seconds(5), summary: "no"), .failed, "no"),
    ])
    func `a scripted person answers`(
        attempt: Attempt,
        status: ServiceModel.StageStatus,
        summary: String
    ) throws {
        var web = Self.approving([attempt])
        _ = try web.start()
        let stage = try web.stage("Approve", 6)
        #expect(stage.latest?.status == status)
        #expect(stage.actions[0].latest?.summary?.hasPrefix(summary) == true)
        #expect(stage.actions[0].latest?.errorCode == nil)
    }

    @Test func `an approval without an answer fails at its timeout`() throws {
        var web = Self.approving()
        _ = try web.start()
        #expect(try web.status("Approve", 600) == .inProgress)
        #expect(try web.status("Approve", 601) == .failed)
    }

    @Test func `a retried approval asks again with a new token`() throws {
        var web = Self.approving([Attempt(.reject), Attempt(.hang)])
        let id = try web.start()
        #expect(try web.status("Approve", 2) == .failed)
        let rejected = try web.stage("Approve", 2).actions[0].latest
        #expect(web.retry("Approve", id, 3) == nil)
        let asked = try #require(try web.stage("Approve", 3).actions[0].latest)
        #expect(asked.token != nil)
        #expect(asked.id != rejected?.id)
        web.model.schedule(
            .answer(stage: "Approve", action: "Review", approve: true, summary: "fine"),
            pipeline: "web",
            at: web.at(9)
        )
        #expect(try web.status("Approve", 9) == .succeeded)
    }

    @Test func `a person rolls a stage back`() throws {
        var web = TraceReplay.shipping([[TraceReplay.succeeding()]])
        let first = try web.start(0)
        _ = try web.start(5)
        web.model.advance(to: web.at(10))
        let id = try web.model.rollback(
            pipeline: "web",
            stage: "Deploy",
            target: first,
            at: web.at(10)
        )
        #expect(try web.stage("Deploy", 10).latest?.type == .rollback)
        #expect(throws: ServiceError.self) {
            try web.model.rollback(pipeline: "web", stage: "Deploy", at: web.at(10.5))
        }
        #expect(try web.model.execution(id, of: "web").rollbackTarget == first)
        #expect(try web.status("Deploy", 11) == .succeeded)
        // The guide claims that the source stage cannot be rolled back; the service does it.
        try web.model.rollback(pipeline: "web", stage: "Source", at: web.at(12))
        #expect(try web.status("Source", 13) == .succeeded)
        #expect(throws: ServiceError.self) {
            try web.model.rollback(
                pipeline: "web",
                stage: "Deploy",
                target: id,
                at: web.at(12)
            )
        }
    }

    @Test func `scheduled events happen at their time`() throws {
        var web = TraceReplay.shipping([[Attempt(.hang)]])
        let events: [(Double, ServiceModel.OutsideAction)] = [
            (1, .start), (5, .stop(abandon: true, reason: "late")), (6, .update),
            (7, .disableTransition(stage: "Deploy", reason: "freeze")),
            (8, .enableTransition(stage: "Deploy")), (9, .rollback(stage: "Deploy")),
        ]
        for (second, event) in events {
            web.model.schedule(event, pipeline: "web", at: web.at(second))
        }
        #expect(web.model.nextChange == web.at(1))
        #expect(try web.status("Deploy", 3) == .inProgress)
        #expect(try web.status("Deploy", 5) == .stopped)
        web.model.advance(to: web.at(20))
        #expect(try web.model.state(of: "web").version == 2)
        #expect(
            web.model.served.map(\.operation) == [
                "StartPipelineExecution", "StopPipelineExecution", "UpdatePipeline",
                "DisableStageTransition", "EnableStageTransition", "RollbackStage",
            ]
        )
        #expect(web.model.served.last?.outcome == .refused("UnableToRollbackStageException"))
        #expect(web.model.takeServed().count == 6)
        #expect(web.model.served.isEmpty)
    }

    @Test func `an abandoned action is not waited for`() throws {
        var web = TraceReplay.shipping([[TraceReplay.succeeding(after: 10)]])
        let id = try web.start()
        web.model.advance(to: web.at(3))
        #expect(web.model.nextChange == web.at(11))
        try web.model.stopExecution(
            pipeline: "web",
            execution: id,
            abandon: true,
            at: web.at(3)
        )
        #expect(web.model.nextChange == nil)
    }
}
