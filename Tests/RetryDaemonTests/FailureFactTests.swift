import AWSClient
import Primitives
import RetryCore
import Testing

@testable import CodePipelineClient
@testable import RetryDaemon

/// What the client says of a call, made into the core's words.
@Suite struct FailureFactTests {
    private static let facts = CallFacts(requestID: "r1", serverDate: WallTime(milliseconds: 5))

    private func failure(_ kind: WireReadError.Kind, _ message: String) -> CallFailure {
        CallFailure(
            WireReadError(kind, operation: "GetPipeline", message: message, facts: Self.facts)
        )
    }

    @Test(arguments: [
        (WireReadError.Kind.pipelineNotFound, CallFailure.Kind.notFound, "Said" as String?),
        (.executionNotFound, .invalid, "Said"), (.validation, .invalid, "Said"),
        (.accessDenied, .accessDenied, "Said"), (.throttled, .throttled, "Said"),
        (.credentials, .credentials, "Said"), (.clock, .clock, "Said"),
        (.unreachable, .unreachable, nil), (.unavailable, .trouble, "Said"),
        (.unreadable, .trouble, nil), (.cancelled, .trouble, nil),
        (.other(code: "Odd"), .invalid, "Odd"),
    ])
    func `a failed read keeps its kind, and the code where AWS spoke`(
        _ row: (WireReadError.Kind, CallFailure.Kind, String?)
    ) {
        #expect(
            failure(row.0, "Said: it (HTTP 400)")
                == CallFailure(
                    kind: row.1,
                    operation: "GetPipeline",
                    code: row.2,
                    message: "it (HTTP 400)",
                    requestID: "r1"
                )
        )
    }

    @Test(arguments: [
        ("Said: it (HTTP 400)", "Said" as String?, "it (HTTP 400)"),
        ("Said (HTTP 400)", "Said", "Said (HTTP 400)"),
        ("400: it (HTTP 400)", "400", "it (HTTP 400)"),
        (": it (HTTP 400)", nil, ": it (HTTP 400)"),
        (" (HTTP 400)", nil, " (HTTP 400)"),
        ("Said it: so (HTTP 400)", nil, "Said it: so (HTTP 400)"),
        ("Said: it", nil, "Said: it"), ("Ä: it (HTTP 400)", nil, "Ä: it (HTTP 400)"),
        ("Said_so: it (HTTP 400)", nil, "Said_so: it (HTTP 400)"), ("", nil, ""),
    ])
    func `the code in front of a message is taken off it`(
        _ row: (String, String?, String)
    ) {
        let failure = failure(.throttled, row.0)
        #expect(failure.code == row.1)
        #expect(failure.message == row.2)
    }

    @Test func `codes and ids are kept to 256 bytes, messages to 2000`() {
        let long = String(repeating: "x", count: 3000)
        let read = failure(.other(code: long), long)
        #expect(read.code?.utf8.count == 256)
        #expect(read.message.utf8.count == 2000)
        #expect(failure(.throttled, "\(long): it (HTTP 400)").code?.utf8.count == 256)
        #expect(failure(.throttled, "A: \(long) (HTTP 400)").message.utf8.count == 2000)
        let facts = CallFacts(requestID: long)
        let error = WireReadError(.clock, operation: "GetPipeline", message: "", facts: facts)
        #expect(CallFailure(error).requestID?.utf8.count == 256)
        let unknown = WireRetryAnswer(.unknown(.unreadable("")), message: long, facts: facts)
        #expect(RetryCore.RetryAnswer(unknown) == .unknown(String(long.prefix(2000))))
        let taken = WireRetryAnswer(.accepted(executionID: "e"), message: "", facts: facts)
        #expect(
            RetryCore.RetryAnswer(taken) == .accepted(requestID: String(long.prefix(256)), at: nil)
        )
        let refused = WireRetryAnswer(.refused(.other(code: long)), message: long, facts: facts)
        guard case .refused(.other, let failure) = RetryCore.RetryAnswer(refused) else {
            Issue.record("a refusal counted as something else")
            return
        }
        #expect(failure.code?.utf8.count == 256)
        #expect(failure.message.utf8.count == 2000)
        #expect(failure.requestID?.utf8.count == 256)
    }

    @Test(arguments: [
        (WireRefusal.conflict, RetryCore.RetryRefusal.conflict, CallFailure.Kind.invalid),
        (.concurrentLimit, .concurrentLimit, .invalid), (.notLatest, .notLatest, .invalid),
        (.stageNotRetryable, .notRetryable, .invalid), (.stageNotFound, .stageNotFound, .invalid),
        (.pipelineNotFound, .pipelineNotFound, .notFound), (.validation, .invalid, .invalid),
        (.accessDenied, .accessDenied, .accessDenied), (.throttled, .throttled, .throttled),
        (.credentials, .credentials, .credentials), (.clock, .credentials, .clock),
        (.unreachable, .unreachable, .unreachable), (.other(code: "Odd"), .other, .invalid),
    ])
    func `a refused retry keeps its reason, kind, code, text and id`(
        _ row: (WireRefusal, RetryCore.RetryRefusal, CallFailure.Kind)
    ) {
        let wire = WireRetryAnswer(.refused(row.0), message: "Said: it (HTTP 4)", facts: Self.facts)
        let code = row.0 == .other(code: "Odd") ? "Odd" : "Said"
        #expect(
            RetryCore.RetryAnswer(wire)
                == .refused(
                    row.1,
                    CallFailure(
                        kind: row.2,
                        operation: "RetryStageExecution",
                        code: code,
                        message: "it (HTTP 4)",
                        requestID: "r1"
                    )
                )
        )
    }

    @Test func `an accepted retry says AWS's time and id, an unknown one why`() {
        let taken = WireRetryAnswer(.accepted(executionID: "e"), message: "", facts: Self.facts)
        #expect(
            RetryCore.RetryAnswer(taken)
                == .accepted(requestID: "r1", at: WallTime(milliseconds: 5))
        )
        let unknown = WireRetryAnswer(
            .unknown(.unreadable("")),
            message: "no whole answer",
            facts: Self.facts
        )
        #expect(RetryCore.RetryAnswer(unknown) == .unknown("no whole answer"))
    }

    @Test func `a read is an answer, a failure, or refused for a name in it`() async {
        func answer(_ name: String, _ error: WireReadError? = nil) async -> ReadAnswer<Int> {
            await ReadAnswer.of(
                "ListPipelines",
                { () throws(WireReadError) in
                    if let error { throw error }
                    let date = WallTime(milliseconds: 5)
                    return Reading(
                        value: [name],
                        serverDate: date,
                        requestID: nil,
                        isComplete: true
                    )
                },
                refusing: NameFault.first(of:),
                \.count
            )
        }
        #expect(await answer("web") == .read(1, at: WallTime(milliseconds: 5)))
        let error = WireReadError(.clock, operation: "X", message: "m", facts: Self.facts)
        #expect(await answer("web", error) == .failed(CallFailure(error)))
        guard case .failed(let failure) = await answer("a\nb") else {
            Issue.record("a name that AWS does not give was taken")
            return
        }
        #expect(failure.kind == .trouble)
        #expect(failure.operation == "ListPipelines")
        #expect(failure.message.contains("a pipeline's name in it holds a control character"))
    }
}
