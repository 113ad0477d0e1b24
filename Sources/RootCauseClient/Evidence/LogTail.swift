import Primitives

/// The last lines of a log, bounded in lines and bytes.
package struct LogTail: Hashable, Sendable {
    /// How many lines are kept by default.
    package static let standardLines = 200
    /// The longest line in bytes; the rest of a line is left out.
    package static let lineBytes = 4 << 10
    /// The most bytes of all lines.
    package static let totalBytes = 128 << 10

    /// The lines, oldest first, without their ends.
    package let lines: [String]

    /// Creates the tail of texts, each of one line or several.
    package init(of texts: [String], lines limit: Int = standardLines) {
        var left = LogTail.totalBytes
        var newestFirst: [String] = []
        scan: for text in texts.reversed() {
            for line in LogTail.lines(of: text).reversed() {
                let kept = line.cut(toUTF8: LogTail.lineBytes)
                left -= kept.utf8.count
                guard newestFirst.count < limit, left >= 0 else { break scan }
                newestFirst.append(kept)
            }
        }
        lines = newestFirst.reversed()
    }

    /// The lines of a text; an end of line at its end begins no further one.
    private static func lines(of text: String) -> [String] {
        // By bytes: a carriage return and a line feed are one Character.
        var parts = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)[...]
        if parts.count > 1, parts.last?.isEmpty == true { parts.removeLast() }
        return parts.map { String(Substring($0.last == 0x0D ? $0.dropLast() : $0)) }
    }
}
