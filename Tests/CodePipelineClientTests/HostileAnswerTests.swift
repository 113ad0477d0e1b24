import AWSClient
import CodePipelineClient
import Testing
import RetryTestSupport

/// One operation that reads, and the result of an answer to it.
enum ReadOperation: String, CaseIterable, Sendable {
    case state = "GetPipelineState"
    case definition = "GetPipeline"
    case pipelines = "ListPipelines"
    case actions = "ListActionExecutions"

    /// The kind of the error for every answer of the list; nil when it is a result.
    func kind(
        _ answers: [Result<HTTPResponse, TransportError>]
    ) async -> ReadError.Kind? {
        let client = ScriptedTransport(answers).client()
        do throws(ReadError) {
            switch self {
            case .state: _ = try await client.pipelineState(name: "p")
            case .definition: _ = try await client.pipeline(name: "p")
            case .pipelines: _ = try await client.pipelines()
            case .actions: _ = try await client.actionExecutions(pipeline: "p", execution: nil)
            }
            return nil
        } catch {
            return error.kind
        }
    }
}

private func plain(
    _ status: Int,
    _ body: String,
    _ headers: [HTTPHeader] = []
) -> Result<HTTPResponse, TransportError> {
    .success(HTTPResponse(status: status, headers: headers, body: Array(body.utf8)))
}

/// Answers that no operation may accept.
private let nonsense = [
    "", " ", "<html><body>Sign in</body></html>", "{", "{\"a\":", "[]", "[{}]", "null", "\"{}\"",
    "42", "true", "{}{}", "{}x", "\u{FEFF}<", "{\"message\":\"Forbidden\"}", "{}",
    #"{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"}"#,
]

/// Answers of another shape under AWS's own member names.
private let misshapen = [
    #"{"pipelineName":{},"stageStates":7,"pipeline":[],"pipelineExecution":"x","#
        + #""pipelines":{},"actionExecutionDetails":"y","pipelineExecutionId":[]}"#
]

@Suite("Hostile and broken answers to every operation")
struct HostileAnswerTests {
    @Test(arguments: ReadOperation.allCases, nonsense)
    func `a page instead of an answer is an error of the connection`(
        _ operation: ReadOperation,
        _ body: String
    ) async {
        for status in [200, 204, 302, 400, 403, 404, 429] {
            let answers = Array(repeating: plain(status, body), count: 9)
            #expect(await operation.kind(answers) == .unavailable, "\(status)")
        }
    }

    @Test(arguments: ReadOperation.allCases, nonsense + misshapen)
    func `an invalid success of AWS is unreadable`(
        _ operation: ReadOperation,
        _ body: String
    ) async {
        #expect(await operation.kind([.ok(body)]) == .unreadable)
    }

    @Test(arguments: ReadOperation.allCases)
    func `late, truncated and lost answers are no answers`(_ operation: ReadOperation) async {
        let table: [(TransportError.Kind, TransportError.Progress, ReadError.Kind)] = [
            (.timeout, .maybeSent, .unavailable), (.broken, .maybeSent, .unavailable),
            (.tooLarge, .maybeSent, .unreadable), (.timeout, .notSent, .unreachable),
            (.connection, .notSent, .unreachable), (.lasting, .notSent, .unreachable),
        ]
        for (kind, progress, expected) in table {
            let answers = Array(
                repeating: Result<HTTPResponse, TransportError>.lost(kind, progress),
                count: 9
            )
            #expect(await operation.kind(answers) == expected, "\(kind), \(progress)")
        }
    }

    @Test(arguments: nonsense + misshapen)
    func `an invalid answer never accepts and never refuses a retry`(_ body: String) async {
        for status in [200, 302, 400, 403, 404, 429, 500] {
            let service = ScriptedTransport([plain(status, body), .ok("{}")])
            let answer = await retry(service)
            guard case .unknown(.foreign) = answer.outcome else {
                Issue.record("\(status): \(answer.outcome)")
                continue
            }
            #expect(answer.serverDate == nil)
            #expect(service.sent.count == 1)
        }
    }

    @Test func `a proxy that requires a password refused the retry before AWS had it`() async {
        let service = ScriptedTransport([plain(407, "<html>"), .ok("{}")])
        #expect(await retry(service).outcome == .refused(.unreachable))
        #expect(service.sent.count == 1)
    }

    private func retry(_ service: ScriptedTransport) async -> Wire.RetryAnswer {
        await service.client().retryStage(
            pipeline: "deploy",
            stage: "Test",
            execution: someExecution,
            mode: .failedActions
        )
    }
}
