import Testing

/// Names use the field's language: polls, calls, priorities, baselines, holds, errors.
@Suite struct WordTests {
    /// A word that no name may have, and its replacement.
    struct Banned: Sendable, CustomTestStringConvertible {
        let word: String
        let instead: String
        /// The targets in which it is a term.
        var but: Set<String> = []

        var testDescription: String { word }
    }

    private static let banned = [
        Banned(word: "look", instead: "poll, or check"),
        Banned(word: "want", instead: "pending call, or needed"),
        Banned(word: "lane", instead: "queue, or priority"),
        Banned(word: "urgency", instead: "priority"),
        Banned(word: "mark", instead: "baseline, or position"),
        Banned(word: "brake", instead: "hold"),
        Banned(word: "said", instead: "reported"),
        Banned(word: "speak", instead: "match, or decide"),
        Banned(word: "spoke", instead: "matched"),
        Banned(word: "heard", instead: "received, or recorded"),
        Banned(word: "worked", instead: "succeeded"),
        Banned(word: "firm", instead: "pinned"),
        Banned(word: "trouble", instead: "error"),
        Banned(word: "doubt", instead: "uncertain, recheck or warning"),
        Banned(
            word: "fault",
            instead: "error",
            but: ["CodePipelineSimulator", "RetrySimulation", "retry-sim"]
        ),
        Banned(word: "critic", instead: "linter"),
        Banned(word: "roster", instead: "matcher"),
        Banned(word: "alarm", instead: "timer"),
        Banned(word: "face", instead: "server"),
        Banned(word: "scenery", instead: "scenario"),
        Banned(word: "happening", instead: "event"),
        Banned(word: "dice", instead: "rng"),
        Banned(word: "chronicle", instead: "log"),
        Banned(word: "rehearsal", instead: "replay"),
        Banned(word: "scene", instead: "situation"),
        Banned(word: "bench", instead: "harness", but: ["retryd-bench"]),
    ]

    /// AWS's and Unicode's own terms.
    private static let terms: Set<String> = [
        "serverFault", "serviceFault", "byteOrderMark", "hasByteOrderMark",
    ]

    private static let kinds: Set<Substring> = [
        "struct", "enum", "class", "actor", "protocol", "typealias", "func", "var", "let", "case",
    ]

    /// Every name that the tree declares, with its position.
    private static let all = (SourceTree.sources + SourceTree.tests).flatMap { file in
        names(in: file).map {
            (file: file, name: $0.name, line: $0.line, words: words(of: $0.name))
        }
    }

    /// The names that a file declares, with the number of their line.
    static func names(in file: SourceFile) -> [(name: String, line: Int)] {
        zip(file.code, 1...).flatMap { line, number -> [(name: String, line: Int)] in
            guard !line.contains("func `") else { return [] }
            let words = line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
            return zip(words, words.dropFirst()).compactMap { kind, name in
                kinds.contains(kind) ? (String(name), number) : nil
            }
        }
    }

    /// `retryAnswers` as retry and answers.
    static func words(of name: String) -> Set<String> {
        var words: [String] = []
        for character in name {
            if character.isUppercase || words.isEmpty { words.append("") }
            words[words.count - 1].append(character.lowercased())
        }
        return Set(words)
    }

    private static func isFound(_ word: String, in words: Set<String>) -> Bool {
        ["", "s", "ed", "er", "ing"].contains { words.contains(word + $0) }
    }

    @Test(arguments: banned)
    func `no name has a word that only this house would know`(_ row: Banned) {
        for (file, name, line, words) in Self.all where !row.but.contains(file.target) {
            // Tests plant faults.
            if row.word == "fault", file.path.hasPrefix("Tests/") { continue }
            guard Self.isFound(row.word, in: words), !Self.terms.contains(name) else { continue }
            Issue.record("\(file.path):\(line): \(name): say \(row.instead)")
        }
    }

    @Test func `a banned word is found in every form of a name`() {
        for name in ["look", "Looks", "effectLook", "looked", "LookShares", "isLooking"] {
            #expect(Self.isFound("look", in: Self.words(of: name)), "\(name)")
        }
        for name in ["Lookup", "outlook", "lock"] {
            #expect(!Self.isFound("look", in: Self.words(of: name)), "\(name)")
        }
    }
}
