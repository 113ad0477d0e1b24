import FoundationEssentials
import Testing
import RetryTestSupport

/// The project's own files, as text.
struct SourceFile: Sendable, CustomTestStringConvertible {
    /// The path from the project's root.
    let path: String
    /// The lines without their ends.
    let lines: [Substring]

    var testDescription: String { path }

    /// The name of the target that the file belongs to.
    var target: String { String(path.split(separator: "/").dropFirst().first ?? "") }

    /// The lines without comments and texts, to search for tokens.
    var code: [String] { CodeOnly.lines(of: lines) }
}

enum SourceTree {
    static let sources = swiftFiles(under: "Sources")
    static let tests = swiftFiles(under: "Tests")

    static func text(_ path: String) throws -> String {
        try ProjectRoot.text(path)
    }

    static func exists(_ path: String) -> Bool {
        ProjectRoot.exists(path)
    }

    static func files(under folder: String, suffix: String) -> [String] {
        var found: [String] = []
        var folders = [folder]
        while let next = folders.popLast() {
            for name in names(in: next) {
                let path = next + "/" + name
                if ProjectRoot.isFolder(path) {
                    folders.append(path)
                } else if path.hasSuffix(suffix) {
                    found.append(path)
                }
            }
        }
        return found.sorted()
    }

    private static func names(in folder: String) -> [String] {
        do {
            return try ProjectRoot.names(in: folder)
        } catch {
            Issue.record("\(folder) cannot be listed: \(error)")
            return []
        }
    }

    private static func swiftFiles(under folder: String) -> [SourceFile] {
        files(under: folder, suffix: ".swift").compactMap { path in
            guard let text = try? text(path) else { return nil }
            return SourceFile(
                path: path,
                lines: text.split(separator: "\n", omittingEmptySubsequences: false)
            )
        }
    }
}

/// Takes comments and the contents of texts out of Swift source, line by line.
enum CodeOnly {
    static func lines(of source: [Substring]) -> [String] {
        var inBlockText = false
        var closing = "\"\"\""
        return source.map { line in
            if inBlockText {
                if line.contains(closing) { inBlockText = false }
                return ""
            }
            if let opening = line.firstRange(of: "\"\"\"") {
                let hashes = line[..<opening.lowerBound].reversed().prefix { $0 == "#" }.count
                closing = "\"\"\"" + String(repeating: "#", count: hashes)
                inBlockText = !line[opening.upperBound...].contains(closing)
                return String(line[..<opening.lowerBound])
            }
            return withoutTexts(line)
        }
    }

    private static func withoutTexts(_ line: Substring) -> String {
        var result = ""
        var inText = false
        var isEscaped = false
        var previous: Character = " "
        for character in line {
            if inText {
                if isEscaped {
                    isEscaped = false
                } else if character == "\\" {
                    isEscaped = true
                } else if character == "\"" {
                    inText = false
                }
            } else if character == "\"" {
                inText = true
            } else if character == "/", previous == "/" {
                return String(result.dropLast())
            } else {
                result.append(character)
            }
            previous = character
        }
        return result
    }
}
