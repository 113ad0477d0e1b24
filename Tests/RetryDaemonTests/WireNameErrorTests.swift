import CodePipelineClient
import RetryDaemon
import Testing

/// Names and ids that AWS does not assign.
@Suite struct WireNameErrorTests {
    /// Invalid names, as JSON, and the reported error.
    static let junk: [(json: String, error: String)] = [
        (#"a\nb"#, "contains a control character"), (#"a\u0000b"#, "contains a control character"),
        (#"\u001b[31m"#, "contains a control character"),
        (#"a\u0085"#, "contains a control character"),
        (String(repeating: "x", count: 257), "is longer than 256 bytes"),
    ]

    @Test(
        arguments: junk.indices,
        [
            (#"{"stageName":"?"}"#, "a stageName"),
            (#"{"latestExecution":{"pipelineExecutionId":"?"}}"#, "a pipelineExecutionId"),
            (#"{"inboundExecution":{"pipelineExecutionId":"?"}}"#, "a pipelineExecutionId"),
            (#"{"inboundExecutions":[{"pipelineExecutionId":"?"}]}"#, "a pipelineExecutionId"),
            (#"{"actionStates":[{"actionName":"?"}]}"#, "an actionName"),
            (
                #"{"actionStates":[{"latestExecution":{"actionExecutionId":"?"}}]}"#,
                "an actionExecutionId"
            ),
        ]
    )
    func `a state with such a name is refused by its field`(
        _ junk: Int,
        _ place: (String, String)
    ) throws {
        let stage = place.0.replacing("?", with: Self.junk[junk].json)
        let text = #"{"stageStates":[{"stageName":"First"},\#(stage)]}"#
        let error = try DocumentDecoder().decodeState(Array(text.utf8)).nameError
        #expect(error?.field == place.1)
        #expect(error?.problem == Self.junk[junk].error)
    }

    @Test(
        arguments: [
            (#"{}"#, "a stage", "has no stageName"),
            (#"{"stageName":""}"#, "a stage", "has no stageName"),
            (#"{"stageName":null}"#, "a stage", "has no stageName"),
            (
                #"{"stageName":"S","latestExecution":{}}"#, "an execution",
                "has no pipelineExecutionId"
            ),
            (
                #"{"stageName":"S","latestExecution":{"pipelineExecutionId":""}}"#,
                "an execution", "has no pipelineExecutionId"
            ),
            (
                #"{"stageName":"S","inboundExecution":{"status":"InProgress"}}"#, "an execution",
                "has no pipelineExecutionId"
            ),
            (
                #"{"stageName":"S","inboundExecutions":[{"status":"InProgress"}]}"#,
                "an execution", "has no pipelineExecutionId"
            ),
            (#"{"stageName":"First"}"#, "a stageName", "appears twice"),
        ]
    )
    func `a state that lacks a name, or has one twice, is refused`(
        _ stage: String,
        _ field: String,
        _ what: String
    ) throws {
        let text = #"{"stageStates":[{"stageName":"First"},\#(stage)]}"#
        let error = try DocumentDecoder().decodeState(Array(text.utf8)).nameError
        #expect(error?.field == field)
        #expect(error?.problem == what)
    }

    @Test(arguments: junk.indices, ["stageName", "actionName", "actionExecutionId"])
    func `a row of the history with such a name is refused`(
        _ junk: Int,
        _ field: String
    ) throws {
        let text = #"{"actionExecutionDetails":[{"\#(field)":"\#(Self.junk[junk].json)"}]}"#
        let rows = try DocumentDecoder().decodeActionExecutions(Array(text.utf8))
        let error = try #require(rows.actionExecutionDetails.first?.nameError)
        #expect(error.field.hasSuffix(field))
        #expect(error.problem == Self.junk[junk].error)
    }

    @Test(
        arguments: junk.indices,
        [
            #"{"name":"?"}"#, #"{"name":"S","actions":[{"name":"?"}]}"#,
        ]
    )
    func `a definition with such a name is refused`(_ junk: Int, _ stage: String) throws {
        let stage = stage.replacing("?", with: Self.junk[junk].json)
        let text = #"{"pipeline":{"stages":[\#(stage)]}}"#
        let definition = try DocumentDecoder().decodeDefinition(Array(text.utf8))
        #expect(definition.nameError?.problem == Self.junk[junk].error)
    }

    @Test func `AWS's own names are valid, other alphabets too`() throws {
        let text = #"""
            {"stageStates":[{"stageName":"Prüfung @1.2_x-y","latestExecution":
            {"pipelineExecutionId":"6a3c2d1e-0000-4000-8000-000000000001"},
            "actionStates":[{"actionName":"Ship it"}]}]}
            """#
        #expect(try DocumentDecoder().decodeState(Array(text.utf8)).nameError == nil)
    }
}
