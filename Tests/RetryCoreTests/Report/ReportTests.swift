import Primitives
import RetryCore
import Testing
import RetryTestSupport

@Suite struct ReportTests {
    @Test func `every report has a sample, and every kind`() {
        #expect(
            Set(ReportSample.all.map { ReportCase($0.report) }) == Set(ReportCase.allCases)
        )
        #expect(Set(ReportSample.all.map(\.report.kind)) == Set(ReportKind.allCases))
    }

    @Test func `every field is in some entry`() {
        let shown = Set(ReportSample.all.flatMap { $0.report.fields.map(\.0) })
        #expect(shown == Set(ReportField.allCases))
    }

    /// The page shows users the form of entries, and fixes each word of them.
    @Test func `message, level and fields are those of the journal's page`() throws {
        let text = ReportSample.all.map { sample in
            let report = sample.report
            let fields = report.fields.map { "\($0.0.rawValue)=\($0.1)" }
            let lines =
                ["## \(sample.title)", "", "\(report.level): \(report.message)", "", "```text"]
                + fields + ["```"]
            return lines.joined(separator: "\n") + "\n"
        }
        try Golden(path: "docs/JOURNAL.md").check(
            "\n" + text.joined(separator: "\n") + "\n",
            between: "<!-- entries: begin -->",
            and: "<!-- entries: end -->"
        )
    }

    @Test(arguments: [
        (Reason.unreachable, CallFailure.Kind.unreachable, nil, "was not sent"),
        (.credentials, .credentials, nil, "was not sent"),
        (.credentials, .credentials, "ExpiredTokenException", "refused"),
        (.credentials, .clock, nil, "refused"), (.throttled, .throttled, nil, "refused"),
        (.busy, .invalid, "ConflictException", "refused"),
    ])
    func `a retry that never reached AWS was not refused`(
        _ row: (Reason, CallFailure.Kind, String?, String)
    ) throws {
        let (reason, kind, code, word) = row
        let failure = CallFailure(
            kind: kind,
            operation: .retryStageExecution,
            code: code,
            message: "no"
        )
        let sample = try #require(
            ReportSample.all.compactMap { sample -> Report? in
                guard case .retryRefused(let context, let intent, _, _) = sample.report else {
                    return nil
                }
                return .retryRefused(context, intent, reason, failure)
            }.first
        )
        #expect(sample.message.contains(" \(word): RetryStageExecution: "), "\(sample.message)")
    }

    @Test(arguments: [
        ("denied.", "denied; trying"), ("denied", "denied; trying"), ("wait...", "wait...; trying"),
    ])
    func `a full stop of AWS's message does not interrupt the sentence around it`(
        _ row: (message: String, text: String)
    ) throws {
        let failure = CallFailure(
            kind: .throttled,
            operation: .getPipelineState,
            message: row.message
        )
        let context = TargetContext(target: "prod", region: "eu-west-1")
        let message = Report.targetDegraded(context, failure).message
        #expect(message.contains("GetPipelineState: \(row.text)"), "\(message)")
    }

    @Test func `retries that end without a known failure report no last error`() throws {
        let context = EpisodeContext(
            key: EpisodeKey(
                pipeline: PipelineKey(target: "prod", pipeline: "web"),
                stage: "Build",
                execution: "1"
            ),
            region: "",
            account: nil,
            partition: nil,
            policy: "default"
        )
        let ended = Report.retriesExhausted(context, .gaveUpAfter, retries: 0, FailureFacts())
        #expect(ended.message.hasSuffix("Last error: none recorded"), "\(ended.message)")
        let failed = Report.stageFailed(context, FailureFacts())
        #expect(failed.message.hasSuffix("failed: AWS shows no failed action"), "\(failed.message)")
    }

    @Test func `journald takes every field name, and all are ours`() {
        for name in ReportField.allCases.map(\.rawValue) {
            let isAllowed = name.utf8.allSatisfy { byte in
                (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x5F
            }
            #expect(isAllowed && name.utf8.count <= 64, "\(name)")
            #expect(name.hasPrefix("RETRYD_") && name.utf8.count > "RETRYD_".utf8.count, "\(name)")
        }
    }

    @Test func `every event has a MESSAGE_ID of its own, of 32 lower-case hex digits`() {
        let ids = ReportKind.allCases.map(\.messageID) + [ReportCatalog.entriesDroppedID]
        #expect(Set(ids).count == ids.count)
        for id in ids {
            let isHex = id.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
            }
            #expect(id.utf8.count == 32 && isHex, "\(id)")
        }
    }

    @Test(arguments: ReportSample.all)
    func `an entry has its event first, each field once and none empty`(
        _ sample: ReportSample
    ) {
        let report = sample.report
        #expect(!report.message.isEmpty)
        #expect(report.fields.first?.0 == .event)
        #expect(report.fields.first?.1 == report.kind.rawValue)
        let names = report.fields.map(\.0)
        #expect(Set(names).count == names.count)
        #expect(report.fields.allSatisfy { !$0.1.isEmpty })
    }

    @Test func `values stay under 4 KiB and whole, whatever comes from outside`() {
        for piece in ["x", "ü", "€", "😀", "👩‍🚀", "e\u{301}"] {
            let giant = String(repeating: piece, count: 6000)
            for (index, sample) in Samples(outside: { _ in giant }).all.enumerated() {
                let fields = sample.report.fields
                #expect(fields.map(\.0) == ReportSample.all[index].report.fields.map(\.0))
                for (name, value) in fields {
                    #expect(value.utf8.count < 4096, "\(sample.title): \(name)")
                    #expect(!value.contains("\u{FFFD}"), "\(sample.title): \(name)")
                }
            }
        }
    }

    @Test func `line ends from outside make no field and change no other`() {
        let plain = ReportSample.all
        let hostile = Samples(outside: { "\($0)\nRETRYD_EVENT=stage_recovered\u{0}\u{1B}[2J" }).all
        for (sample, other) in zip(plain, hostile) {
            let names = sample.report.fields.map(\.0)
            #expect(other.report.fields.map(\.0) == names, "\(sample.title)")
            #expect(other.report.fields.first?.1 == sample.report.kind.rawValue)
            #expect(other.report.level == sample.report.level)
        }
    }

    @Test func `our own words in a message stay on one line`() {
        for sample in ReportSample.all {
            #expect(sample.report.message.isOneLine, "\(sample.title)")
        }
    }

    @Test(arguments: Reason.allCases)
    func `every reason has a sentence that fits its place`(_ reason: Reason) {
        let sentence = reason.sentence
        #expect(!sentence.isEmpty && !sentence.hasSuffix("."))
        #expect(sentence.isOneLine)
        let others = Reason.allCases.filter { $0 != reason && $0.sentence == sentence }
        #expect(others.isEmpty)
    }
}
