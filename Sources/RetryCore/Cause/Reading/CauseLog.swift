import Primitives

/// The end of a log: clean lines without secrets, as the rules' `log` searches them.
package struct CauseLog: Hashable, Sendable {
    /// The most lines that are kept.
    package static let lineLimit = 200
    /// The most bytes of all lines together; the oldest are left out.
    package static let byteLimit = 60_000

    /// The lines, oldest first, with their indentation.
    package let lines: [String]

    /// Takes the messages of log events, oldest first; one may have several lines.
    ///
    /// Only the newest ``lineLimit`` lines are read, and of a long line only its beginning and end.
    package init(_ events: [String]) {
        var keys = PrivateKeyFilter()
        let raw = CauseLog.newest(events)
        let clean = raw.map { line in
            let plain = CauseText.withoutControls(CauseLog.shown(CauseText.bounded(String(line))))
            return keys.takes(plain) ? Redaction.replacement : Redaction.redacted(plain)
        }
        lines = CauseLog.fitting(clean.map(CauseLog.withoutBlanksAtEnd))
    }

    /// The lines as one text.
    package var text: String { lines.joined(separator: "\n") }

    /// The newest lines of the events, oldest first.
    private static func newest(_ events: [String]) -> [Substring] {
        var lines: [Substring] = []
        for event in events.reversed() where lines.count < lineLimit {
            // By bytes: a line of a megabyte is not read character by character.
            let own = event.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
            let isClosed = own.count > 1 && own.last?.isEmpty == true
            let kept = (isClosed ? own.dropLast() : own[...]).reversed().prefix(lineLimit)
            lines += kept.map { Substring($0) }
        }
        return lines.prefix(lineLimit).reversed()
    }

    /// What a terminal shows at the end of a line that carriage returns overwrite.
    private static func shown(_ line: String) -> String {
        guard line.utf8.contains(0x0D) else { return line }
        return String(line.split { $0 == "\r" || $0 == "\r\n" }.last ?? "")
    }

    private static func fitting(_ lines: [String]) -> [String] {
        var left = byteLimit
        let kept = lines.reversed().prefix { line in
            left -= line.utf8.count + 1
            return left >= 0
        }
        return kept.reversed()
    }

    private static func withoutBlanksAtEnd(_ line: String) -> String {
        var rest = Substring(line)
        while rest.last == " " { rest.removeLast() }
        return String(rest)
    }
}
