/// Finds functions and their lengths by counting braces; the code is formatted, so it is exact.
enum FunctionScan {
    struct Function {
        let line: Int
        let lines: Int
    }

    static func functions(of file: SourceFile) -> [Function] {
        let code = file.code
        var found: [Function] = []
        for (index, line) in code.enumerated() where begins(line) {
            if let end = end(of: index, in: code) {
                found.append(Function(line: index + 1, lines: end - index + 1))
            }
        }
        return found
    }

    private static func begins(_ line: String) -> Bool {
        let words = line.split(separator: " ")
        // A computed property over several lines is a function as well.
        let isBlock = line.hasSuffix("{")
        for word in words.prefix(6) {
            if word == "func" || word.hasPrefix("init(") || word.hasPrefix("init?(") {
                return true
            }
            if isBlock, word == "var" || word.hasPrefix("subscript"), !words.contains("=") {
                return true
            }
            if word.contains("(") || word == "=" || word == "case" { return false }
        }
        return false
    }

    /// The line of the closing brace; nil for a requirement without a body.
    private static func end(of start: Int, in code: [String]) -> Int? {
        var braces = 0
        var parentheses = 0
        var hasBody = false
        for index in start..<code.count {
            for character in code[index] {
                switch character {
                case "(", "[": parentheses += 1
                case ")", "]": parentheses -= 1
                case "{":
                    braces += 1
                    hasBody = true
                case "}": braces -= 1
                default: break
                }
            }
            if hasBody, braces == 0 { return index }
            if braces < 0 { return nil }
            let isOver = !hasBody && parentheses == 0 && index + 1 < code.count
            if isOver, !continues(code[index + 1]) { return nil }
        }
        return nil
    }

    private static func continues(_ line: String) -> Bool {
        let code = line.drop { $0 == " " }
        return code.hasPrefix("{") || code.hasPrefix("->") || code.hasPrefix("where")
            || code.hasPrefix("async") || code.hasPrefix("throws") || code.hasPrefix(")")
    }
}
