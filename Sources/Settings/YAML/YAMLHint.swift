import YAML

/// Explains in plain words why a text is not YAML, and what to write instead.
///
/// libyaml's messages speak of its own grammar; the mistakes behind them are few: a glob, an
/// address or a message without quotes, a tab, a column too far left, a quote or bracket that is
/// not closed.
struct YAMLHint {
    let position: SourcePosition
    let problem: String
    let expected: String

    private typealias Slip = (problem: String, expected: String)

    /// Explains an error of the parser by the line that it is in.
    init(_ error: YAMLSyntaxError, in bytes: [UInt8]) {
        let lines = String(decoding: bytes, as: UTF8.self)
            .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
        let line = error.position.line <= lines.count ? lines[error.position.line - 1] : ""
        let opened = error.context.flatMap { context in
            context.line <= lines.count ? lines[context.line - 1] : nil
        }
        let words = error.problem
        if let comment = YAMLHint.comment(in: lines, before: error.position) {
            self.init(
                position: comment,
                problem: "\"//\" does not begin a comment",
                expected: "a comment that begins with #, in JSON too"
            )
        } else if let slip = YAMLHint.variables(line) ?? opened.flatMap(YAMLHint.variables) {
            self.init(position: error.position, problem: slip.problem, expected: slip.expected)
        } else if let context = error.context, words.contains("end of stream while scanning a qu") {
            self.init(
                position: context,
                problem: "a quote is not closed",
                expected: "the same quote at the end of the text"
            )
        } else if let slip = YAMLHint.slip(words, error, line) {
            // For an alias or anchor libyaml gives the position after its first character.
            let position = words.contains("while scanning an a") ? error.context : nil
            self.init(
                position: position ?? error.position,
                problem: slip.problem,
                expected: slip.expected
            )
        } else {
            self.init(position: error.position, problem: words, expected: "YAML 1.2 or JSON")
        }
    }

    private init(position: SourcePosition, problem: String, expected: String) {
        self.position = position
        self.problem = problem
        self.expected = expected
    }

    /// The start of a comment in another language's syntax, in the line of the error or the one
    /// before.
    private static func comment(in lines: [String], before position: SourcePosition)
        -> SourcePosition?
    {
        for number in [position.line, position.line - 1] where (1...lines.count).contains(number) {
            let scalars = Array(lines[number - 1].unicodeScalars)
            for index in scalars.indices.dropLast()
            where scalars[index] == "/" && scalars[index + 1] == "/" {
                let before = scalars[..<index].last { $0 != " " }
                let isApart = index == 0 || scalars[index - 1] == " "
                // Not within a text, as in "see // there".
                let ends: [Unicode.Scalar] = [",", "]", "}", "[", "{", "\"", "'"]
                guard isApart, before.map({ ends.contains($0) }) ?? true else { continue }
                return SourcePosition(line: number, column: index + 1)
            }
        }
        return nil
    }

    private static func variables(_ line: String) -> Slip? {
        guard let text = Variables.reference(in: line) else { return nil }
        return (
            "\"\(text)\": variables are not replaced, and a brace has a meaning in YAML",
            "the value itself, in quotes where it has braces"
        )
    }

    private static func slip(_ words: String, _ error: YAMLSyntaxError, _ line: String) -> Slip? {
        let scalars = Array(line.unicodeScalars)
        let column = error.position.column - 1
        let here = column < scalars.count ? scalars[column] : nil
        if here == "\t" || scalars.prefix(while: { $0 == " " || $0 == "\t" }).contains("\t") {
            return ("a tab, where YAML allows only spaces", "spaces for the indentation")
        }
        if words.contains("cannot start any token"), let here {
            return (
                "a value begins with \"\(ErrorLog.shown(String(here)))\", which is reserved in "
                    + "YAML", "quotes around the value"
            )
        }
        if words.contains("scanning an alias") {
            return (
                "\"*\" begins a YAML alias", "quotes around a glob, such as \"*\" or \"*-prod\""
            )
        }
        if words.contains("scanning an anchor") {
            return ("\"&\" begins a YAML anchor", "quotes around a text that begins with \"&\"")
        }
        if here == ":", words.contains("while parsing a flow") {
            return structure("mapping values are not allowed", error)
        }
        return structure(words, error)
    }

    private static func structure(_ words: String, _ error: YAMLSyntaxError) -> Slip? {
        let opening = error.context.map { "line \($0.line), column \($0.column)" } ?? "before"
        if words.contains("mapping values are not allowed") {
            return (
                "a colon and a space begin a value, which cannot be here",
                "quotes around a text with \": \" in it, or a key in the column of its neighbours"
            )
        }
        if words.contains("unknown escape character") {
            return (
                "a backslash in double quotes is an escape, and YAML does not know this one",
                "single quotes, in which a backslash is literal"
            )
        }
        if words.contains("while parsing a block") {
            return (
                "this line does not fit what begins in \(opening)",
                "the same column for all its keys or dashes"
            )
        }
        if words.contains("while parsing a flow") {
            return (
                "the bracket of \(opening) is not closed before this",
                "a comma, or the closing bracket; quotes around a text with brackets or commas"
            )
        }
        if words.contains("could not find expected ':'") {
            return ("a line is not a key", "\"key: value\", with a space after the colon")
        }
        if words.contains("tag") {
            return ("\"!\" begins a YAML tag", "quotes around a text that begins with \"!\"")
        }
        return nil
    }
}
