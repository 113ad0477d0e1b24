import AWSClient
import CodePipelineClient
import Primitives
import RetryTestSupport
import Testing

private let otherExecution = "0c1d2e3f-0f2c-4f3e-9d55-1a2b3c4d5e6f"

/// A page of ListActionExecutions with these attempts, and the token of the next.
private func page(_ ids: [String], next: String? = nil) -> Result<HTTPResponse, TransportError> {
    let rows = ids.map { id in
        #"{"pipelineExecutionId":"\#(someExecution)","actionExecutionId":"\#(id)"}"#
    }
    let token = next.map { #","nextToken":"\#($0)""# } ?? ""
    return .ok(#"{"actionExecutionDetails":[\#(rows.joined(separator: ","))]\#(token)}"#)
}

private let first = page(["a", "b"], next: "t1")

@Suite("Reads of single executions")
struct ExecutionTests {
    @Test func `an execution is requested by its id, and has status, mode, type and version`()
        async throws
    {
        let body = """
            {"pipelineExecution":{"pipelineName":"p","pipelineExecutionId":"\(someExecution)",
            "pipelineVersion":4,"status":"Failed","statusSummary":"no value","executionMode":
            "PARALLEL","executionType":"ROLLBACK","artifactRevisions":[{"name":"s"}],
            "trigger":{"triggerType":"Webhook"},"rollbackMetadata":{}}}
            """
        let service = ScriptedTransport([.ok(body)])
        let found = try await service.client()
            .pipelineExecution(someExecution, pipeline: "p").value
        #expect(found.pipelineVersion == 4 && found.status == .failed)
        #expect(found.executionMode == .parallel && found.executionType == .rollback)
        #expect(found.statusSummary == "no value" && found.hasSourceRevisions)
        #expect(
            service.sent == [
                "CodePipeline_20150709.GetPipelineExecution "
                    + #"{"pipelineExecutionId":"\#(someExecution)","pipelineName":"p"}"#
            ]
        )
    }

    @Test(arguments: [
        #"{"pipelineExecution":{"pipelineName":"q"}}"#,
        #"{"pipelineExecution":{"pipelineExecutionId":"\#(otherExecution)"}}"#,
        #"{"pipelineExecution":null}"#, #"{"pipelineExecution":[]}"#, "{}", "",
    ])
    func `an answer about something else, or about nothing, is not one`(_ body: String) async {
        let error = await #expect(throws: ReadError.self) {
            try await ScriptedTransport([.ok(body)]).client()
                .pipelineExecution(someExecution, pipeline: "p")
        }
        #expect(error?.kind == .unreadable)
    }

    @Test func `an execution that the history has forgotten is an error of its own`() async {
        let gone = Result<HTTPResponse, TransportError>.error("PipelineExecutionNotFoundException")
        let client = ScriptedTransport([gone, gone]).client()
        let whole = await #expect(throws: ReadError.self) {
            try await client.pipelineExecution(someExecution, pipeline: "p")
        }
        let attempts = await #expect(throws: ReadError.self) {
            try await client.attempts(in: someExecution, pipeline: "p")
        }
        #expect(whole?.kind == .executionNotFound && attempts?.kind == .executionNotFound)
    }

    @Test func `attempts are read page by page with one filter`() async throws {
        let service = ScriptedTransport([first, page(["c"])])
        let rows = try await service.client().attempts(in: someExecution, pipeline: "p")
        #expect(rows.value.map(\.actionExecutionId) == ["a", "b", "c"] && rows.isComplete)
        let filter =
            #"{"filter":{"latestInPipelineExecution":{"pipelineExecutionId":"\#(someExecution)","#
            + #""startTimeRange":"All"}},"maxResults":100,"#
        #expect(
            service.sent == [
                "CodePipeline_20150709.ListActionExecutions " + filter + #""pipelineName":"p"}"#,
                "CodePipeline_20150709.ListActionExecutions " + filter
                    + #""nextToken":"t1","pipelineName":"p"}"#,
            ]
        )
    }

    @Test(arguments: ["InternalFailure", "InvalidNextTokenException"])
    func `a token that AWS does not take starts the reading over, once`(
        _ code: String
    ) async throws {
        let status = code == "InternalFailure" ? 500 : 400
        // A server error is sent three times before it counts.
        let refused = Array(
            repeating: Result<HTTPResponse, TransportError>.error(code, status: status),
            count: status == 500 ? 3 : 1
        )
        let once = try await ScriptedTransport([first] + refused + [page(["z"])]).client()
            .attempts(in: someExecution, pipeline: "p")
        #expect(once.value.map(\.actionExecutionId) == ["z"])
        let error = await #expect(throws: ReadError.self) {
            let again = ScriptedTransport([first] + refused + [first] + refused)
            _ = try await again.client().attempts(in: someExecution, pipeline: "p")
        }
        #expect(error?.code == code)
    }

    @Test func `an internal failure on the first page is not about a token`() async {
        let failures = Array(
            repeating: Result<HTTPResponse, TransportError>.error("InternalFailure", status: 500),
            count: 3
        )
        let service = ScriptedTransport(failures + [page(["a"])])
        let error = await #expect(throws: ReadError.self) {
            try await service.client().attempts(in: someExecution, pipeline: "p")
        }
        #expect(error?.kind == .unavailable)
        #expect(service.sent.count == 3)
    }

    @Test func `rows of another execution are omitted, and five pages are the most`() async throws {
        let strange = Result<HTTPResponse, TransportError>.ok(
            #"{"actionExecutionDetails":[{"pipelineExecutionId":"\#(otherExecution)"}],"#
                + #""nextToken":"t0"}"#
        )
        let pages = (1...9).map { page(["\($0)"], next: "t\($0)") }
        let service = ScriptedTransport([strange] + pages)
        let rows = try await service.client().attempts(in: someExecution, pipeline: "p")
        #expect(rows.value.map(\.actionExecutionId) == ["1", "2", "3", "4"])
        #expect(!rows.isComplete)
        #expect(service.sent.count == 5)
    }

    @Test func `a list of known bytes is not decoded, any other is`() async throws {
        let body = #"{"pipelineExecutionSummaries":[{"pipelineExecutionId":"e"}]}"#
        let other = #"{"pipelineExecutionSummaries":[]}"#
        let client = ScriptedTransport([.ok(body), .ok(body), .ok(other)]).client()
        let read = try await client.pipelineExecutions(pipeline: "p").value
        guard case .executions(let rows, let digest) = read else {
            Issue.record("nothing is known yet")
            return
        }
        #expect(rows.map(\.pipelineExecutionId) == ["e"])
        let again = try await client.pipelineExecutions(pipeline: "p", known: digest).value
        #expect(again == .unchanged)
        let changed = try await client.pipelineExecutions(pipeline: "p", known: digest).value
        #expect(changed != .unchanged)
    }

    @Test(arguments: ["", "x", someExecution.uppercased(), "\(someExecution)\n"])
    func `a malformed id is not sent`(_ id: String) async {
        let service = ScriptedTransport([])
        for isWhole in [true, false] {
            let error = await #expect(throws: ReadError.self) {
                if isWhole {
                    _ = try await service.client().pipelineExecution(id, pipeline: "p")
                } else {
                    _ = try await service.client().attempts(in: id, pipeline: "p")
                }
            }
            #expect(error?.kind == .validation)
        }
        #expect(service.sent.isEmpty)
    }
}
