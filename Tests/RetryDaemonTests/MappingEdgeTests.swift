import CodePipelineClient
import RetryCore
import RetryDaemon
import Testing

/// The mappings at their limits, and of rare members.
@Suite struct MappingEdgeTests {
    private func state(_ stage: String) throws -> StageSnapshot? {
        let text = #"{"stageStates":[\#(stage)]}"#
        return try PipelineSnapshot(DocumentDecoder().decodeState(Array(text.utf8))).stages.first
    }

    private func definition(_ text: String) throws -> PipelineDefinition {
        PipelineDefinition(try DocumentDecoder().decodeDefinition(Array(text.utf8)))
    }

    @Test(arguments: ["beforeEntry", "onSuccess", "onFailure"])
    func `each position of conditions is kept separately`(_ place: String) throws {
        let stage = try state(
            """
            {"stageName":"S","\(place)ConditionState":{"latestExecution":{"status":"Failed"}}}
            """
        )
        let expected = StageConditions(
            beforeEntry: place == "beforeEntry" ? .failed : .none,
            onSuccess: place == "onSuccess" ? .failed : .none,
            onFailure: place == "onFailure" ? .failed : .none
        )
        #expect(stage?.conditions == expected)
    }

    @Test(arguments: [
        (["Succeeded", "InProgress"], ConditionState.inProgress),
        (["InProgress", "Succeeded"], .inProgress), (["InProgress", "Failed"], .failed),
        (["Failed", "InProgress"], .failed), (["Failed", "Odd"], .unknown("Odd")),
        (["Odd", "Failed"], .unknown("Odd")), (["Succeeded"], .none), ([], .none),
    ])
    func `without a run as a whole the worst of the conditions counts`(
        _ each: [String],
        _ expected: ConditionState
    ) throws {
        let states = each.map { #"{"latestExecution":{"status":"\#($0)"}}"# }
        let stage = try state(
            """
            {"stageName":"S","beforeEntryConditionState":
            {"conditionStates":[\(states.joined(separator: ","))]}}
            """
        )
        #expect(stage?.conditions.beforeEntry == expected)
    }

    @Test func `a run of conditions without a status is unknown, a condition without a run none`()
        throws
    {
        let run = try state(
            #"{"stageName":"S","beforeEntryConditionState":{"latestExecution":{}}}"#
        )
        #expect(run?.conditions.beforeEntry == .unknown(""))
        let none = try state(
            #"{"stageName":"S","beforeEntryConditionState":{"conditionStates":[{}]}}"#
        )
        #expect(none?.conditions.beforeEntry == ConditionState.none)
    }

    @Test(arguments: [
        ("InProgress", true), ("Odd", true), ("Cancelled", false), ("Failed", false),
        ("Stopped", false), ("Stopping", false), ("Succeeded", false), ("Skipped", false),
    ])
    func `an execution waits to enter a stage while it may still move`(
        _ status: String,
        _ waits: Bool
    ) throws {
        let stage = try state(
            """
            {"stageName":"S","inboundExecution":{"pipelineExecutionId":"n","status":"\(status)"}}
            """
        )
        #expect(stage?.inbound == (waits ? ["n"] : []))
    }

    @Test func `counters below zero are none, and absent ones are harmless`() throws {
        let stage = try state(
            """
            {"stageName":"S","retryStageMetadata":
            {"autoStageRetryAttempt":-1,"manualStageRetryAttempt":-2},
            "actionStates":[{"actionName":"A","entityUrl":"e"},{"actionName":"B","entityUrl":"e",
            "latestExecution":{"externalExecutionUrl":"x"}}]}
            """
        )
        #expect(stage?.counters == RetryCounters())
        #expect(stage?.transitionEnabled == true)
        #expect(stage?.actions.map(\.url) == ["e", "x"])
        #expect(stage?.actions.map(\.status) == [nil, nil])
    }

    @Test(arguments: [
        ("InProgress", ActionStatus.inProgress), ("Abandoned", .abandoned),
        ("Succeeded", .succeeded), ("Failed", .failed), ("Odd", .unknown("Odd")),
    ])
    func `an action's status`(_ row: (String, ActionStatus)) throws {
        let stage = try state(
            """
            {"stageName":"S","actionStates":[{"actionName":"A",
            "latestExecution":{"status":"\(row.0)"}}]}
            """
        )
        #expect(stage?.actions.first?.status == row.1)
    }

    @Test(arguments: [
        ("x", 255, 255), ("x", 256, 256), ("x", 257, 256), ("é", 128, 256), ("é", 129, 256),
        ("€", 86, 255),
    ])
    func `a code is kept up to 256 bytes, cut at a character boundary`(
        _ character: String,
        _ count: Int,
        _ bytes: Int
    ) throws {
        let code = String(repeating: character, count: count)
        let stage = try state(
            """
            {"stageName":"S","actionStates":[{"actionName":"A","latestExecution":
            {"errorDetails":{"code":"\(code)"}}}]}
            """
        )
        let kept = try #require(stage?.actions.first?.code)
        #expect(kept.utf8.count == bytes)
        #expect(code.hasPrefix(kept))
    }

    @Test(arguments: [(256, false), (257, true)])
    func `a name of 256 bytes is a name, a longer one is none`(_ count: Int, _ isRefused: Bool)
        throws
    {
        let text = #"{"stageStates":[{"stageName":"\#(String(repeating: "x", count: count))"}]}"#
        let wire = try DocumentDecoder().decodeState(Array(text.utf8))
        #expect((wire.nameError != nil) == isRefused)
    }

    @Test(arguments: [
        (
            "arn:aws:codepipeline:eu-west-1:111122223333:web", "aws" as String?,
            "111122223333" as String?
        ),
        ("arn::codepipeline:eu-west-1::web", nil, nil),
        ("arn:aws:codepipeline:eu-west-1:111122223333", nil, nil),
        ("arn:aws-cn:codepipeline:cn-north-1:1:web:more", "aws-cn", "1"), ("", nil, nil),
    ])
    func `the account and partition are those of a whole ARN`(
        _ arn: String,
        _ partition: String?,
        _ account: String?
    ) throws {
        let read = try definition(
            #"{"pipeline":{"stages":[]},"metadata":{"pipelineArn":"\#(arn)"}}"#
        )
        #expect(read.partition == partition)
        #expect(read.account == account)
    }

    @Test
    func `a definition keeps conditions and change sets, and nothing without a name`()
        throws
    {
        let read = try definition(
            """
            {"pipeline":{"stages":[{},{"name":"S","onFailure":{"conditions":
            [{"result":"ROLLBACK"},{}]},"actions":[{"runOrder":7},{"name":"A","configuration":
            {"ActionMode":"CHANGE_SET_EXECUTE","ChangeSetName":"c","StackName":"s"},
            "actionTypeId":{"category":"","provider":""}}]}]}}
            """
        )
        #expect(
            read.stages == [
                "S": StageDefinition(
                    onFailure: nil,
                    failureConditions: [.rollback, .unknown("")],
                    actions: [
                        "A": ActionKind(
                            category: nil,
                            provider: nil,
                            runOrder: 1,
                            changeSet: ChangeSetUse(mode: .executes, name: "c", stack: "s")
                        )
                    ]
                )
            ]
        )
    }
}
