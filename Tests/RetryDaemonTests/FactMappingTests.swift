import CodePipelineClient
import Primitives
import RetryCore
import RetryDaemon
import Testing

@Suite
struct FactMappingTests {
    private func state(_ stage: String) throws -> StageSnapshot {
        let text = #"{"pipelineVersion":7,"stageStates":[\#(stage)]}"#
        let wire = try DocumentDecoder().decodeState(Array(text.utf8))
        return try #require(PipelineSnapshot(wire).stages.first)
    }

    @Test(arguments: [
        ("Failed", StageStatus.failed), ("InProgress", .inProgress), ("Stopped", .stopped),
        ("Stopping", .stopping), ("Succeeded", .succeeded), ("Skipped", .skipped),
        ("Cancelled", .cancelled), ("Vanished", .unknown("Vanished")),
    ])
    func `a stage's status`(_ row: (String, StageStatus)) throws {
        let stage = try state(
            #"{"stageName":"S","latestExecution":{"pipelineExecutionId":"e","status":"\#(row.0)"}}"#
        )
        #expect(stage.latest == StageExecution(id: "e", status: row.1))
    }

    @Test
    func `a stage's status that is absent is unknown, and a type that is absent is standard`()
        throws
    {
        let stage = try state(#"{"stageName":"S","latestExecution":{"pipelineExecutionId":"e"}}"#)
        #expect(stage.latest?.status == .unknown(""))
        #expect(stage.latest?.type == .standard)
    }

    @Test(arguments: [
        ("ROLLBACK", ExecutionType.rollback), ("STANDARD", .standard),
        ("X", .unknown("X")),
    ])
    func `an execution's type`(_ row: (String, ExecutionType)) throws {
        let stage = try state(
            """
            {"stageName":"S","latestExecution":
            {"pipelineExecutionId":"e","status":"Failed","type":"\(row.0)"}}
            """
        )
        #expect(stage.latest?.type == row.1)
    }

    @Test(arguments: [
        ("Failed", ConditionState.failed), ("Errored", .failed), ("Cancelled", .failed),
        ("Abandoned", .failed), ("InProgress", .inProgress), ("Succeeded", .none),
        ("Overridden", .none), ("Odd", .unknown("Odd")),
    ])
    func `a condition's status`(_ row: (String, ConditionState)) throws {
        let stage = try state(
            """
            {"stageName":"S","beforeEntryConditionState":
            {"latestExecution":{"status":"\(row.0)"}}}
            """
        )
        #expect(stage.conditions.beforeEntry == row.1)
    }

    @Test
    func `a whole stage`() throws {
        let stage = try state(
            """
            {"stageName":"Deploy","inboundExecution":{"pipelineExecutionId":"n"},
            "inboundExecutions":[{"pipelineExecutionId":"n"},{"pipelineExecutionId":"m"}],
            "inboundTransitionState":{"enabled":false},
            "retryStageMetadata":{"autoStageRetryAttempt":1,"manualStageRetryAttempt":2},
            "actionStates":[{"actionName":"Ship","entityUrl":"https://entity","latestExecution":
            {"actionExecutionId":"a","status":"Failed","lastStatusChange":1795395600.5,
            "summary":"s","errorDetails":{"code":"JobFailed","message":"m"}}}]}
            """
        )
        #expect(stage.inbound == ["n", "m"])
        #expect(!stage.transitionEnabled)
        #expect(stage.counters == RetryCounters(automatic: 1, manual: 2))
        #expect(
            stage.actions == [
                ActionSnapshot(
                    name: "Ship",
                    executionID: "a",
                    status: .failed,
                    lastStatusChange: WallTime(milliseconds: 1_795_395_600_500),
                    code: "JobFailed",
                    message: "m",
                    summary: "s",
                    url: "https://entity"
                )
            ]
        )
    }

    @Test
    func `a stage without a name is left out, and one that is bare is harmless`() throws {
        let text = #"{"created":1795395600.5,"stageStates":[{},{"stageName":"S"}]}"#
        let wire = try DocumentDecoder().decodeState(Array(text.utf8))
        let expected = PipelineSnapshot(
            version: nil,
            created: WallTime(milliseconds: 1_795_395_600_500),
            stages: [StageSnapshot(name: "S")]
        )
        #expect(PipelineSnapshot(wire) == expected)
    }

    @Test
    func `a definition`() throws {
        let text = """
            {"pipeline":{"version":3,"executionMode":"QUEUED","stages":[{"name":"Deploy",
            "onFailure":{"result":"ROLLBACK"},"actions":[{"name":"Ship","runOrder":2,
            "configuration":{"ActionMode":"CHANGE_SET_EXECUTE","StackName":"web","Secret":"s"},
            "actionTypeId":{"category":"Deploy","provider":"CodeDeploy"}},{"name":"Bare",
            "configuration":{"ProjectName":"unit"}}]}]},
            "metadata":{"pipelineArn":"arn:aws-cn:codepipeline:cn-north-1:111122223333:web"}}
            """
        let wire = try DocumentDecoder().decodeDefinition(Array(text.utf8))
        #expect(
            PipelineDefinition(wire)
                == PipelineDefinition(
                    version: 3,
                    executionMode: .queued,
                    account: "111122223333",
                    partition: "aws-cn",
                    stages: [
                        "Deploy": StageDefinition(
                            onFailure: .rollback,
                            actions: [
                                "Ship": ActionKind(
                                    category: "Deploy",
                                    provider: "CodeDeploy",
                                    runOrder: 2,
                                    changeSet: ChangeSetUse(mode: .executes, stack: "web")
                                ),
                                "Bare": ActionKind(category: nil, provider: nil, runOrder: 1),
                            ]
                        )
                    ]
                )
        )
    }

    @Test(arguments: [
        ("SUPERSEDED", ExecutionMode.superseded), ("QUEUED", .queued),
        ("PARALLEL", .parallel),
        ("ODD", .unknown("ODD")),
    ])
    func `an execution mode`(_ row: (String, ExecutionMode)) throws {
        let text = #"{"pipeline":{"executionMode":"\#(row.0)","stages":[]}}"#
        let wire = try DocumentDecoder().decodeDefinition(Array(text.utf8))
        #expect(PipelineDefinition(wire).executionMode == row.1)
        let bare = try DocumentDecoder().decodeDefinition(
            Array(#"{"pipeline":{"stages":[]}}"#.utf8)
        )
        #expect(PipelineDefinition(bare).executionMode == .superseded)
    }

    @Test(arguments: [
        ("ROLLBACK", FailureResult.rollback), ("FAIL", .fail), ("RETRY", .retry),
        ("SKIP", .skip), ("ODD", .unknown("ODD")),
    ])
    func `CodePipeline's own reactions`(_ row: (String, FailureResult)) throws {
        let text = """
            {"pipeline":{"stages":[{"name":"S","onFailure":{"result":"\(row.0)"}}]}}
            """
        let wire = try DocumentDecoder().decodeDefinition(Array(text.utf8))
        #expect(PipelineDefinition(wire).stages["S"]?.onFailure == row.1)
    }

    @Test
    func `a row of the history`() throws {
        let text = """
            {"actionExecutionDetails":[{"pipelineExecutionId":"e","actionExecutionId":"a",
            "pipelineVersion":4,"stageName":"Deploy","actionName":"Ship","startTime":1795395600,
            "lastUpdateTime":1795395601,"status":"Abandoned","input":{"configuration":
            {"ActionMode":"CHANGE_SET_REPLACE","ChangeSetName":"change"},"actionTypeId":
            {"category":"Approval","provider":"Manual"}},"output":{"executionResult":
            {"externalExecutionSummary":"s","externalExecutionUrl":"u",
            "errorDetails":{"code":"c","message":"m"}}}}]}
            """
        let wire = try DocumentDecoder().decodeActionExecutions(Array(text.utf8))
        #expect(
            wire.actionExecutionDetails.map(ActionRow.init) == [
                ActionRow(
                    stage: "Deploy",
                    action: ActionSnapshot(
                        name: "Ship",
                        executionID: "a",
                        status: .abandoned,
                        lastStatusChange: WallTime(milliseconds: 1_795_395_601_000),
                        code: "c",
                        message: "m",
                        summary: "s",
                        url: "u"
                    ),
                    category: "Approval",
                    provider: "Manual",
                    changeSet: ChangeSetUse(mode: .prepares, name: "change"),
                    started: WallTime(milliseconds: 1_795_395_600_000),
                    pipelineVersion: 4
                )
            ]
        )
    }

    @Test(arguments: [
        ("Failed", "CodeBuild", true), ("Succeeded", "CodeBuild", false),
        ("Failed", "Lambda", false), ("Failed", "Manual", false), ("Failed", "Commands", true),
    ])
    func `a failed row says what ran where a service can be asked, and no other setting`(
        _ status: String,
        _ provider: String,
        _ isAskable: Bool
    ) throws {
        let text = """
            {"actionExecutionDetails":[{"stageName":"S","actionName":"A","startTime":1795395600,
            "status":"\(status)","input":{"region":"eu-west-3","configuration":
            {"ProjectName":"shop","EnvironmentVariables":"TOKEN=secret"},
            "actionTypeId":{"provider":"\(provider)"}},"output":{"executionResult":
            {"externalExecutionId":"shop:1","logStreamARN":"arn:log"}}}]}
            """
        let wire = try DocumentDecoder().decodeActionExecutions(Array(text.utf8))
        let run = ActionRun(
            region: "eu-west-3",
            externalID: "shop:1",
            configuration: ["ProjectName": "shop"],
            logStreamARN: "arn:log",
            started: WallTime(milliseconds: 1_795_395_600_000)
        )
        #expect(wire.actionExecutionDetails.map { ActionRow($0).run } == [isAskable ? run : nil])
    }

    @Test
    func `a row without its last change is dated by its start`() throws {
        let text = #"{"actionExecutionDetails":[{"stageName":"S","startTime":1795395600}]}"#
        let wire = try DocumentDecoder().decodeActionExecutions(Array(text.utf8))
        let start = WallTime(milliseconds: 1_795_395_600_000)
        #expect(
            wire.actionExecutionDetails.map { ActionRow($0).action.lastStatusChange } == [start]
        )
    }

    @Test
    func `the execution that is in the stage does not wait to enter it`() throws {
        let stage = try state(
            """
            {"stageName":"S","latestExecution":{"pipelineExecutionId":"e","status":"Failed"},
            "inboundExecution":{"pipelineExecutionId":"e","status":"InProgress"},
            "inboundExecutions":[{"pipelineExecutionId":"e"},{"pipelineExecutionId":"n"}]}
            """
        )
        #expect(stage.inbound == ["n"])
    }

    @Test
    func `a row of the executions, and a minimal one`() throws {
        let text = """
            {"pipelineExecutionSummaries":[{"pipelineExecutionId":"e","status":"Failed",
            "statusSummary":"no value","startTime":1795395600,"lastUpdateTime":1795395601.5,
            "sourceRevisions":[],"executionMode":"QUEUED","executionType":"ROLLBACK"},
            {"pipelineExecutionId":"f","status":"Odd","statusSummary":"",
            "sourceRevisions":[{"actionName":"Source"}]},{"status":"Failed"}]}
            """
        let wire = try DocumentDecoder().decodePipelineExecutions(Array(text.utf8))
        #expect(
            wire.pipelineExecutionSummaries.compactMap(ExecutionSummary.init) == [
                ExecutionSummary(
                    id: "e",
                    status: .failed,
                    type: .rollback,
                    mode: .queued,
                    started: WallTime(milliseconds: 1_795_395_600_000),
                    lastUpdate: WallTime(milliseconds: 1_795_395_601_500),
                    statusSummary: "no value"
                ),
                ExecutionSummary(id: "f", status: .unknown("Odd"), hasRevisions: true),
            ]
        )
    }

    @Test(arguments: [
        ("Failed", ExecutionStatus.failed), ("InProgress", .inProgress),
        ("Stopped", .stopped), ("Stopping", .stopping), ("Succeeded", .succeeded),
        ("Superseded", .superseded), ("Cancelled", .cancelled), ("Odd", .unknown("Odd")),
    ])
    func `an execution's status`(_ row: (String, ExecutionStatus)) throws {
        let text = """
            {"pipelineExecutionSummaries":[{"pipelineExecutionId":"e","status":"\(row.0)"}]}
            """
        let wire = try DocumentDecoder().decodePipelineExecutions(Array(text.utf8))
        let mapped = wire.pipelineExecutionSummaries.compactMap(ExecutionSummary.init)
        #expect(mapped.map(\.status) == [row.1])
    }

    @Test
    func `an endless message is cut at a character boundary`() throws {
        let long = String(repeating: "é", count: 20_000)
        let stage = try state(
            """
            {"stageName":"S","actionStates":[{"actionName":"A","latestExecution":
            {"errorDetails":{"message":"\(long)"}}}]}
            """
        )
        #expect(stage.actions.first?.message?.utf8.count == 20_000)
    }
}
