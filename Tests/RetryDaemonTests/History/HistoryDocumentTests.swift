import AttemptLedger
import Primitives
import RetryCore
import RetryTestSupport
import Testing

@testable import RetryDaemon

@Suite struct HistoryDocumentTests {
    private static func past(
        _ end: PastEpisode.End,
        reason: Reason? = nil,
        cause: String? = "JobFailed: Build terminated with state: FAILED",
        own: Int = 0,
        others: Int = 0,
        seconds: Int64 = 75,
        stage: StageName = "Deploy"
    ) -> PastEpisode {
        PastEpisode(
            EpisodeRecordSample.ended(stage, seconds: seconds),
            end: end,
            reason: reason,
            cause: cause.map(Fingerprint.init(reduced:)),
            retries: (own, others)
        )
    }

    private static let answer = HistoryAnswer(
        episodes: [
            past(.recovered, own: 2, others: 1, seconds: 750),
            past(.notRetried, reason: .approvalRejected, cause: nil, seconds: 0),
            past(.exhausted, reason: .ruleExhausted, own: 1),
            past(.failed, cause: String(repeating: "long words ", count: 40), others: 3),
            past(.superseded, cause: "escape \u{1B}[31m and\nline"),
        ],
        next: past(.failed).position
    )

    @Test func `a reason that only repeats the outcome is not printed`() throws {
        let answer = HistoryAnswer(episodes: [Self.past(.exhausted, reason: .exhausted, own: 1)])
        let text = try #require(HistoryDocument(answer).episodes.first).text
        #expect(text.contains("  exhausted, 1m15s\n"), "\(text)")
    }

    @Test func `the text stays as it is, within 80 columns`() throws {
        let text = HistoryDocument(Self.answer).episodes.map(\.text).joined()
        for line in text.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
        try Golden(path: "Tests/RetryDaemonTests/Golden/history.txt").check(text)
    }

    @Test func `the JSON stays as it is`() throws {
        let json = HistoryDocument(Self.answer).json + "\n"
        try Golden(path: "Tests/RetryDaemonTests/Golden/history.json").check(json)
    }

    @Test func `questions and answers about history survive the wire`() throws {
        let document = HistoryDocument(Self.answer)
        let answer = ControlAnswer(.done, history: document)
        #expect(ControlAnswer(bytes: answer.bytes) == answer)
        var request = HistoryRequest(
            scope: PauseScope(target: "prod", pipeline: "web", stage: "Deploy"),
            since: .seconds(86_400),
            ends: [.failed, .recovered]
        )
        request.after = document.next
        #expect(ControlQuestion(bytes: ControlQuestion.history(request).bytes) == .history(request))
        let query = try #require(request.query(at: ManualClock.start))
        #expect(query.since == ManualClock.start + .seconds(-86_400))
        #expect(query.ends == [.failed, .recovered])
        #expect(query.after == Self.answer.next)
        #expect(query.scope == request.scope)
        request.outcomes = ["won"]
        #expect(request.query(at: ManualClock.start) == nil)
        request.outcomes = []
        request.seconds = 0
        #expect(request.query(at: ManualClock.start) == nil)
    }
}

/// A past episode of the pipeline `web`.
private enum EpisodeRecordSample {
    static func ended(_ stage: StageName, seconds: Int64) -> EpisodeRecord {
        var record = EpisodeRecord(
            key: EpisodeKey(
                pipeline: PipelineKey(target: "prod", pipeline: "web"),
                stage: stage,
                execution: "11111111-1111-4111-8111-111111111111"
            ),
            firstFailure: ManualClock.start,
            firstSeen: ManualClock.start,
            foreignRetries: 0
        )
        record.outcome = .recovered
        record.endedAt = ManualClock.start + .seconds(seconds)
        return record
    }
}

extension PastEpisode {
    /// The episode of a record, otherwise as given.
    fileprivate init(
        _ record: EpisodeRecord,
        end: End,
        reason: Reason?,
        cause: Fingerprint?,
        retries: (own: Int, others: Int)
    ) {
        guard let past = PastEpisode(record, intents: []) else {
            preconditionFailure("the record has ended")
        }
        self = past
        self.end = end
        self.reason = reason
        self.cause = cause
        ownRetries = retries.own
        otherRetries = retries.others
    }
}
