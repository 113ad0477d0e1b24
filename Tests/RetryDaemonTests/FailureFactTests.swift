import AWSClient
import Primitives
import RetryCore
import Testing

@testable import CodePipelineClient
@testable import RetryDaemon

/// The client's results of a call, converted to the core's terms.
@Suite struct FailureFactTests {
    private static let facts = CallFacts(requestID: "r1", serverDate: WallTime(milliseconds: 5))

    private func failure(
        _ kind: ReadError.Kind,
        _ code: String?,
        _ message: String
    ) -> CallFailure {
        let facts = Self.facts
        return CallFailure(
            ReadError(kind, operation: .getPipeline, code: code, message: message, facts: facts)
        )
    }

    @Test(arguments: [
        (ReadError.Kind.pipelineNotFound, CallFailure.Kind.notFound, "Said" as String?),
        (.executionNotFound, .invalid, "Said"), (.validation, .invalid, nil),
        (.accessDenied, .accessDenied, "Said"), (.throttled, .throttled, "Said"),
        (.credentials, .credentials, "Said"), (.clock, .clock, "Said"),
        (.unreachable, .unreachable, nil), (.unavailable, .serverError, "503"),
        (.unreadable, .serverError, nil), (.cancelled, .serverError, nil),
        (.other(code: "Odd"), .invalid, "Odd"),
    ])
    func `a failed read keeps its kind, code and text`(
        _ row: (ReadError.Kind, CallFailure.Kind, String?)
    ) {
        #expect(
            failure(row.0, row.2, "Odd: it (HTTP 400)")
                == CallFailure(
                    kind: row.1,
                    operation: .getPipeline,
                    code: row.2,
                    message: "Odd: it (HTTP 400)",
                    requestID: "r1"
                )
        )
    }

    @Test func `codes and ids are kept to 256 bytes, messages to 2000`() {
        let long = String(repeating: "x", count: 3000)
        let read = failure(.other(code: long), long, long)
        #expect(read.code?.utf8.count == 256)
        #expect(read.message.utf8.count == 2000)
        let facts = CallFacts(requestID: long)
        let error = ReadError(.clock, operation: .getPipeline, message: "", facts: facts)
        #expect(CallFailure(error).requestID?.utf8.count == 256)
        let unknown = Wire.RetryAnswer(.unknown(.unreadable("")), message: long, facts: facts)
        #expect(RetryAnswer(unknown) == .unknown(String(long.prefix(2000))))
        let taken = Wire.RetryAnswer(.accepted(executionID: "e"), message: "", facts: facts)
        #expect(
            RetryAnswer(taken) == .accepted(requestID: String(long.prefix(256)), at: nil)
        )
        let refused = Wire.RetryAnswer(
            .refused(.other(code: long)),
            code: long,
            message: long,
            facts: facts
        )
        guard case .refused(.other, let failure) = RetryAnswer(refused) else {
            Issue.record("a refusal counted as something else")
            return
        }
        #expect(failure.code?.utf8.count == 256)
        #expect(failure.message.utf8.count == 2000)
        #expect(failure.requestID?.utf8.count == 256)
    }

    @Test(arguments: [
        (Wire.RetryRefusal.conflict, RetryRefusal.conflict, CallFailure.Kind.invalid),
        (.concurrentLimit, .concurrentLimit, .invalid), (.notLatest, .notLatest, .invalid),
        (.stageNotRetryable, .notRetryable, .invalid), (.stageNotFound, .stageNotFound, .invalid),
        (.pipelineNotFound, .pipelineNotFound, .notFound), (.validation, .invalid, .invalid),
        (.accessDenied, .accessDenied, .accessDenied), (.throttled, .throttled, .throttled),
        (.credentials, .credentials, .credentials), (.clock, .credentials, .clock),
        (.unreachable, .unreachable, .unreachable), (.other(code: "Odd"), .other, .invalid),
    ])
    func `a refused retry keeps its reason, kind, code, text and id`(
        _ row: (Wire.RetryRefusal, RetryRefusal, CallFailure.Kind)
    ) {
        let facts = Self.facts
        let wire = Wire.RetryAnswer(.refused(row.0), code: "Said", message: "it", facts: facts)
        #expect(
            RetryAnswer(wire)
                == .refused(
                    row.1,
                    CallFailure(
                        kind: row.2,
                        operation: .retryStageExecution,
                        code: "Said",
                        message: "it",
                        requestID: "r1"
                    )
                )
        )
    }

    @Test func `an accepted retry has AWS's time and id, an unknown one the cause`() {
        let taken = Wire.RetryAnswer(.accepted(executionID: "e"), message: "", facts: Self.facts)
        #expect(
            RetryAnswer(taken)
                == .accepted(requestID: "r1", at: WallTime(milliseconds: 5))
        )
        let unknown = Wire.RetryAnswer(
            .unknown(.unreadable("")),
            message: "no whole answer",
            facts: Self.facts
        )
        #expect(RetryAnswer(unknown) == .unknown("no whole answer"))
    }

    @Test func `a read is an answer, a failure, or refused for a name in it`() async {
        func answer(_ name: String, _ error: ReadError? = nil) async -> ReadAnswer<Int> {
            await ReadAnswer.of(
                .listPipelines,
                { () throws(ReadError) in
                    if let error { throw error }
                    let date = WallTime(milliseconds: 5)
                    return Reading(
                        value: [name],
                        serverDate: date,
                        requestID: nil,
                        isComplete: true
                    )
                },
                refusing: WireNameError.first(of:),
                \.count
            )
        }
        #expect(await answer("web") == .read(1, at: WallTime(milliseconds: 5)))
        let error = ReadError(.clock, operation: .listPipelines, message: "m", facts: Self.facts)
        #expect(await answer("web", error) == .failed(CallFailure(error)))
        guard case .failed(let failure) = await answer("a\nb") else {
            Issue.record("a name that AWS does not give was taken")
            return
        }
        #expect(failure.kind == .serverError)
        #expect(failure.operation == .listPipelines)
        #expect(failure.message.contains("a pipeline's name in it contains a control character"))
    }
}
