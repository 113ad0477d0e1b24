import AWSClient
import CodePipelineClient
import Primitives
import Testing
import RetryTestSupport

@Suite("Reading calls")
struct ReadingTests {
    @Test func `the state is requested by name`() async throws {
        let service = ScriptedTransport([
            .ok(#"{"pipelineName":"p.@-_1","pipelineVersion":3,"stageStates":[]}"#)
        ])
        let reading = try await service.client().pipelineState(name: "p.@-_1")
        let state = try #require(reading.value.state)
        #expect(state.0.pipelineVersion == 3)
        #expect(reading.serverDate == WallTime(rfc3339: "2026-11-23T01:02:05Z"))
        #expect(reading.isComplete)
        #expect(service.sent == [#"CodePipeline_20150709.GetPipelineState {"name":"p.@-_1"}"#])
    }

    @Test func `a state of known bytes is not decoded, any other is`() async throws {
        let body = #"{"pipelineName":"p","pipelineVersion":3,"stageStates":[]}"#
        let other = #"{"pipelineName":"p","pipelineVersion":4,"stageStates":[]}"#
        let client = ScriptedTransport([.ok(body), .ok(body), .ok(other), .ok(body)]).client()
        let first = try #require(try await client.pipelineState(name: "p").value.state)
        let again = try await client.pipelineState(name: "p", known: first.1)
        #expect(again.value == .unchanged)
        #expect(again.serverDate != nil)
        let changed = try await client.pipelineState(name: "p", known: first.1).value.state
        #expect(changed?.0.pipelineVersion == 4)
        let unknown = try await client.pipelineState(name: "p").value.state
        #expect(unknown?.0 == first.0 && unknown?.1 == first.1)
    }

    @Test func `a definition is requested`() async throws {
        let service = ScriptedTransport([.ok(#"{"pipeline":{"name":"p","stages":[]}}"#)])
        #expect(try await service.client().pipeline(name: "p").value.name == "p")
        #expect(service.sent == [#"CodePipeline_20150709.GetPipeline {"name":"p"}"#])
    }

    @Test func `another pipeline's answers are refused`() async {
        let client = ScriptedTransport([
            .ok(#"{"pipelineName":"q","stageStates":[]}"#),
            .ok(#"{"pipeline":{"name":"q","stages":[]}}"#),
        ]).client()
        let state = await #expect(throws: ReadError.self) {
            try await client.pipelineState(name: "p")
        }
        #expect(state?.kind == .unreadable)
        let definition = await #expect(throws: ReadError.self) {
            try await client.pipeline(name: "p")
        }
        #expect(definition?.message.contains("\"q\"") == true)
    }

    @Test func `rows of another execution are omitted`() async throws {
        let client = ScriptedTransport([
            .ok(
                #"{"actionExecutionDetails":[{"pipelineExecutionId":"other"},"#
                    + #"{"pipelineExecutionId":"\#(someExecution)"}]}"#
            )
        ]).client()
        let rows = try await client.actionExecutions(pipeline: "p", execution: someExecution)
        #expect(rows.value.map(\.pipelineExecutionId) == [someExecution])
    }

    @Test func `the newest executions are one page, and an answer without its list is not valid`()
        async throws
    {
        let service = ScriptedTransport([
            .ok(
                #"{"pipelineExecutionSummaries":[{"pipelineExecutionId":"e","status":"Failed","#
                    + #""statusSummary":"no value","sourceRevisions":[]},null],"nextToken":"t"}"#
            ),
            .ok("{}"), .ok(""),
        ])
        let client = service.client()
        let page = try await client.pipelineExecutions(pipeline: "p").value
        guard case .executions(let rows, _) = page else {
            Issue.record("nothing was known: \(page)")
            return
        }
        #expect(rows.map(\.pipelineExecutionId) == ["e"])
        #expect(rows.map(\.status) == [.failed])
        #expect(rows.map(\.statusSummary) == ["no value"])
        #expect(rows.map(\.hasSourceRevisions) == [false])
        for _ in 0..<2 {
            let error = await #expect(throws: ReadError.self) {
                try await client.pipelineExecutions(pipeline: "p")
            }
            #expect(error?.kind == .unreadable)
        }
        #expect(
            service.sent.first == "CodePipeline_20150709.ListPipelineExecutions "
                + #"{"maxResults":25,"pipelineName":"p"}"#
        )
    }

    @Test func `pages are collected until there is no token`() async throws {
        let service = ScriptedTransport([
            .ok(#"{"pipelines":[{"name":"a"}],"nextToken":"t1"}"#),
            .ok(#"{"pipelines":[null,{"name":"b"}]}"#),
        ])
        let reading = try await service.client().pipelines()
        #expect(reading.value.map(\.name) == ["a", "b"])
        #expect(reading.isComplete)
        #expect(
            service.sent == [
                #"CodePipeline_20150709.ListPipelines {"maxResults":1000}"#,
                #"CodePipeline_20150709.ListPipelines {"maxResults":1000,"nextToken":"t1"}"#,
            ]
        )
    }

    @Test func `action executions are filtered and the number of pages is bounded`() async throws {
        let pages = (1...9).map {
            Result<HTTPResponse, TransportError>.ok(
                "{\"actionExecutionDetails\":[{\"actionExecutionId\":\"\($0)\"}],"
                    + "\"nextToken\":\"t\($0)\"}"
            )
        }
        let service = ScriptedTransport(pages)
        let reading = try await service.client()
            .actionExecutions(
                pipeline: "p",
                execution: someExecution,
                pageSize: 1000,
                maxPages: 3
            )
        #expect(reading.value.map(\.actionExecutionId) == ["1", "2", "3"])
        #expect(!reading.isComplete)
        #expect(
            service.sent.first
                == "CodePipeline_20150709.ListActionExecutions "
                + "{\"filter\":{\"pipelineExecutionId\":\""
                + someExecution + #""},"maxResults":100,"pipelineName":"p"}"#
        )
    }

    @Test func `a token that repeats ends the reading`() async throws {
        let stuck = Result<HTTPResponse, TransportError>.ok(#"{"pipelines":[],"nextToken":"t"}"#)
        let service = ScriptedTransport(Array(repeating: stuck, count: 9))
        let reading = try await service.client().pipelines()
        #expect(service.sent.count == 2)
        #expect(!reading.isComplete)
    }

    @Test(
        arguments: [
            (.error("PipelineNotFoundException"), .pipelineNotFound),
            (.error("PipelineExecutionNotFoundException"), .executionNotFound),
            (.error("ValidationException"), .validation),
            (.error("AccessDeniedException"), .accessDenied),
            (.error("ExpiredToken"), .credentials), (.error("RequestExpired"), .clock),
            (.error("InvalidNextTokenException"), .other(code: "InvalidNextTokenException")),
            (.error("", status: 501), .unavailable), (.ok("<html>"), .unreadable),
            (.ok(#"{"stageStates":{}}"#), .unreadable), (.lost(.tooLarge, .maybeSent), .unreadable),
            (.lost(.cancelled, .maybeSent), .cancelled), (.lost(.cancelled, .notSent), .cancelled),
        ] as [(Result<HTTPResponse, TransportError>, ReadError.Kind)]
    )
    func `each failure has its kind`(
        _ answer: Result<HTTPResponse, TransportError>,
        _ kind: ReadError.Kind
    ) async {
        let service = ScriptedTransport([answer])
        let error = await #expect(throws: ReadError.self) {
            try await service.client().pipelineState(name: "p")
        }
        #expect(error?.kind == kind)
        #expect(error?.description.hasPrefix("GetPipelineState: ") == true)
    }

    @Test(
        arguments: [
            (.error("ThrottlingException"), .throttled), (.error("", status: 503), .unavailable),
            (.lost(.timeout, .maybeSent), .unavailable),
            (.lost(.connection, .notSent), .unreachable),
        ] as [(Result<HTTPResponse, TransportError>, ReadError.Kind)]
    )
    func `transient failures are retried before they are reported`(
        _ answer: Result<HTTPResponse, TransportError>,
        _ kind: ReadError.Kind
    ) async {
        let service = ScriptedTransport([answer, answer, answer])
        let error = await #expect(throws: ReadError.self) {
            try await service.client().pipelineState(name: "p")
        }
        #expect(error?.kind == kind)
        #expect(service.sent.count == 3)
    }

    @Test(
        arguments: [
            (
                .error("ValidationException"), "ValidationException",
                "because (HTTP 400, request r2)"
            ),
            (.error("Odd_Code.New"), "Odd_Code.New", "because (HTTP 400, request r2)"),
            (.error("", status: 501), "501", "because (HTTP 501, request r2)"),
            (.ok("<html>"), nil, nil), (.lost(.cancelled, .notSent), nil, nil),
        ] as [(Result<HTTPResponse, TransportError>, String?, String?)]
    )
    func `the code of an answer is separate from its text`(
        _ answer: Result<HTTPResponse, TransportError>,
        _ code: String?,
        _ message: String?
    ) async {
        let error = await #expect(throws: ReadError.self) {
            try await ScriptedTransport([answer]).client().pipelineState(name: "p")
        }
        #expect(error?.code == code)
        if let message, let code {
            #expect(error?.message == message)
            #expect(error?.description == "GetPipelineState: \(code): \(message)")
        }
    }

    @Test func `missing credentials are a failure of their own`() async {
        struct None: CredentialsProvider {
            func credentials() async throws(CredentialsError) -> Credentials {
                throw CredentialsError(source: "IMDS", reason: "no role")
            }
            func reject(_ credentials: Credentials) async {}
        }
        let service = ScriptedTransport([])
        let error = await #expect(throws: ReadError.self) {
            try await service.client(credentials: None()).pipelineState(name: "p")
        }
        #expect(error?.kind == .credentials)
        #expect(error?.message.contains("IMDS") == true)
    }

    @Test func `malformed names are not sent`() async {
        let service = ScriptedTransport([])
        let error = await #expect(throws: ReadError.self) {
            try await service.client().pipelineState(name: "a b\u{1B}")
        }
        #expect(error?.kind == .validation)
        #expect(error?.message.contains("\u{1B}") == false)
        #expect(service.sent.isEmpty)
    }
}

extension PolledPipeline {
    /// The state and its digest; nil when it is the known one.
    fileprivate var state: (Wire.PipelineState, StateDigest)? {
        switch self {
        case .unchanged: nil
        case .state(let state, let digest): (state, digest)
        }
    }
}
