import Glibc
import Primitives
import Systemd
import Testing

/// Set by `Tests/Interop/systemd/journal.sh` when its own journald is running.
private let journaldProcess = LinuxHost().environment["RETRYD_TEST_JOURNALD"].flatMap { Int32($0) }

@Suite(
    .serialized,
    .enabled(
        if: journaldProcess != nil,
        "needs a journald of its own: run Tests/Interop/systemd/journal.sh as root"
    )
)
struct RealJournalTests {
    private let host = LinuxHost()
    private let tag: String

    init() throws {
        tag = String(try host.randomSeed(), radix: 36).uppercased()
    }

    @Test func `every field of an entry can be read back from the journal`() throws {
        let sink = try NativeJournal.sink { [host] in host.wallTime }
        let fields = ["EVENT", "PIPELINE", "ERROR_MESSAGE", "AWS_REQUEST_ID", "DROPPED"]
            .compactMap { JournalField("RETRYD_\($0)") }
        let tagField = try #require(JournalField("RETRYD_FINGERPRINT"))
        sink.write(
            JournalEntry(
                message: "Stage Deploy failed: \u{1B}[31mred",
                priority: .warning,
                messageID: MessageID("0123456789abcdef0123456789abcdef"),
                fields: fields.map { ($0, "x=\($0)\ny é") } + [(tagField, tag)]
            )
        )
        sink.close()
        let entries = try settled(until: { !$0.isEmpty }) {
            try #require(RealJournal.entries(with: "RETRYD_FINGERPRINT=\(tag)"))
        }
        let entry = try #require(entries.first)
        #expect(fields.count == 5)
        for field in fields {
            #expect(entry.contains("\(field)=x=\(field)\ny é"))
        }
        #expect(entry.contains("MESSAGE=Stage Deploy failed: \u{FFFD}[31mred"))
        #expect(entry.contains("PRIORITY=4"))
        #expect(entry.contains("MESSAGE_ID=0123456789abcdef0123456789abcdef"))
        #expect(entry.contains("SYSLOG_IDENTIFIER=pipeline-retryd"))
        #expect(entry.contains("_TRANSPORT=journal"))
        #expect(entry.contains("_PID=\(host.processID)"))
    }

    @Test func `the writer never waits for a journald that is stopped, and the loss is reported`()
        throws
    {
        let journald = try #require(journaldProcess)
        let sink = try NativeJournal.sink { [host] in host.wallTime }
        try #require(kill(journald, SIGSTOP) == 0)
        let start = host.awakeInstant
        // The socket takes 513 and the queue 1024; a blocking writer would stay here for ever.
        for number in 0..<5000 {
            let priority = number == 4999 ? JournalPriority.error : .info
            sink.write(
                JournalEntry(message: "\(number)", priority: priority, fields: [(.event, tag)])
            )
        }
        let elapsed = host.awakeInstant - start
        try #require(kill(journald, SIGCONT) == 0)
        sink.close()
        #expect(elapsed < .seconds(2))
        // journald is still reading what waits in its socket.
        let outcome = try settled(until: { $0.kept.count + $0.lost == 5000 }) {
            let losses = try #require(RealJournal.entries(with: "RETRYD_EVENT=entries_dropped"))
            return (
                kept: try #require(RealJournal.entries(with: "RETRYD_EVENT=\(tag)")),
                lost: losses.flatMap { $0 }.filter { $0.hasPrefix("RETRYD_DROPPED=") }
                    .compactMap { Int($0.dropFirst("RETRYD_DROPPED=".count)) }.reduce(0, +)
            )
        }
        #expect(outcome.lost > 0)
        #expect(outcome.kept.count + outcome.lost == 5000)
        #expect(outcome.kept.contains { $0.contains("MESSAGE=4999") && $0.contains("PRIORITY=3") })
    }

    /// Reads again and again until it is as it should be, for ten seconds at most.
    private func settled<Value>(
        until isDone: (Value) -> Bool,
        _ read: () throws -> Value
    ) throws -> Value {
        let end = host.awakeInstant + .seconds(10)
        while true {
            let value = try read()
            if isDone(value) || host.awakeInstant > end { return value }
        }
    }
}
