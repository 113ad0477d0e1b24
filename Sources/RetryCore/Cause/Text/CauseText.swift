import Primitives

/// Text of strangers, made fit to keep: one line, no control characters, no secrets, bounded.
enum CauseText {
    /// The most bytes of one line that are read; the rest of a longer line is left out in the
    /// middle.
    static let readLimit = 2048

    /// A text as one clean line of at most `limit` bytes; nil when nothing is left of it.
    static func line(_ text: String, limit: Int) -> String? {
        let plain = withoutControls(bounded(text))
        let line = joiningBlanks(Redaction.redacted(plain)).shortened(toUTF8: limit)
        return line.isEmpty ? nil : line
    }

    /// The beginning and the end of a text that is too long, cut at blanks where there are any, so
    /// that no half of a secret remains.
    static func bounded(_ text: String) -> String {
        guard text.utf8.count > readLimit else { return text }
        let head = text.cut(toUTF8: readLimit * 3 / 4)
        // Not from the middle of a character.
        let end = text.utf8.suffix(readLimit / 4).drop { $0 & 0b1100_0000 == 0b1000_0000 }
        let tail = String(decoding: end, as: UTF8.self)
        return wholeWords(head, atEnd: true) + " … " + wholeWords(tail, atEnd: false)
    }

    /// The text without terminal sequences and controls; line ends and tabs become blanks.
    static func withoutControls(_ text: String) -> String {
        // Nearly every line is such a one.
        if text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return text }
        var result = String.UnicodeScalarView()
        var escape = TerminalEscape.none
        for scalar in text.unicodeScalars where !escape.takes(scalar) {
            if scalar.isBreakOrTab {
                result.append(" ")
            } else if !scalar.steersOutput {
                result.append(scalar)
            }
        }
        return String(result)
    }

    /// One blank for each run of them, none at the ends.
    static func joiningBlanks(_ text: String) -> String {
        text.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
    }

    private static func wholeWords(_ text: String, atEnd: Bool) -> String {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count > 1 else { return text }
        return (atEnd ? words.dropLast() : words.dropFirst()).joined(separator: " ")
    }
}

/// The position in a terminal's escape sequence (ECMA-48): CSI `ESC [ … letter`, OSC
/// `ESC ] … BEL`, or two characters.
private enum TerminalEscape {
    case none
    case begun
    case control
    case command

    /// Whether the scalar is part of a sequence.
    mutating func takes(_ scalar: Unicode.Scalar) -> Bool {
        switch self {
        case .none:
            guard scalar == "\u{1B}" || scalar == "\u{9B}" else { return false }
            self = scalar == "\u{1B}" ? .begun : .control
        case .begun:
            self = scalar == "[" ? .control : scalar == "]" ? .command : .none
        case .control:
            if (0x40...0x7E).contains(scalar.value) { self = .none }
        case .command:
            if scalar == "\u{7}" || scalar == "\u{1B}" {
                self = scalar == "\u{7}" ? .none : .begun
            }
        }
        return true
    }
}
