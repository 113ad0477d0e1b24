import Testing

extension String {
    /// The cells of the first Markdown table under a heading, without its head; code marks gone.
    func table(under heading: String) throws -> [[String]] {
        let lines = split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex { $0 == heading }, "no heading '\(heading)'")
        let rows = lines[start...].drop { !$0.hasPrefix("|") }.prefix { $0.hasPrefix("|") }
        return rows.dropFirst(2).map { row in
            row.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false)
                .map { cell in
                    cell.filter { $0 != "`" }.trimmed
                }
        }
    }
}

extension StringProtocol {
    /// Whether there is no line end in it.
    var isOneLine: Bool { !contains { $0.isNewline } }

    /// Without spaces at both ends.
    var trimmed: String {
        var text = self[...].drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return String(text)
    }

    /// The parts between commas.
    var listed: [String] {
        split(separator: ",").map(\.trimmed)
    }
}
