import AWSClient
import CodePipelineClient
import Primitives
import RetryCore
import RetryDaemon
import RetryTestSupport
import Testing

/// One execution read by itself, from the wire to the engine's facts.
@Suite struct ExecutionMappingTests {
    private static let execution: ExecutionID = "b3d1d2a0-0f2c-4f3e-9d55-1a2b3c4d5e6f"

    private static func answer(_ body: String) -> Result<HTTPResponse, TransportError> {
        answer(200, body)
    }

    /// An answer with AWS's id and time: without an id it would be taken for another server's.
    private static func answer(
        _ status: Int,
        _ body: String
    ) -> Result<HTTPResponse, TransportError> {
        let headers = [
            HTTPHeader("x-amzn-RequestId", "r1"),
            HTTPHeader("Date", "Mon, 23 Nov 2026 01:00:00 GMT"),
        ]
        return .success(HTTPResponse(status: status, headers: headers, body: Array(body.utf8)))
    }

    private static func read(
        _ execution: String,
        _ rows: String
    ) async -> ReadAnswer<ExecutionReading?> {
        let transport = ScriptedTransport([
            answer(#"{"pipelineExecution":\#(execution)}"#),
            answer(#"{"actionExecutionDetails":\#(rows)}"#),
        ])
        return await transport.service.execution(Self.execution, of: "web")
    }

    private static func reading(_ answer: ReadAnswer<ExecutionReading?>) -> ExecutionReading? {
        if case .read(let reading, _) = answer { reading } else { nil }
    }

    @Test func `status, mode, version and rows are the engine's`() async throws {
        let answer = await Self.read(
            #"{"status":"Failed","executionMode":"PARALLEL","pipelineVersion":7}"#,
            #"[{"stageName":"Deploy","actionName":"Ship","status":"Failed","pipelineVersion":7}]"#
        )
        let reading = try #require(Self.reading(answer))
        #expect(reading.summary.id == Self.execution && reading.summary.version == 7)
        #expect(reading.summary.status == .failed && reading.summary.mode == .parallel)
        #expect(reading.summary.type == .standard && reading.summary.started == nil)
        #expect(reading.rows.map(\.stage) == ["Deploy"])
        #expect(reading.rows.map(\.pipelineVersion) == [7])
    }

    @Test func `an execution without any member is known by its id alone`() async throws {
        let reading = try #require(Self.reading(await Self.read("{}", "[]")))
        #expect(reading.summary == ExecutionSummary(id: Self.execution, status: .unknown("")))
        #expect(reading.rows.isEmpty)
    }

    @Test func `rows of a year ago, of an odd status and in any order are taken as they are`()
        async throws
    {
        let answer = await Self.read(
            #"{"status":"Dreaming"}"#,
            """
            [{"actionExecutionId":"old","stageName":"Build","startTime":1446137312,
              "status":"Failed"},
             {"actionExecutionId":"new","stageName":"Bäckerei 🥐","startTime":1790000000.5,
              "status":"Odd"},
             {"actionExecutionId":"none","stageName":"Build"}]
            """
        )
        let reading = try #require(Self.reading(answer))
        #expect(reading.summary.status == .unknown("Dreaming"))
        #expect(reading.rows.map(\.action.executionID) == ["old", "new", "none"])
        #expect(reading.rows.map(\.stage) == ["Build", "Bäckerei 🥐", "Build"])
        #expect(reading.rows.map(\.action.status) == [.failed, .unknown("Odd"), nil])
    }

    @Test func `what the history has forgotten is no failure`() async {
        let gone = await ScriptedTransport.error("PipelineExecutionNotFoundException").service
            .execution(Self.execution, of: "web")
        #expect(gone == .read(nil, at: WallTime(rfc3339: "2026-11-23T01:00:00Z")))
    }

    @Test func `an execution that is forgotten between the two calls is none`() async {
        let forgotten = #"{"__type":"PipelineExecutionNotFoundException","message":"null"}"#
        let transport = ScriptedTransport([
            Self.answer(#"{"pipelineExecution":{"status":"Failed"}}"#),
            Self.answer(400, forgotten),
        ])
        let answer = await transport.service.execution(Self.execution, of: "web")
        #expect(answer == .read(nil, at: WallTime(rfc3339: "2026-11-23T01:00:00Z")))
    }

    @Test(arguments: [
        ("AccessDeniedException", CallFailure.Kind.accessDenied),
        ("PipelineNotFoundException", .notFound), ("ThrottlingException", .throttled),
    ])
    func `any other error is one`(_ code: String, _ kind: CallFailure.Kind) async {
        let answer = await ScriptedTransport.error(code).service
            .execution(Self.execution, of: "web")
        guard case .failed(let failure) = answer else {
            Issue.record("\(code) counted as an answer")
            return
        }
        #expect(failure.kind == kind && failure.operation == .getPipelineExecution)
    }

    @Test(arguments: ["stageName", "actionName", "actionExecutionId"])
    func `a row with a name that cannot be one makes the reading unusable`(
        _ member: String
    ) async {
        let long = String(repeating: "n", count: 300)
        for name in [#"a\u0000b"#, long] {
            let answer = await Self.read(
                #"{"status":"Failed"}"#,
                #"[{"\#(member)":"\#(name)"}]"#
            )
            guard case .failed(let failure) = answer else {
                Issue.record("\(member) \(name) was taken")
                continue
            }
            #expect(failure.kind == .serverError && failure.operation == .listActionExecutions)
        }
    }
}
