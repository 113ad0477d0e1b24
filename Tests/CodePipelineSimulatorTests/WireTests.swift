import CodePipelineSimulator
import Testing

@Suite struct `Requests and answers` {
    static let longName = JSON.string(String(repeating: "a", count: 101))
    static let retry: [String: JSON] = [
        "pipelineName": "web", "stageName": "Deploy",
        "pipelineExecutionId": .string(TraceReplay.unknownID), "retryMode": "FAILED_ACTIONS",
    ]

    @Test(
        arguments: [
            (
                "pipelineName", nil,
                "Value at 'pipelineName' failed to satisfy constraint: Member must not be null"
            ),
            (
                "pipelineName", JSON.string("a b"),
                #"Value at 'pipelineName' failed to satisfy constraint: Member must satisfy "#
                    + #"regular expression pattern: [A-Za-z0-9.@\-_]+"#
            ),
            (
                "pipelineName", longName,
                "Value at 'pipelineName' failed to satisfy "
                    + "constraint: Member must have length less than or equal to 100"
            ),
            (
                "pipelineExecutionId", .string("ABC"),
                "Value at 'pipelineExecutionId' failed to satisfy constraint: Member must "
                    + "satisfy regular expression pattern: "
                    + "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
            ),
            (
                "retryMode", .string("ALL"),
                "Value at 'retryMode' failed to satisfy constraint: Member must satisfy enum "
                    + "value set: [ALL_ACTIONS, FAILED_ACTIONS]"
            ),
        ] as [(String, JSON?, String)]
    )
    func `a bad member of a retry is named as AWS names it`(
        member: String,
        value: JSON?,
        what: String
    ) {
        var web = TraceReplay.shipping([])
        var input = Self.retry
        input[member] = value
        let error = web.refusal(.retryStageExecution, input)
        #expect(error?.code == "ValidationException")
        #expect(error?.message == "1 validation error detected: \(what)")
    }

    @Test func `all violations come at once`() {
        var web = TraceReplay.shipping([])
        let error = web.refusal(.retryStageExecution, [:])
        #expect(error?.message.hasPrefix("4 validation errors detected: Value at") == true)
    }

    @Test(
        arguments: [
            (Operation.getPipelineState, ["name": .integer(1)]),
            (.listPipelines, ["maxResults": "x"]),
            (.stopPipelineExecution, ["abandon": "x"]),
            (.putApprovalResult, ["result": "x"]),
            (.updatePipeline, ["pipeline": .object(["stages": "x"])]),
        ] as [(CodePipelineSimulator.Operation, [String: JSON])]
    )
    func `a value of the wrong type cannot be read`(
        operation: CodePipelineSimulator.Operation,
        input: [String: JSON]
    ) {
        var web = TraceReplay.shipping([])
        #expect(web.refusal(operation, input)?.code == "SerializationException")
    }

    @Test(arguments: CodePipelineSimulator.Operation.allCases)
    func `every operation but the list refuses an empty request`(
        operation: CodePipelineSimulator.Operation
    ) {
        var web = TraceReplay.shipping([])
        let code = web.refusal(operation, [:])?.code
        #expect(code == (operation == .listPipelines ? nil : "ValidationException"))
    }

    @Test(
        arguments: [
            (Operation.getPipelineState, ["name": "none"], "PipelineNotFoundException"),
            (.getPipeline, ["name": "none"], "PipelineNotFoundException"),
            (
                .getPipeline, ["name": "web", "version": .integer(9)],
                "PipelineVersionNotFoundException"
            ),
            (
                .getPipelineExecution,
                ["pipelineName": "web", "pipelineExecutionId": .string(TraceReplay.unknownID)],
                "PipelineExecutionNotFoundException"
            ),
            (.listPipelineExecutions, ["pipelineName": "none"], "PipelineNotFoundException"),
            (
                .listActionExecutions,
                [
                    "pipelineName": "web",
                    "filter": .object(["pipelineExecutionId": .string(TraceReplay.unknownID)]),
                ], "PipelineExecutionNotFoundException"
            ),
            (.listPipelines, ["nextToken": "x"], "InvalidNextTokenException"),
            (.listPipelines, ["maxResults": .integer(0)], "ValidationException"),
            (.listPipelines, ["maxResults": .integer(1001)], "ValidationException"),
            (
                .listActionExecutions, ["pipelineName": "web", "nextToken": "x"],
                "InvalidNextTokenException"
            ),
            (.startPipelineExecution, ["name": "none"], "PipelineNotFoundException"),
            (
                .disableStageTransition,
                [
                    "pipelineName": "web", "stageName": "None", "transitionType": "Inbound",
                    "reason": "x",
                ], "StageNotFoundException"
            ),
            (
                .disableStageTransition,
                [
                    "pipelineName": "web", "stageName": "Deploy", "transitionType": "Inbound",
                    "reason": "a/b",
                ], "ValidationException"
            ),
            (
                .putApprovalResult,
                [
                    "pipelineName": "web", "stageName": "Deploy", "actionName": "None",
                    "token": .string(TraceReplay.unknownID),
                    "result": .object(["summary": "", "status": "Approved"]),
                ], "ActionNotFoundException"
            ),
            (
                .stopPipelineExecution,
                ["pipelineName": "web", "pipelineExecutionId": .string(TraceReplay.unknownID)],
                "PipelineExecutionNotStoppableException"
            ),
        ] as [(CodePipelineSimulator.Operation, [String: JSON], String)]
    )
    func `a missing thing is reported with its own code`(
        operation: CodePipelineSimulator.Operation,
        input: [String: JSON],
        code: String
    ) {
        var web = TraceReplay.shipping([])
        #expect(web.refusal(operation, input)?.code == code)
    }

    @Test func `the state is rendered as in the API model`() throws {
        var web = TraceReplay.shipping([[TraceReplay.failing(message: "say \"no\"\n")]])
        let id = try web.start()
        let state = try web.perform(.getPipelineState, ["name": "web"], 2).get()
        let stage = try #require(state["stageStates"]?[1])
        #expect(state["pipelineVersion"] == .integer(1))
        #expect(state["created"] == .number(1_795_395_723))
        #expect(stage["stageName"] == "Deploy")
        #expect(stage["latestExecution"]?["pipelineExecutionId"] == .string(id))
        #expect(stage["latestExecution"]?["status"] == "Failed")
        #expect(stage["latestExecution"]?["type"] == nil)
        #expect(stage["inboundTransitionState"]?["enabled"] == .bool(true))
        #expect(stage["retryStageMetadata"] == nil)
        let action = try #require(stage["actionStates"]?[0]?["latestExecution"])
        #expect(action["status"] == "Failed")
        #expect(action["lastStatusChange"] == .number(1_795_395_725))
        #expect(action["errorDetails"]?["code"] == "JobFailed")
        let text = String(decoding: action.utf8, as: UTF8.self)
        #expect(text.contains(#""message":"say \"no\"\n""#))
        #expect(text.contains(#""lastStatusChange":1795395725.0"#))
    }

    @Test func `pipelines come in pages`() throws {
        var model = ServiceModel(start: TraceReplay.origin)
        for number in 0..<5 {
            model.addPipeline(
                ServiceModel.Definition(name: "p\(number)", stages: [TraceReplay.source])
            )
        }
        let isAdded = model.addPipeline(ServiceModel.Definition(name: "p0", stages: []))
        #expect(!isAdded)
        var names: [String] = []
        var token: JSON?
        repeat {
            var input: [String: JSON] = ["maxResults": .integer(2)]
            input["nextToken"] = token
            let page = try model.perform(
                .listPipelines,
                .object(input),
                at: TraceReplay.origin
            ).get()
            names += page["pipelines"]?.array?.compactMap { $0["name"]?.string } ?? []
            token = page["nextToken"]
        } while token != nil
        #expect(names == ["p0", "p1", "p2", "p3", "p4"])
    }

    @Test func `action executions come in pages that new ones do not shift`() throws {
        var web = TraceReplay.shipping([[TraceReplay.failing()]])
        let id = try web.start()
        for attempt in 0..<3 {
            #expect(web.retry("Deploy", id, Double(3 + attempt * 2)) == nil)
        }
        web.model.advance(to: web.at(20))
        let all = try web.model.actionRuns(of: "web", execution: id).map(\.id)
        #expect(all.count == 5)
        var input: [String: JSON] = ["pipelineName": "web", "maxResults": .integer(2)]
        let first = try web.perform(.listActionExecutions, input, 20).get()
        _ = try web.start(20)
        input["nextToken"] = first["nextToken"]
        let second = try web.perform(.listActionExecutions, input, 30).get()
        let pages = [first, second].flatMap { $0["actionExecutionDetails"]?.array ?? [] }
        #expect(pages.compactMap { $0["actionExecutionId"]?.string } == Array(all.prefix(4)))
        input["pipelineName"] = "web"
        input["filter"] = .object(["pipelineExecutionId": .string(id)])
        #expect(
            web.refusal(.listActionExecutions, input, 30)?.code
                == "InvalidNextTokenException"
        )
    }

    @Test func `the latest attempts can be requested alone`() throws {
        var web = TraceReplay.shipping([[TraceReplay.failing()]])
        let id = try web.start()
        #expect(web.retry("Deploy", id, 3) == nil)
        func rows(_ range: String) throws -> Int? {
            let latest = JSON.object([
                "pipelineExecutionId": .string(id), "startTimeRange": .string(range),
            ])
            let input: [String: JSON] = [
                "pipelineName": "web", "filter": .object(["latestInPipelineExecution": latest]),
            ]
            let page = try web.perform(.listActionExecutions, input, 9).get()
            return page["actionExecutionDetails"]?.array?.count
        }
        #expect(try rows("Latest") == 2)
        #expect(try rows("All") == 3)
    }

    @Test func `executions are listed newest first and filtered by stage`() throws {
        var web = TraceReplay.shipping([[TraceReplay.succeeding()], [TraceReplay.failing()]])
        let good = try web.start(0)
        let bad = try web.start(5)
        func ids(_ extra: [String: JSON]) throws -> [String] {
            let input = extra.merging(["pipelineName": "web"]) { first, _ in first }
            let page = try web.perform(.listPipelineExecutions, input, 9).get()
            return page["pipelineExecutionSummaries"]?.array?.compactMap {
                $0["pipelineExecutionId"]?.string
            } ?? []
        }
        #expect(try ids([:]) == [bad, good])
        #expect(try ids(["maxResults": .integer(1)]) == [bad])
        let filter = JSON.object(["succeededInStage": .object(["stageName": "Deploy"])])
        #expect(try ids(["filter": filter]) == [good])
    }

    @Test func `a definition goes round through an update`() throws {
        var web = TraceReplay.shipping([[TraceReplay.succeeding()]], onFailure: .retry(.allActions))
        let before = try web.perform(.getPipeline, ["name": "web"]).get()
        #expect(
            before["metadata"]?["pipelineArn"]
                == "arn:aws:codepipeline:eu-west-1:111122223333:web"
        )
        let pipeline = try #require(before["pipeline"])
        let updated = try web.perform(.updatePipeline, ["pipeline": pipeline], 1).get()
        #expect(updated["pipeline"]?["version"] == .integer(2))
        #expect(updated["pipeline"]?["stages"] == pipeline["stages"])
        #expect(try web.model.definition(of: "web").stages[1].onFailure == .retry(.allActions))
        let missing = web.refusal(.updatePipeline, ["pipeline": .object(["name": "web"])], 1)
        #expect(missing?.message.contains("'pipeline.stages'") == true)
        var one = try #require(pipeline.object)
        one["stages"] = .array(Array(pipeline["stages"]?.array?.prefix(1) ?? []))
        #expect(
            web.refusal(.updatePipeline, ["pipeline": .object(one)], 1)?.code
                == "InvalidStructureException"
        )
    }

    @Test(arguments: [("Outbound", "Source"), ("Inbound", "Deploy")])
    func `the way out of a stage is the gate into the next`(
        type: String,
        stage: String
    ) throws {
        var web = TraceReplay.shipping([[TraceReplay.succeeding()]])
        let input: [String: JSON] = [
            "pipelineName": "web", "stageName": .string(stage), "transitionType": .string(type),
            "reason": "freeze",
        ]
        _ = try web.perform(.disableStageTransition, input).get()
        #expect(try web.stage("Deploy", 1).transition.isEnabled == false)
        _ = try web.perform(.enableStageTransition, input, 2).get()
        #expect(try web.stage("Deploy", 3).transition.isEnabled)
    }

    @Test func `reads are logged when everything is`() throws {
        var web = TraceReplay.shipping([])
        _ = web.perform(.getPipelineState, ["name": "web"])
        #expect(web.model.served.isEmpty)
        web.model.recording = .everything
        _ = web.perform(.getPipelineState, ["name": "web"])
        #expect(web.model.served.map(\.operation) == ["GetPipelineState"])
    }
}
