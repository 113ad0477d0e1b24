import AWSClient
import CodePipelineClient
import Primitives
import struct Primitives.WallTime
import Testing
import RetryTestSupport

private func retry(
    _ answers: Result<HTTPResponse, TransportError>...,
    pipeline: String = "deploy",
    stage: String = "Test",
    execution: String = someExecution
) async -> (Wire.RetryAnswer, ScriptedTransport) {
    let service = ScriptedTransport(answers)
    let answer = await service.client()
        .retryStage(
            pipeline: pipeline,
            stage: stage,
            execution: execution,
            mode: .failedActions
        )
    return (answer, service)
}

@Suite("RetryStageExecution")
struct RetryStageTests {
    @Test func `an accepted retry names the execution, the id and AWS's clock`() async {
        let (answer, service) = await retry(.ok("{\"pipelineExecutionId\":\"\(someExecution)\"}"))
        #expect(answer.outcome == .accepted(executionID: someExecution))
        #expect(answer.requestID == "r1")
        #expect(answer.serverDate == WallTime(rfc3339: "2026-11-23T01:02:05Z"))
        #expect(answer.attempts == 1)
        #expect(
            service.sent == [
                "CodePipeline_20150709.RetryStageExecution {\"pipelineExecutionId\":\""
                    + someExecution
                    + #"","pipelineName":"deploy","retryMode":"FAILED_ACTIONS","stageName":"Test"}"#
            ]
        )
    }

    @Test(
        arguments: [
            ("ConflictException", .conflict),
            ("ConcurrentPipelineExecutionsLimitExceededException", .concurrentLimit),
            ("NotLatestPipelineExecutionException", .notLatest),
            ("com.amazonaws.codepipeline#StageNotRetryableException", .stageNotRetryable),
            ("StageNotFoundException", .stageNotFound),
            ("PipelineNotFoundException", .pipelineNotFound),
            ("ValidationException", .validation), ("AccessDeniedException", .accessDenied),
            ("ExpiredTokenException", .credentials), ("UnrecognizedClientException", .credentials),
            ("InvalidSignatureException", .clock),
            ("LimitExceededException", .other(code: "LimitExceededException")),
            ("SomethingNew", .other(code: "SomethingNew")),
        ] as [(String, Wire.RetryRefusal)]
    )
    func `each refusal is recognised and sent once`(
        _ code: String,
        _ refusal: Wire.RetryRefusal
    ) async {
        let (answer, service) = await retry(.error(code), .ok("{}"))
        #expect(answer.outcome == .refused(refusal))
        #expect(answer.code == code.split(separator: "#").last.map(String.init))
        #expect(answer.message == "because (HTTP 400, request r2)")
        #expect(answer.requestID == "r2")
        #expect(answer.serverDate != nil)
        #expect(service.sent.count == 1)
    }

    @Test func `throttling is retried before it is reported`() async {
        let throttled = Result<HTTPResponse, TransportError>.error("ThrottlingException")
        let (answer, service) = await retry(throttled, throttled, throttled)
        #expect(answer.outcome == .refused(.throttled))
        #expect(service.sent.count == 3)
        let (late, _) = await retry(throttled, .ok("{}"))
        #expect(late.outcome == .accepted(executionID: nil))
    }

    @Test(
        arguments: [
            .lost(.timeout, .maybeSent), .lost(.broken, .maybeSent), .lost(.tooLarge, .maybeSent),
            .error("InternalFailure", status: 500), .error("", status: 503),
            .ok("<html>login</html>"), .ok("[]"), .ok("", hasID: false),
            .ok(#"{"pipelineExecutionId":7}"#),
        ] as [Result<HTTPResponse, TransportError>]
    )
    func `a possibly executed call is unknown and never sent again`(
        _ first: Result<HTTPResponse, TransportError>
    ) async {
        let (answer, service) = await retry(first, .ok("{}"))
        guard case .unknown = answer.outcome else {
            Issue.record("\(answer)")
            return
        }
        #expect(!answer.message.isEmpty)
        #expect(service.sent.count == 1)
    }

    @Test func `no connection is a refusal after some attempts`() async {
        let dead = Result<HTTPResponse, TransportError>.lost(.connection, .notSent)
        let (answer, service) = await retry(dead, dead, dead)
        #expect(answer.outcome == .refused(.unreachable))
        #expect(service.sent.count == 3)
    }

    @Test func `an empty answer of AWS is a success`() async {
        let (answer, _) = await retry(.ok(""))
        #expect(answer.outcome == .accepted(executionID: nil))
    }

    @Test(arguments: [
        ("", "Test", someExecution), ("a/b", "Test", someExecution),
        (String(repeating: "p", count: 101), "Test", someExecution), ("p", "", someExecution),
        ("p", "Ünit", someExecution), ("p", "Test", ""), ("p", "Test", someExecution.uppercased()),
        ("p", "Test", someExecution + "0"), ("p", "Test", "latest"),
    ])
    func `malformed input is rejected here`(
        _ pipeline: String,
        _ stage: String,
        _ execution: String
    ) async {
        let (answer, service) = await retry(
            .ok("{}"),
            pipeline: pipeline,
            stage: stage,
            execution: execution
        )
        #expect(answer.outcome == .refused(.validation))
        #expect(answer.attempts == 0)
        #expect(service.sent.isEmpty)
    }
}
