import FoundationEssentials
import Testing

/// A file of the project that must equal the code's output.
struct Golden {
    /// The path from the project's root.
    let path: String

    /// Whether the files are rewritten; the tests fail then, so that it is not left on.
    private static var isRewriting: Bool {
        ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1"
    }

    /// The project's root: four folders above this file.
    private static let root: String = {
        var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        parts.removeLast(4)
        return parts.joined(separator: "/")
    }()

    /// The file's text.
    func read() throws -> String {
        try String(contentsOfFile: "\(Golden.root)/\(path)", encoding: .utf8)
    }

    /// The names of the folders in a folder of the project, in order.
    static func folders(in path: String) throws -> [String] {
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(root)/\(path)")
        return names.filter { name in
            var isFolder = false
            let exists = FileManager.default.fileExists(
                atPath: "\(root)/\(path)/\(name)",
                isDirectory: &isFolder
            )
            return exists && isFolder && !name.hasPrefix(".")
        }.sorted()
    }

    /// Fails unless the file has exactly this text.
    func check(_ text: String) throws {
        let old = Golden.isRewriting ? nil : try read()
        try compare(old, text, whole: text)
    }

    /// Fails unless the file has exactly this text between two markers, each on its own line.
    func check(_ text: String, between begin: String, and end: String) throws {
        let whole = try read()
        let start = try #require(whole.firstRange(of: "\(begin)\n"), "\(path) lacks \(begin)")
        let rest = whole[start.upperBound...]
        let stop = try #require(rest.firstRange(of: end), "\(path) lacks \(end)")
        try compare(
            Golden.isRewriting ? nil : String(rest[..<stop.lowerBound]),
            text,
            whole: whole[..<start.upperBound] + text + whole[stop.lowerBound...]
        )
    }

    private func compare(_ old: String?, _ new: String, whole: some StringProtocol) throws {
        guard let old else {
            try String(whole)
                .write(toFile: "\(Golden.root)/\(path)", atomically: false, encoding: .utf8)
            Issue.record("\(path) was written anew; look at it, then test without UPDATE_GOLDEN")
            return
        }
        guard old != new else { return }
        let oldLines = old.split(separator: "\n", omittingEmptySubsequences: false)
        let newLines = new.split(separator: "\n", omittingEmptySubsequences: false)
        let place = zip(oldLines, newLines).prefix { $0 == $1 }.count
        let was = oldLines.indices.contains(place) ? oldLines[place] : "(nothing)"
        let now = newLines.indices.contains(place) ? newLines[place] : "(nothing)"
        Issue.record(
            """
            \(path) differs from line \(place + 1) on.
            file: \(was)
            code: \(now)
            If the code is right: UPDATE_GOLDEN=1 swift test --filter RetryCoreTests
            """
        )
    }
}

extension String {
    /// The cells of the first Markdown table under a heading, without its head; code quotes
    /// removed.
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
