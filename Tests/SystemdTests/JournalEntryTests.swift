import Systemd
import Testing

@Suite struct JournalFieldTests {
    @Test(arguments: [
        "RETRYD_EVENT", "A", "X9_", String(repeating: "A", count: 64),
    ])
    func `a name that journald keeps is accepted`(name: String) {
        #expect(JournalField(name)?.name == name)
    }

    @Test(arguments: [
        "", "retryd_event", "RETRYD-EVENT", "_PID", "9LIVES", "RETRYD EVENT", "RETRYD_É", "A=B",
        "A\n", String(repeating: "A", count: 65),
    ])
    func `a name that journald would silently drop cannot be created`(name: String) {
        #expect(JournalField(name) == nil)
    }

    @Test(arguments: [
        ("0123456789abcdef0123456789abcdef", true),
        ("0123456789ABCDEF0123456789abcdef", false),
        ("0123456789abcdef0123456789abcde", false),
        ("01234567-89ab-cdef-0123-456789ab", false),
        ("", false),
    ])
    func `a message id is 32 lower-case hexadecimal digits`(text: String, isValid: Bool) {
        #expect((MessageID(text) != nil) == isValid)
    }
}

@Suite struct JournalEntryTests {
    @Test(arguments: [
        ("plain", "plain"),
        ("two\nlines\r\nand\ttabs", "two lines  and tabs"),
        ("\u{1B}[31mred\u{1B}[0m", "\u{FFFD}[31mred\u{FFFD}[0m"),
        ("bell\u{07}nul\0del\u{7F}c1\u{9B}", "bell\u{FFFD}nul\u{FFFD}del\u{FFFD}c1\u{FFFD}"),
        ("\u{202E}reversed\u{2069}", "\u{FFFD}reversed\u{FFFD}"),
        ("next\u{85}line\u{2028}sep", "next line sep"),
        ("é 漢 🙂 stays", "é 漢 🙂 stays"),
    ])
    func `a message is one line without control characters`(text: String, expected: String) {
        #expect(JournalEntry(message: text, priority: .info).message == expected)
    }

    @Test func `a field keeps its lines and loses its control characters`() {
        let value = field("a\nb\tc\r\n\u{1B}[1md\0")
        #expect(value == "a\nb\tc \n\u{FFFD}[1md\u{FFFD}")
    }

    @Test(arguments: [0, 1, 2, 3])
    func `a long value is cut under 4096 bytes at a character boundary`(shift: Int) {
        let long = String(repeating: "a", count: shift) + String(repeating: "🙂", count: 2000)
        let value = field(long)
        let size = "RETRYD_ERROR_MESSAGE=".utf8.count + value.utf8.count
        #expect(size < 4096)
        #expect(size >= 4096 - 4)
        #expect(value.hasSuffix("🙂…"))
        #expect(!value.contains("\u{FFFD}"))
    }

    @Test func `a value that just fits is not cut`() {
        let room = 4095 - "RETRYD_ERROR_MESSAGE=".utf8.count
        let text = String(repeating: "x", count: room)
        #expect(field(text) == text)
        #expect(field(text + "x") == String(repeating: "x", count: room - 3) + "…")
    }

    @Test func `a long message is cut too`() {
        let entry = JournalEntry(message: String(repeating: "é", count: 9000), priority: .info)
        #expect("MESSAGE=\(entry.message)".utf8.count < 4096)
        #expect(entry.message.hasSuffix("é…"))
    }

    @Test func `no entry has more fields than the journal call can take`() {
        let fields = (0..<500).map { _ in (JournalField.event, "Build") }
        let entry = JournalEntry(message: "m", priority: .info, fields: fields)
        #expect(entry.fields.count == JournalEntry.fieldCountLimit)
    }

    @Test func `the loss of entries is an entry with the count`() {
        let entry = JournalEntry.entriesDropped(12)
        #expect(entry.priority == .warning)
        #expect(entry.messageID != nil)
        #expect(
            entry.fields.map { "\($0.name)=\($0.value)" }
                == ["RETRYD_EVENT=entries_dropped", "RETRYD_DROPPED=12"]
        )
        #expect(entry.message.hasPrefix("12 journal entries were lost"))
        #expect(JournalEntry.entriesDropped(1).message.hasPrefix("1 journal entry was lost"))
    }

    private func field(_ value: String) -> String {
        JournalEntry(message: "m", priority: .info, fields: [(.errorMessage, value)])
            .fields[0].value
    }
}

@Suite struct NativeJournalTests {
    @Test func `an entry goes to the journal with every field, in order`() {
        let entry = JournalEntry(
            message: "Stage failed",
            priority: .warning,
            messageID: MessageID("0123456789abcdef0123456789abcdef"),
            fields: [(.event, "stage_failed"), (.errorMessage, "a=b\nc")]
        )
        #expect(
            NativeJournal.lines(of: entry, identifier: "pipeline-retryd") == [
                "MESSAGE=Stage failed", "PRIORITY=4", "SYSLOG_IDENTIFIER=pipeline-retryd",
                "MESSAGE_ID=0123456789abcdef0123456789abcdef", "RETRYD_EVENT=stage_failed",
                "RETRYD_ERROR_MESSAGE=a=b\nc",
            ]
        )
    }
}
