import FoundationEssentials
package import Testing

/// A file of the project that must say what the code says.
///
/// With `UPDATE_GOLDEN=1` in the environment the file is written anew; the test fails then, so that
/// nobody leaves it on.
package struct Golden: Sendable {
    /// The path from the project's root.
    package let path: String

    /// Names a file; nothing is read yet.
    package init(path: String) {
        self.path = path
    }

    /// Whether the files are written anew.
    private static var isRewriting: Bool {
        ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1"
    }

    /// The file's text.
    package func read() throws -> String { try ProjectRoot.text(path) }

    /// Fails unless the file holds exactly this text.
    package func check(
        _ text: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let old = Golden.isRewriting && !ProjectRoot.exists(path) ? "" : try read()
        try compare(old, text, whole: text, sourceLocation)
    }

    /// Fails unless the file holds exactly this text between two marks, the first of them at the
    /// end of its line.
    package func check(
        _ text: String,
        between begin: String,
        and end: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let whole = try read()
        let start = try #require(whole.firstRange(of: "\(begin)\n"), "\(path) lacks \(begin)")
        let rest = whole[start.upperBound...]
        let stop = try #require(rest.firstRange(of: end), "\(path) lacks \(end)")
        try compare(
            String(rest[..<stop.lowerBound]),
            text,
            whole: whole[..<start.upperBound] + text + whole[stop.lowerBound...],
            sourceLocation
        )
    }

    private func compare(
        _ old: String,
        _ new: String,
        whole: some StringProtocol,
        _ place: SourceLocation
    ) throws {
        guard old != new else { return }
        let difference = LineDiff.text(from: old, to: new)
        guard Golden.isRewriting else {
            Issue.record(
                """
                \(path) differs ("-" is the file, "+" is the code). If the code is right:
                UPDATE_GOLDEN=1 swift test --filter \(place.fileID.split(separator: "/")[0])
                \(difference)
                """,
                sourceLocation: place
            )
            return
        }
        try String(whole)
            .write(toFile: ProjectRoot.full(path), atomically: false, encoding: .utf8)
        Issue.record(
            """
            \(path) was written anew; look at it, then test without UPDATE_GOLDEN
            \(difference)
            """,
            sourceLocation: place
        )
    }
}
