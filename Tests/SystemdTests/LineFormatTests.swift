import Glibc
import Primitives
import Systemd
import Testing

@Suite struct LineFormatTests {
    private static let time = WallTime(milliseconds: 1_795_400_000_123)

    @Test(arguments: [
        (JournalPriority.error, "2026-11-23T02:13:20.123Z err     web: failed"),
        (.warning, "2026-11-23T02:13:20.123Z warning web: failed"),
        (.notice, "2026-11-23T02:13:20.123Z notice  web: failed"),
        (.info, "2026-11-23T02:13:20.123Z info    web: failed"),
        (.debug, "2026-11-23T02:13:20.123Z debug   web: failed"),
    ])
    func `a line for people has time, level and message`(level: JournalPriority, line: String) {
        #expect(LineFormat.readable(colour: false).line(of: item(level)) == line)
    }

    @Test(arguments: [
        (JournalPriority.critical, "\u{1B}[1;31mcrit    web: failed\u{1B}[0m"),
        (.warning, "\u{1B}[1;33mwarning web: failed\u{1B}[0m"),
        (.notice, "\u{1B}[1mnotice  web: failed\u{1B}[0m"),
        (.info, "info    web: failed"),
        (.debug, "\u{1B}[2mdebug   web: failed\u{1B}[0m"),
    ])
    func `on a terminal the level has its colour`(level: JournalPriority, text: String) {
        let line = LineFormat.readable(colour: true).line(of: item(level))
        #expect(line == "2026-11-23T02:13:20.123Z " + text)
    }

    @Test(arguments: JournalPriority.allCases)
    func `a line for the service manager has its priority in front`(level: JournalPriority) {
        #expect(LineFormat.prefixed.line(of: item(level)) == "<\(level.rawValue)>web: failed")
    }

    @Test func `a JSON line has the journal's field names and only strings`() {
        let entry = JournalEntry(
            message: "Stage \"Deploy\" failed",
            priority: .notice,
            messageID: MessageID("0123456789abcdef0123456789abcdef"),
            fields: [
                (.event, "stage_failed"), (.action, "Build"), (.retry, "2"), (.action, "Test"),
                (.errorMessage, "a\\b\n\"c\" é"),
            ]
        )
        let line = LineFormat.json.line(of: StampedEntry(time: Self.time, entry: entry))
        #expect(
            line == #"{"TIMESTAMP":"2026-11-23T02:13:20.123Z","PRIORITY":"5","#
                + #""MESSAGE":"Stage \"Deploy\" failed","#
                + #""MESSAGE_ID":"0123456789abcdef0123456789abcdef","#
                + #""RETRYD_EVENT":"stage_failed","RETRYD_ACTION":["Build","Test"],"#
                + #""RETRYD_RETRY":"2","RETRYD_ERROR_MESSAGE":"a\\b\n\"c\" é"}"#
        )
    }

    @Test func `an entry without id has no such member`() {
        let line = LineFormat.json.line(of: item(.info))
        #expect(
            line == #"{"TIMESTAMP":"2026-11-23T02:13:20.123Z","PRIORITY":"6","#
                + #""MESSAGE":"web: failed"}"#
        )
    }

    private func item(_ priority: JournalPriority) -> StampedEntry {
        StampedEntry(
            time: Self.time,
            entry: JournalEntry(message: "web: failed", priority: priority)
        )
    }
}

@Suite struct LineSinkTests {
    @Test func `lines arrive whole on their descriptor, however slowly it is read`() throws {
        var ends: [Int32] = [0, 0]
        let answer = unsafe pipe(&ends)
        try #require(answer == 0)
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        let sink = try LineSink.sink(.prefixed, descriptor: ends[1]) {
            WallTime(milliseconds: 0)
        }
        // More than a pipe holds, so that the writing thread meets EAGAIN.
        let text = String(repeating: "x", count: 4000)
        for number in 0..<100 {
            sink.write(JournalEntry(message: "\(number) \(text)", priority: .info))
        }
        let expected = (0..<100).map { "<6>\($0) \(text)\n" }.joined()
        let received = read(expected.utf8.count, from: ends[0])
        sink.close()
        close(ends[0])
        close(ends[1])
        #expect(received == expected)
    }

    /// Reads so many bytes; waits ten seconds at most for each part.
    private func read(_ count: Int, from descriptor: Int32) -> String {
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1000)
        while received.count < count {
            var item = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&item, 1, 10_000) == 1 else { break }
            let size = unsafe Glibc.read(descriptor, &buffer, buffer.count)
            guard size > 0 else { break }
            received += buffer[..<size]
        }
        return String(decoding: received, as: UTF8.self)
    }
}
