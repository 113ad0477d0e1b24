import Primitives

/// One message of a tool: the line that begins it and those that continue it.
///
/// Tools break a message over several lines: npm repeats its prefix, Terraform draws a box, others
/// indent.
struct LogicalLine: Hashable {
    /// The message on one line, without decoration.
    private(set) var text: String
    /// What it is worth, by the line that begins it.
    let kind: LineKind
    private let frame: LineFrame

    /// Joins the lines of an output to messages, oldest first; blank lines end a message.
    static func joined(_ lines: [String]) -> [LogicalLine] {
        var result: [LogicalLine] = []
        var isOpen = false
        var isAfterNoise = false
        for line in lines {
            let frame = LineFrame(line)
            guard !frame.text.isEmpty else {
                isOpen = isOpen && frame.style == .box
                continue
            }
            let kind = isAfterNoise && frame.isCode ? .noise : LineKind(frame.text)
            isAfterNoise = kind == .noise
            if isOpen, let last = result.indices.last, result[last].takes(frame, kind) {
                result[last].append(frame.body)
            } else {
                result.append(LogicalLine(text: frame.text, kind: kind, frame: frame))
                isOpen = kind == .error || kind == .warning || kind == .consequence
            }
        }
        return result
    }

    /// Whether a line continues this message.
    private func takes(_ next: LineFrame, _ kind: LineKind) -> Bool {
        guard kind != .noise, kind != .consequence else { return false }
        return frame.isContinued(by: next)
    }

    private mutating func append(_ body: String) {
        guard text.utf8.count < RootCause.lineLimit else { return }
        text += " " + body
    }
}

/// How a line is decorated.
private struct LineFrame: Hashable {
    enum Style: Hashable {
        /// Terraform's `│ `.
        case box
        /// A prefix that npm repeats.
        case npm(String)
        /// Neither.
        case none
    }

    let style: Style
    let indentation: Int
    /// The line without box, time and the like.
    let text: String

    init(_ line: String) {
        var rest = Substring(line)
        for prefix in LineFrame.dropped where rest.hasPrefix(prefix) {
            rest = rest.dropFirst(prefix.count)
        }
        let isBox = rest.hasPrefix("│") || rest.hasPrefix("╷") || rest.hasPrefix("╵")
        if isBox { rest = rest.dropFirst() }
        rest = LineFrame.withoutProgress(LineFrame.withoutTime(rest))
        let body = rest.drop { $0 == " " }
        indentation = isBox ? 0 : rest.count - body.count
        text = CauseText.joiningBlanks(String(body))
        let npm = LineFrame.npm.first { body.hasPrefix($0) }
        style = isBox ? .box : npm.map { Style.npm($0) } ?? .none
    }

    /// The text without the prefix that is repeated.
    var body: String {
        guard case .npm(let prefix) = style else { return text }
        return String(text.dropFirst(prefix.count).drop { $0 == " " })
    }

    /// Whether it may be a line of source below a stack frame.
    var isCode: Bool { indentation >= 4 && style == .none }

    /// Whether `next` continues a message that begins with this line.
    func isContinued(by next: LineFrame) -> Bool {
        switch style {
        case .box:
            next.style == .box && !next.text.hasPrefix("Error: ")
                && !next.text.hasPrefix("Warning: ")
        case .npm: next.style == style
        case .none: next.style == .none && next.indentation > max(indentation, 1)
        }
    }

    private static let npm = ["npm ERR!", "npm error", "npm WARN", "npm warn"]
    /// What agents and runners put before a line.
    private static let dropped = ["[stderr]", "[stdout]", "##[error]", "\u{FEFF}"]

    /// The line without a time in ISO 8601 at its beginning.
    private static func withoutTime(_ line: Substring) -> Substring {
        let word = line.prefix { $0 != " " }
        let isTime =
            word.utf8.count >= 19 && word.utf8.allSatisfy { $0 < 0x80 }
            && word.dropFirst(4).first == "-" && word.dropFirst(10).first == "T"
        return isTime ? line.dropFirst(word.count).drop { $0 == " " } : line
    }

    /// The line without BuildKit's `#12 0.643 `.
    private static func withoutProgress(_ line: Substring) -> Substring {
        let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard words.count == 3, words[0].first == "#", words[0].dropFirst().allSatisfy(\.isNumber),
            words[1].allSatisfy({ $0.isNumber || $0 == "." }), words[1].contains(".")
        else { return line }
        return words[2]
    }
}
