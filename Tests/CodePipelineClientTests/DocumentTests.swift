import CodePipelineClient
import Primitives
import Testing

private let decoder = DocumentDecoder()

private func state(_ text: String) throws(WireDecodingError) -> Wire.PipelineState {
    try decoder.decodeState(Array(text.utf8))
}

@Suite("The pipeline's state")
struct StateDocumentTests {
    @Test func `every member has its place`() throws {
        let state = try state(fullState)
        #expect(state.pipelineName == "deploy")
        #expect(state.pipelineVersion == 7)
        #expect(state.created == WallTime(milliseconds: 1_446_137_312_000))
        #expect(state.updated == WallTime(milliseconds: 1_446_137_312_204))
        let stage = try #require(state.stageStates.first)
        #expect(stage.stageName == "Approve")
        #expect(stage.latestExecution?.status == .failed)
        #expect(stage.latestExecution?.type == .standard)
        #expect(stage.inboundExecution?.pipelineExecutionId == "e2")
        #expect(stage.inboundExecutions.map(\.status) == [.inProgress])
        #expect(stage.inboundTransitionState?.enabled == false)
        #expect(stage.retryStageMetadata?.autoStageRetryAttempt == 1)
        #expect(stage.retryStageMetadata?.manualStageRetryAttempt == 2)
        let condition = try #require(stage.beforeEntryConditionState)
        #expect(condition.latestExecution?.status == .errored)
        let action = try #require(stage.actionStates.first)
        #expect(action.actionName == "Ask")
        #expect(action.latestExecution?.actionExecutionId == "a1")
        #expect(
            action.latestExecution?.lastStatusChange
                == WallTime(milliseconds: 1_427_298_837_769)
        )
        #expect(action.latestExecution?.errorDetails?.code == "JobFailed")
    }

    @Test func `an approval's token is not kept`() throws {
        let state = try state(fullState)
        var dumped = ""
        dump(state, to: &dumped)
        #expect(!dumped.contains("approve-me"))
        #expect(!dumped.contains("rule-token"))
    }

    @Test(arguments: ["{}", "", #"{"stageStates":null}"#, #"{"pipelineName":"p"}"#])
    func `an answer without stageStates is not valid`(_ text: String) {
        let error = #expect(throws: WireDecodingError.self) { try state(text) }
        #expect(error?.description == "pipeline state: there is no stageStates in it")
    }

    @Test func `everything but the stages may be absent`() throws {
        let state = try state(#"{"stageStates":[]}"#)
        #expect(state.pipelineName == nil)
        #expect(state.stageStates.isEmpty)
    }

    @Test func `empty and null parts of a stage count as absent`() throws {
        let state = try state(
            #"{"stageStates":[null,{},{"latestExecution":null,"actionStates":[null,{}]}]}"#
        )
        #expect(state.stageStates.count == 2)
        #expect(state.stageStates[1].latestExecution == nil)
        #expect(state.stageStates[1].actionStates.count == 1)
    }

    @Test func `unknown names are kept`() throws {
        let text =
            #"{"stageStates":[{"latestExecution":{"status":"Paused","type":"CANARY"}}]}"#
        let execution = try state(text).stageStates[0].latestExecution
        #expect(execution?.status == .unknown("Paused"))
        #expect(execution?.status?.description == "Paused")
        #expect(execution?.type == .unknown("CANARY"))
        #expect(Wire.StageExecutionStatus.inProgress.description == "InProgress")
    }

    @Test(
        arguments: [
            ("1446137312", 1_446_137_312_000), ("1446137312.204", 1_446_137_312_204),
            ("1.446137312204e9", 1_446_137_312_204), ("-1.5", -1500), ("0", 0),
            (#""2015-10-29T16:48:32.204Z""#, 1_446_137_312_204),
            (#""2015-10-29T09:48:32.204000-07:00""#, 1_446_137_312_204),
            (#""2015-10-29T18:48:32+02:00""#, 1_446_137_312_000),
            (#""1446137312.204""#, 1_446_137_312_204),
            ("1e300", nil), (#""yesterday""#, nil), (#""NaN""#, nil), ("null", nil),
        ] as [(String, Int64?)]
    )
    func `times come as numbers or as the CLI prints them`(
        _ text: String,
        _ milliseconds: Int64?
    ) throws {
        let found = try state("{\"stageStates\":[],\"created\":\(text)}").created
        #expect(found == milliseconds.map { WallTime(milliseconds: $0) })
    }

    @Test(arguments: [
        ("[]", "pipeline state"), ("<html>", "pipeline state"), ("{", "pipeline state"),
        (#"{"stageStates":{}}"#, "pipeline state at .stageStates"),
        (#"{"stageStates":[{"stageName":7}]}"#, "pipeline state at .stageStates[0].stageName"),
        (#"{"created":true}"#, "pipeline state at .created"),
    ])
    func `another document is rejected with the position`(_ text: String, _ prefix: String) {
        let error = #expect(throws: WireDecodingError.self) { try state(text) }
        #expect(error?.description.hasPrefix(prefix) == true)
    }
}

@Suite("Definition and action executions")
struct OtherDocumentTests {
    @Test func `the definition has category, order and mode`() throws {
        let text = """
            {"pipeline":{"name":"p","version":2,"executionMode":"QUEUED","pipelineType":"V2",
              "roleArn":"arn:r","stages":[{"name":"S",
               "onFailure":{"result":"RETRY","retryConfiguration":{"retryMode":"ALL_ACTIONS"},
                "conditions":[{"result":"FAIL"}]},
               "actions":[{"name":"A","runOrder":2,"timeoutInMinutes":5,"region":"eu-west-1",
                "actionTypeId":{"category":"Approval","owner":"AWS","provider":"Manual",
                 "version":"1"}}]}]},
             "metadata":{"pipelineArn":"arn:aws:codepipeline:eu-west-1:1:p",
              "updated":"2026-11-23T01:02:03.004000+00:00"}}
            """
        let definition = try decoder.decodeDefinition(Array(text.utf8))
        #expect(definition.executionMode == .queued)
        #expect(definition.pipelineArn == "arn:aws:codepipeline:eu-west-1:1:p")
        #expect(definition.updated == WallTime(rfc3339: "2026-11-23T01:02:03.004Z"))
        let stage = try #require(definition.stages.first)
        #expect(stage.onFailure?.result == .retry)
        #expect(stage.onFailure?.retryMode == "ALL_ACTIONS")
        #expect(stage.onFailure?.conditions.isEmpty == false)
        let action = try #require(stage.actions.first)
        #expect(action.actionTypeId?.category == .approval)
        #expect(action.actionTypeId?.provider == "Manual")
        #expect(action.runOrder == 2)
    }

    @Test(arguments: [
        "", "{}", #"{"pipeline":null}"#, #"{"pipeline":{}}"#, #"{"metadata":{}}"#,
        #"{"pipeline":{"stages":null}}"#,
    ])
    func `a definition without stages is not valid`(_ text: String) {
        #expect(throws: WireDecodingError.self) { try decoder.decodeDefinition(Array(text.utf8)) }
    }

    @Test(arguments: ["", "{}", #"{"actionExecutionDetails":null}"#, #"{"nextToken":"t"}"#])
    func `a page without its list is not valid`(_ text: String) {
        #expect(throws: WireDecodingError.self) {
            try decoder.decodeActionExecutions(Array(text.utf8))
        }
        #expect(throws: WireDecodingError.self) { try decoder.decodePipelines(Array(text.utf8)) }
    }

    @Test func `an action execution has provider, result and times`() throws {
        let text = """
            {"actionExecutionDetails":[{"pipelineExecutionId":"e","actionExecutionId":"a",
              "pipelineVersion":1,"stageName":"S","actionName":"A","startTime":1.5,
              "lastUpdateTime":"2026-11-23T01:02:03+01:00","status":"Failed","updatedBy":"arn:x",
              "input":{"actionTypeId":{"category":"Build","provider":"CodeBuild"},
               "configuration":{"ProjectName":"unit","Empty":null},"region":"eu-west-1"},
              "output":{"executionResult":{"externalExecutionId":"b:1",
               "externalExecutionSummary":"sum","errorDetails":{"code":"JobFailed"}}}},{}],
             "nextToken":"t"}
            """
        let page = try decoder.decodeActionExecutions(Array(text.utf8))
        #expect(page.nextToken == "t")
        #expect(page.actionExecutionDetails.count == 2)
        let detail = page.actionExecutionDetails[0]
        #expect(detail.startTime == WallTime(milliseconds: 1500))
        #expect(detail.lastUpdateTime == WallTime(rfc3339: "2026-11-23T00:02:03Z"))
        #expect(detail.actionTypeId?.category == .build)
        #expect(detail.configuration == ["ProjectName": "unit"])
        #expect(detail.result?.externalExecutionSummary == "sum")
        #expect(detail.result?.errorDetails?.code == "JobFailed")
    }
}
