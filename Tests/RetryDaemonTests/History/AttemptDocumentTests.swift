import AttemptLedger
import Primitives
import RetryCore
import RetryTestSupport
import Testing

@testable import RetryDaemon

@Suite struct AttemptDocumentTests {
    private static func attempt(_ status: AttemptStatus, _ id: ActionExecutionID) -> ActionAttempt {
        ActionAttempt(
            action: ActionKey(
                pipeline: PipelineKey(target: "prod", pipeline: "web"),
                stage: "Deploy",
                action: "Stack"
            ),
            execution: "11111111-1111-4111-8111-111111111111",
            id: id,
            status: status,
            started: ManualClock.start,
            ended: nil,
            source: .live
        )
    }

    /// Attempts in which everything is, and nothing.
    private static var attempts: [ActionAttempt] {
        var full = attempt(.failed, "a")
        full.ended = ManualClock.start + .milliseconds(2500)
        full.provider = "CloudFormation"
        full.fingerprint = Fingerprint(reduced: "JobFailed: \"é\"\n")
        full.causeFingerprint = Fingerprint(reduced: "CloudFormation Throttling")
        full.source = .imported
        full.retry = RetriedAttempt(
            next: "b",
            wait: .milliseconds(1500),
            result: .other,
            duration: .seconds(9)
        )
        full.retry?.isOwn = true
        full.retry?.rule = "queue full"
        full.retry?.mode = .allActions
        var bare = attempt(.failed, "c")
        bare.retry = RetriedAttempt(next: "d", wait: .zero, result: .unsettled)
        return [full, bare] + AttemptStatus.allCases.map { attempt($0, "e") }
    }

    @Test func `attempts survive the wire, whatever they have`() throws {
        let answer = AttemptAnswer(attempts: Self.attempts, next: Self.attempts[0].position)
        let bytes = ControlAnswer(.done, attempts: AttemptDocument(answer)).bytes
        let page = try #require(ControlAnswer(bytes: bytes)?.attempts)
        #expect(page.values == Self.attempts)
        var request = AttemptRequest(scope: PauseScope(), since: ManualClock.start)
        request.after = page.next
        #expect(request.query?.after == answer.next)
    }

    @Test func `sums survive the wire`() throws {
        let sums = [RuleName?.none, "queue full"].map { rule in
            DailySum(
                key: DailySum.Key(day: 20_000, fingerprint: Fingerprint(reduced: "x"), rule: rule),
                counts: TrialCounts(recovered: 1, trials: 3),
                time: .milliseconds(1500)
            )
        }
        let answer = SumAnswer(sums: sums, next: sums[1].key)
        let bytes = ControlAnswer(.done, sums: SumDocument(answer)).bytes
        let page = try #require(ControlAnswer(bytes: bytes)?.sums)
        #expect(page.values == sums)
        var request = SumRequest(since: 20_000)
        request.after = page.next
        #expect(request.query == SumQuery(since: 20_000, after: sums[1].key))
    }

    @Test func `a newer daemon may say more, but a word that is not known is none`() throws {
        var page = AttemptDocument(AttemptAnswer(attempts: [Self.attempts[0]]))
        let text = String(decoding: ControlAnswer(.done, attempts: page).bytes, as: UTF8.self)
        let more = text.replacing(#""provider":"#, with: #""words":["new"],"provider":"#)
        #expect(more != text)
        #expect(ControlAnswer(bytes: Array(more.utf8))?.attempts == page)
        page.attempts[0].status = "dreaming"
        #expect(page.values == nil)
        page.attempts[0].status = "failed"
        page.attempts[0].retry?.result = "won"
        #expect(page.values == nil)
    }
}
