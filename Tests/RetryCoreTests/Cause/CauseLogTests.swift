import Testing

@testable import RetryCore

@Suite struct CauseLogTests {
    @Test(arguments: [
        ("\u{1B}[31merror\u{1B}[0m: no", "error: no"), ("10%\r20%\rdone", "done"),
        ("line\r\n", "line"),
        ("a\tb\u{0}c\u{202E}d", "a bcd"), ("\u{1B}]0;title\u{7}text", "text"), ("  kept", "  kept"),
        ("\u{9B}2Kx", "x"), ("tail  ", "tail"), ("\u{1B}", ""),
    ])
    func `what controls a terminal is not in a line`(_ raw: String, _ expected: String) {
        #expect(CauseLog([raw]).lines == [expected])
    }

    @Test func `only the newest lines are kept, of many events and of one`() {
        let events = (1...500).map { "line \($0)" }
        #expect(CauseLog(events).lines == CauseLog([events.joined(separator: "\n")]).lines)
        #expect(CauseLog(events).lines.count == CauseLog.lineLimit)
        #expect(CauseLog(events).lines.first == "line 301")
        #expect(CauseLog(events).lines.last == "line 500")
        #expect(CauseLog([]).lines.isEmpty)
    }

    @Test func `a line of a megabyte is cut in its middle`() throws {
        let line = try #require(
            CauseLog(["begin " + String(repeating: "x ", count: 500_000) + "end"]).lines.first
        )
        #expect(line.utf8.count < 2100)
        #expect(line.hasPrefix("begin x"))
        #expect(line.hasSuffix("x end"))
        #expect(line.contains(" … "))
    }

    @Test func `half of a secret does not remain where a line is cut`() throws {
        let secret = "ghp_" + String(repeating: "aB3", count: 40)
        for offset in 1480...1560 {
            let text = String(repeating: "x", count: offset) + " " + secret + " "
            let line = text + String(repeating: "y ", count: 4000)
            let shown = try #require(CauseLog([line]).lines.first)
            #expect(!shown.contains("ghp_"))
        }
    }

    @Test func `all lines together are bounded, and the newest are kept`() {
        let log = CauseLog((1...200).map { "\($0) " + String(repeating: "word ", count: 200) })
        #expect(log.text.utf8.count <= CauseLog.byteLimit)
        #expect(log.lines.last?.hasPrefix("200 ") == true)
        #expect(log.lines.count > 40)
    }

    @Test func `a root line is one line within its limit`() throws {
        let cause = RootCause(provider: "CodeBuild", line: String(repeating: "é\n", count: 3000))
        let line = try #require(cause.line)
        #expect(line.utf8.count <= RootCause.lineLimit)
        #expect(!line.contains("\n"))
        #expect(RootCause(provider: "CodeBuild", line: " \n ").line == nil)
    }
}
