import AWSClient
import Primitives
import RetryCore
import RetryDaemon
import Testing
import RetryTestSupport

@Suite
struct FailureMappingTests {
    private static let episode = EpisodeKey(
        pipeline: PipelineKey(target: "prod", pipeline: "web"),
        stage: "Deploy",
        execution: "0b331645-445b-4d27-bf6c-67e81909778a"
    )

    @Test(arguments: [
        ("PipelineNotFoundException", 400, CallFailure.Kind.notFound),
        ("ValidationException", 400, .invalid), ("AccessDeniedException", 400, .accessDenied),
        ("ThrottlingException", 400, .throttled), ("ExpiredTokenException", 400, .credentials),
        ("UnrecognizedClientException", 400, .credentials),
        ("RequestTimeTooSkewed", 403, .clock), ("InternalFailure", 500, .serverError),
        ("ServiceUnavailable", 503, .serverError), ("SomethingNew", 400, .invalid),
    ])
    func `an error of AWS on a read`(_ row: (String, Int, CallFailure.Kind)) async throws {
        let service = ScriptedTransport.error(row.0, status: row.1).service
        guard case .failed(let failure) = await service.state(of: "web", known: nil) else {
            Issue.record("an error counted as an answer")
            return
        }
        #expect(failure.kind == row.2)
        #expect(failure.code == row.0)
        #expect(failure.operation == .getPipelineState)
        #expect(failure.requestID == "r1")
        #expect(failure.message.hasPrefix("it said so"))
    }

    @Test(arguments: [
        ("ConflictException", 400, RetryRefusal.conflict, CallFailure.Kind.invalid),
        ("ConcurrentPipelineExecutionsLimitExceededException", 400, .concurrentLimit, .invalid),
        ("NotLatestPipelineExecutionException", 400, .notLatest, .invalid),
        ("StageNotRetryableException", 400, .notRetryable, .invalid),
        ("StageNotFoundException", 400, .stageNotFound, .invalid),
        ("PipelineNotFoundException", 400, .pipelineNotFound, .notFound),
        ("ValidationException", 400, .invalid, .invalid),
        ("AccessDeniedException", 400, .accessDenied, .accessDenied),
        ("ThrottlingException", 400, .throttled, .throttled),
        ("ExpiredTokenException", 400, .credentials, .credentials),
        ("RequestTimeTooSkewed", 403, .credentials, .clock),
        ("SomethingNew", 400, .other, .invalid),
    ])
    func `a refusal of RetryStageExecution`(
        _ row: (String, Int, RetryRefusal, CallFailure.Kind)
    ) async {
        let service = ScriptedTransport.error(row.0, status: row.1).service
        guard
            case .refused(let refusal, let failure) = await service.retry(
                Self.episode,
                .failedActions
            )
        else {
            Issue.record("a refusal counted as something else")
            return
        }
        #expect(refusal == row.2)
        #expect(failure.kind == row.3)
        #expect(failure.requestID == "r1")
        #expect(failure.code == row.0)
        #expect(failure.operation == .retryStageExecution)
    }

    @Test(arguments: [
        ScriptedTransport.http(500, ""), .error("InternalFailure", status: 500),
        .http(200, "<html>"),
        ScriptedTransport(
            always: .failure(
                TransportError(kind: .broken, progress: .maybeSent, detail: "reset")
            )
        ),
        ScriptedTransport(
            always: .failure(
                TransportError(kind: .timeout, progress: .maybeSent, detail: "time-out")
            )
        ),
    ])
    func `an unknown answer`(_ transport: ScriptedTransport) async {
        guard case .unknown(let why) = await transport.service.retry(Self.episode, .allActions)
        else {
            Issue.record("an unknown answer counted as known")
            return
        }
        #expect(!why.isEmpty)
    }

    @Test
    func `a request that was never sent is certainly not executed`() async {
        let transport = ScriptedTransport(
            always: .failure(
                TransportError(kind: .connection, progress: .notSent, detail: "refused")
            )
        )
        guard
            case .refused(.unreachable, let failure) = await transport.service.retry(
                Self.episode,
                .failedActions
            )
        else {
            Issue.record("an unsent request counted as sent")
            return
        }
        #expect(failure.kind == .unreachable)
        guard case .failed(let read) = await transport.service.state(of: "web", known: nil) else {
            Issue.record("an error counted as an answer")
            return
        }
        #expect(read.kind == .unreachable)
    }

    @Test(arguments: [
        (
            TransportError.Kind.timeout, TransportError.Progress.maybeSent,
            CallFailure.Kind.serverError
        ),
        (.broken, .maybeSent, .serverError), (.timeout, .notSent, .unreachable),
        (.connection, .notSent, .unreachable), (.broken, .notSent, .unreachable),
    ])
    func `only a request that was never written shows that nothing is reachable`(
        _ row: (TransportError.Kind, TransportError.Progress, CallFailure.Kind)
    ) async {
        let error = TransportError(kind: row.0, progress: row.1, detail: "no answer")
        let service = ScriptedTransport(always: .failure(error)).service
        guard case .failed(let failure) = await service.state(of: "web", known: nil) else {
            Issue.record("an error counted as an answer")
            return
        }
        #expect(failure.kind == row.2)
        #expect(failure.code == nil)
    }

    @Test
    func `an accepted retry has AWS's time and id`() async {
        let service = ScriptedTransport.http(200, #"{"pipelineExecutionId":"e"}"#).service
        let answer = await service.retry(Self.episode, .failedActions)
        #expect(answer == .accepted(requestID: "r1", at: ManualClock.start))
    }

    @Test
    func `an endless text of a proxy is cut`() async {
        let long = String(repeating: "ü", count: 9000)
        let body =
            #"{"__type":"ValidationException","message":"\#(long)"}"#
        guard
            case .failed(let failure) = await ScriptedTransport.http(400, body).service
                .state(of: "web", known: nil)
        else {
            Issue.record("an error counted as an answer")
            return
        }
        #expect(failure.message.utf8.count <= 2000)
    }

    @Test
    func `an endless list is not a list`() async {
        let body = #"{"pipelines":[{"name":"a"}],"nextToken":"t"}"#
        let answer = await ScriptedTransport.http(200, body).service.pipelines()
        guard case .failed(let failure) = answer else {
            Issue.record("half a list would make pipelines vanish")
            return
        }
        #expect(failure.kind == .serverError)
    }

    @Test
    func `an answer with an invalid name is not valid, and the field is named`() async {
        func failure<Value>(_ answer: ReadAnswer<Value>) -> CallFailure? {
            if case .failed(let failure) = answer { failure } else { nil }
        }
        func service(_ body: String) -> LivePipelineService {
            ScriptedTransport.http(200, body).service
        }
        let failures = [
            failure(
                await service(#"{"stageStates":[{"stageName":"a\nb"}]}"#)
                    .state(of: "web", known: nil)
            ),
            failure(
                await service(#"{"pipeline":{"stages":[{"name":"a\nb"}]}}"#).definition(of: "web")
            ),
            failure(
                await service(#"{"actionExecutionDetails":[{"actionName":"a\nb"}]}"#)
                    .actions(of: "web", in: Self.episode.execution)
            ),
            failure(
                await service(#"{"pipelineExecutionSummaries":[{"pipelineExecutionId":"a\nb"}]}"#)
                    .executions(of: "web", limit: 25, known: nil)
            ),
            failure(await service(#"{"pipelines":[{"name":"a\nb"}]}"#).pipelines()),
        ]
        #expect(failures.map(\.?.kind) == Array(repeating: .serverError, count: 5))
        #expect(
            failures.map { $0?.operation } == [
                .getPipelineState, .getPipeline, .listActionExecutions, .listPipelineExecutions,
                .listPipelines,
            ]
        )
        #expect(failures.allSatisfy { $0?.message.contains("control character") == true })
    }
}
