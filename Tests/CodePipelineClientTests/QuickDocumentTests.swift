import Testing
import WireFormats

@testable import CodePipelineClient

private let decoder = DocumentDecoder()

/// The general decoder's reading of a document; nil when it rejects it.
private func general<Document: Decodable>(_ bytes: [UInt8]) -> Document? {
    do {
        return try decoder.decode(Document.self, bytes, document: "document")
    } catch {
        return nil
    }
}

private let actionPage = """
    {"actionExecutionDetails":[null,{
      "pipelineExecutionId":"e1","actionExecutionId":"a1","pipelineVersion":7,"stageName":"Build",
      "actionName":"Compile","startTime":1446137312.5,"lastUpdateTime":"2026-11-23T01:02:03Z",
      "updatedBy":"arn:me","status":"Failed",
      "input":{"actionTypeId":{"category":"Build","owner":"AWS","provider":"CodeBuild",
        "version":"1"},"configuration":{"ProjectName":"unit","Image":null,"Caf\\u00e9":"x"},
        "resolvedConfiguration":{"a":"b"},"region":"eu-west-1","inputArtifacts":[{"name":"s"}]},
      "output":{"outputArtifacts":[],"executionResult":{"externalExecutionId":"unit:1",
        "externalExecutionSummary":"s","externalExecutionUrl":"https://x",
        "errorDetails":{"code":"JobFailed","message":"exit status 2"}}}
     },{},{"input":null,"output":null,"status":null},{"input":{},"output":{}}],
     "nextToken":"t"}
    """

private let executionPage = """
    {"pipelineExecutionSummaries":[{"pipelineExecutionId":"e1","status":"Failed",
      "statusSummary":"s","startTime":1,"lastUpdateTime":2.5,"executionMode":"QUEUED",
      "executionType":"ROLLBACK","sourceRevisions":[{"actionName":"Pull","revisionId":"r"}],
      "trigger":{"triggerType":"Webhook"}},null,{"sourceRevisions":[]},{"sourceRevisions":[null]},
      {"sourceRevisions":null,"status":"Odd"},{}],"nextToken":null}
    """

private let definition = """
    {"pipeline":{"name":"web","version":7,"executionMode":"PARALLEL","roleArn":"arn:role",
      "stages":[{"name":"Source","actions":[null,{"name":"Pull",
        "actionTypeId":{"category":"Source","provider":"S3"},"runOrder":1,
        "configuration":{"S3Bucket":"b"}}]},
       {"name":"Deploy","onFailure":{"result":"RETRY",
         "retryConfiguration":{"retryMode":"ALL_ACTIONS"},
         "conditions":[{"result":"ROLLBACK","rules":[{"name":"r"}]},null,{}]},
        "actions":[{"name":"Change","region":"eu-west-1","configuration":{
          "ActionMode":"CHANGE_SET_EXECUTE","ChangeSetName":"c","StackName":"s"}}]},null,{}]},
     "metadata":{"pipelineArn":"arn:p","created":1446137312,"updated":1446137312.25}}
    """

/// What the quick reader accepts of a document has the value that the general decoder gives.
@Suite("The quick reader of definitions and histories")
struct QuickDocumentTests {
    @Test func `a well-formed document is read without the general decoder, to the same value`()
        throws
    {
        let actions = Array(actionPage.utf8)
        let executions = Array(executionPage.utf8)
        let pipeline = Array(definition.utf8)
        let page: Wire.ActionExecutionPage = try #require(JSONReader.document(actions))
        #expect(page == general(actions))
        #expect(page.actionExecutionDetails.first?.configuration["Café"] == "x")
        let summaries: Wire.PipelineExecutionPage = try #require(JSONReader.document(executions))
        #expect(summaries == general(executions))
        #expect(summaries.pipelineExecutionSummaries.map(\.hasSourceRevisions).count { $0 } == 1)
        let read: Wire.PipelineDefinition = try #require(JSONReader.document(pipeline))
        #expect(read == general(pipeline))
        #expect(read.stages.last?.actions == [] && read.updated != nil)
    }

    @Test(arguments: [
        #"{"pipeline":{"stages":[]}}"#, #"{"pipeline":{"stages":[]},"metadata":null}"#,
        #"{"pipeline":{"stages":null},"metadata":{}}"#, #"{"pipeline":null,"metadata":{}}"#,
        #"{"metadata":{}}"#,
    ])
    func `a definition that lacks a part is left to the general decoder`(_ text: String) {
        let read: Wire.PipelineDefinition? = JSONReader.document(Array(text.utf8))
        #expect(read == nil)
    }

    @Test(arguments: [#"{"a":"1","a":"2"}"#, #"{"a":null,"a":"2"}"#, #"{"a":1}"#])
    func `a configuration with two values of one name, or another type, is left to it`(
        _ map: String
    ) {
        let text = #"{"actionExecutionDetails":[{"input":{"configuration":\#(map)}}]}"#
        let read: Wire.ActionExecutionPage? = JSONReader.document(Array(text.utf8))
        #expect(read == nil)
    }

    /// 18,000 spoilt documents in all.
    @Test(arguments: 1...6)
    func `its reading of a corrupted document equals that of the general decoder`(_ seed: UInt64) {
        var spoiler = Spoiler(seed: seed)
        var (valid, left) = (0, 0)
        func compare<Document: Decodable & JSONReadable & Equatable>(
            _ text: String,
            _: Document.Type
        ) {
            let bytes = spoiler.spoil(text)
            let expected: Document? = general(bytes)
            let read: Document? = JSONReader.document(bytes)
            if let read, read != expected {
                Issue.record("\(String(decoding: bytes, as: UTF8.self)): \(read)")
            }
            if expected != nil {
                valid += 1
                if read == nil { left += 1 }
            }
        }
        for _ in 0..<1000 {
            compare(actionPage, Wire.ActionExecutionPage.self)
            compare(executionPage, Wire.PipelineExecutionPage.self)
            compare(definition, Wire.PipelineDefinition.self)
        }
        #expect(valid > 500)
        #expect(left * 3 < valid, "\(left) of \(valid) valid documents were left")
    }
}
