import FoundationEssentials
import Testing

@Suite struct TidyTests {
    @Test func `the tree was found`() {
        #expect(SourceTree.sources.count > 50)
        #expect(SourceTree.tests.count > 20)
    }

    /// The allowed imports of each target; nothing else, whatever the manifest allows.
    private static let imports: [String: Set<String>] = [
        "Primitives": [],
        "RetryCore": ["Primitives"],
        "AWSClient": [
            "CSpawn", "Primitives", "Crypto", "FoundationEssentials", "Glibc", "NIOCore",
            "NIOPosix", "NIOSSL", "NIOTLS", "Synchronization",
        ],
        "WireFormats": ["Primitives"],
        "CodePipelineClient": ["AWSClient", "Primitives", "WireFormats", "FoundationEssentials"],
        "RootCauseClient": ["AWSClient", "Primitives", "WireFormats", "Synchronization"],
        "AttemptLedger": ["CSQLite", "Primitives", "RetryCore", "Glibc", "Synchronization"],
        "Systemd": ["CSystemd", "Primitives", "Glibc", "Synchronization", "Dispatch"],
        "YAML": ["CYAML"],
        "Settings": [
            "CPCRE2", "Primitives", "RetryCore", "FoundationEssentials", "Glibc",
            "Synchronization", "YAML",
        ],
        "RetryDaemon": [
            "AWSClient", "AttemptLedger", "CodePipelineClient", "Primitives", "RetryCore",
            "RootCauseClient", "Settings", "Systemd", "UnixSignals", "Dispatch",
            "FoundationEssentials", "Glibc", "Synchronization",
        ],
        "pipeline-retryd": [
            "AWSClient", "ArgumentParser", "AttemptLedger", "CodePipelineClient", "Primitives",
            "RetryCore", "RetryDaemon", "Settings", "Systemd", "UnixSignals",
            "FoundationEssentials", "Glibc", "Synchronization",
        ],
        "CodePipelineSimulator": [
            "Crypto", "FoundationEssentials", "Glibc", "NIOCore", "NIOHTTP1", "NIOPosix", "NIOSSL",
            "Primitives", "Synchronization", "YAML",
        ],
        "codepipeline-simulator": [
            "ArgumentParser", "CodePipelineSimulator", "FoundationEssentials", "Glibc",
            "Synchronization", "UnixSignals",
        ],
        "RetrySimulation": [
            "CodePipelineClient", "CodePipelineSimulator", "Primitives", "RetryCore",
            "RetryDaemon",
        ],
        "retry-sim": ["FoundationEssentials", "RetrySimulation", "Glibc"],
        "CorpusKit": ["RetryCore", "FoundationEssentials"],
        "cause-corpus": ["CorpusKit", "FoundationEssentials"],
        "AWSProbeKit": [
            "AWSClient", "Primitives", "FoundationEssentials", "Glibc", "Synchronization",
        ],
        "aws-probe": ["AWSClient", "AWSProbeKit", "Primitives", "FoundationEssentials", "Glibc"],
        "retryd-bench": [
            "AWSClient", "AttemptLedger", "Glibc", "Primitives", "RetryCore", "RetryDaemon",
            "RootCauseClient", "Settings", "Systemd",
        ],
    ]

    @Test(arguments: SourceTree.sources)
    func `a target imports only what its position allows`(_ file: SourceFile) throws {
        let allowed = try #require(TidyTests.imports[file.target], "\(file.target) has no list")
        for line in file.code {
            let words = line.split(separator: " ")
            guard let index = words.firstIndex(of: "import"), index <= 1, words.count > index + 1
            else { continue }
            #expect(allowed.contains(String(words[index + 1])), "\(file.path): \(line)")
        }
    }

    /// What is banned, where, and what to use instead.
    private static let banned: [(token: String, instead: String)] = [
        ("try?", "handle the error or let it through"),
        ("try!", "handle the error"),
        ("as!", "as? with a guard"),
        (" Task {", "a child of a task group"),
        ("Task.detached", "a child of a task group"),
        ("@unchecked Sendable", "Mutex, or a value"),
        ("nonisolated(unsafe)", "Mutex, or a value"),
        ("fatalError(", "precondition, with what was expected"),
        ("TODO", "the thing itself"),
        ("FIXME", "the thing itself"),
        ("import Foundation\n", "FoundationEssentials"),
    ]

    @Test(arguments: SourceTree.sources)
    func `no source uses what the house bans`(_ file: SourceFile) {
        for (number, line) in file.code.enumerated() {
            for (token, instead) in TidyTests.banned where (line + "\n").hasToken(token) {
                let place = "\(file.path):\(number + 1)"
                Issue.record("\(place): '\(token)' is banned; use \(instead)")
            }
        }
    }

    @Test(arguments: SourceTree.sources.filter { ["Primitives", "RetryCore"].contains($0.target) })
    func `the core reads no clock, draws no random number and prints nothing`(_ file: SourceFile) {
        let tokens = [
            "Date(", "Clock.now", "Date.now", "SystemRandomNumberGenerator", ".random(", "print(",
            "await ", "async ", "unsafe ", "Task.",
        ]
        for (number, line) in file.code.enumerated() {
            let isDefault = line.drop { $0 == " " }.hasPrefix("default:")
            #expect(!isDefault, "\(file.path):\(number + 1): name every case")
            for token in tokens where line.hasToken(token) {
                Issue.record("\(file.path):\(number + 1): '\(token)' has no place in the core")
            }
        }
    }

    /// Output must not contain characters that control a terminal, whatever a message or a file
    /// contains.
    @Test(arguments: SourceTree.sources.filter { $0.target == "pipeline-retryd" })
    func `commands print through the terminal alone`(_ file: SourceFile) {
        guard !file.path.hasSuffix("/Terminal.swift") else { return }
        for (number, line) in file.code.enumerated() where line.hasToken("print(") {
            Issue.record("\(file.path):\(number + 1): print( is banned; use Terminal.say")
        }
    }

    @Test(arguments: SourceTree.tests)
    func `no test sleeps`(_ file: SourceFile) {
        for (number, line) in file.code.enumerated() {
            for token in ["Task.sleep", "usleep(", "nanosleep(", "Thread.sleep"]
            where line.contains(token) {
                Issue.record("\(file.path):\(number + 1): \(token)")
            }
        }
    }

    @Test(arguments: SourceTree.sources + SourceTree.tests)
    func `a file has 400 lines at most, a test's 600, of 100 columns at most`(_ file: SourceFile) {
        #expect(file.lines.count <= (file.path.hasPrefix("Sources/") ? 401 : 601), "\(file.path)")
        for (number, line) in file.lines.enumerated() where line.count > 100 {
            let isLink = line.contains("https://")
            #expect(isLink, "\(file.path):\(number + 1): \(line.count) columns")
        }
    }

    @Test func `functions are short: none over 60 lines, 95 of 100 within 30`() {
        var lengths: [Int] = []
        for file in SourceTree.sources {
            for function in FunctionScan.functions(of: file) {
                lengths.append(function.lines)
                let place = "\(file.path):\(function.line)"
                #expect(function.lines <= 60, "\(place): \(function.lines) lines")
            }
        }
        #expect(lengths.count > 500)
        let ascending: [Int] = lengths.sorted()
        let p95: Int = ascending[lengths.count * 95 / 100]
        #expect(p95 <= 30, "p95 is \(p95)")
    }

    @Test(arguments: SourceTree.sources)
    func `everything that other targets can see is documented`(_ file: SourceFile) {
        for (index, line) in file.lines.enumerated() {
            let code = line.drop { $0 == " " }
            guard code.hasPrefix("package "), !code.hasPrefix("package import") else { continue }
            var above = index - 1
            while above >= 0, file.lines[above].drop(while: { $0 == " " }).hasPrefix("@") {
                above -= 1
            }
            let isDocumented =
                above >= 0 && file.lines[above].drop(while: { $0 == " " }).hasPrefix("///")
            let witnesses = ["description", "debugDescription", "customMirror", "errorDescription"]
            let isWitness = Requirements.names.contains { code.contains(" \($0)") }
            let isObvious =
                isWitness
                || witnesses
                    .contains { code.contains("var \($0):") }
                || code.contains("init(stringLiteral") || code.contains("func hash(into")
                || code.contains("static func ==") || code.contains("init(from decoder")
                || code.contains("init(reading reader")
                || code.contains("func encode(to") || code.contains("init?(rawValue")
                || code.contains("var rawValue")
            #expect(isDocumented || isObvious, "\(file.path):\(index + 1): \(code)")
        }
    }

    @Test func `every document has one title`() throws {
        let documents = SourceTree.files(under: "docs", suffix: ".md") + ["README.md"]
        #expect(documents.count > 4)
        for path in documents {
            var inFence = false
            var titles = 0
            for line in try SourceTree.text(path).split(separator: "\n") {
                if line.hasPrefix("```") { inFence.toggle() }
                if !inFence, line.hasPrefix("# ") { titles += 1 }
            }
            #expect(titles == 1, "\(path) has \(titles) titles")
        }
    }

    @Test func `every feature that the manifest names exists`() throws {
        let known: Set<String> = [
            "ExistentialAny", "InternalImportsByDefault", "MemberImportVisibility",
            "NonisolatedNonsendingByDefault", "InferIsolatedConformances", "ImmutableWeakCaptures",
        ]
        let manifest = try SourceTree.text("Package.swift")
        let named = manifest.split(separator: "\n").compactMap { line -> String? in
            guard let start = line.firstRange(of: ".enableUpcomingFeature(\"") else { return nil }
            let rest: Substring = line[start.upperBound...]
            return String(rest.prefix { $0 != "\"" })
        }
        #expect(Set(named) == known)
    }

    @Test func `every variable that CI and the scripts read is set or documented`() throws {
        let scripts = try ["scripts/gates", "scripts/demo", ".ci/run"]
            .map { try SourceTree.text($0) }.joined()
        let tests = try SourceTree.files(under: "Tests/Interop", suffix: ".py")
            .map { try SourceTree.text($0) }.joined()
        for name in ["SIMULATOR_BIN", "DAEMON_BIN", "AWS_PROBE_BIN"] {
            #expect(scripts.contains(name), "\(name) is set nowhere")
            #expect(tests.contains(name), "\(name) is read nowhere")
        }
    }
}

/// The requirements of the package's protocols; a type that implements one needs no second
/// documentation.
private enum Requirements {
    /// The beginnings of the requirements, such as `func reject(` and `var service:`.
    static let names: Set<String> = {
        var found: Set<String> = []
        for file in SourceTree.sources {
            var isInside = false
            for line in file.code {
                if line.hasPrefix("package protocol ") { isInside = true }
                if line.hasPrefix("}") { isInside = false }
                guard isInside else { continue }
                let code = line.drop { $0 == " " }
                let isRequirement = ["func ", "var ", "static var "].contains { code.hasPrefix($0) }
                guard isRequirement else { continue }
                let end = code.firstIndex { $0 == "(" || $0 == ":" } ?? code.endIndex
                let name = code[..<end]
                found.insert(name + (code.hasPrefix("func ") ? "(" : ":"))
                // A property that a protocol requires to be readable may be stored, and static ones
                // may be constant.
                found.insert(name.replacing("var ", with: "let ") + ":")
            }
        }
        return found
    }()
}

extension String {
    /// Whether the token is in the line and is not the end of a longer word.
    fileprivate func hasToken(_ token: String) -> Bool {
        guard let range = firstRange(of: token) else { return false }
        guard range.lowerBound > startIndex, let first = token.first, first.isLetter else {
            return true
        }
        let before = self[index(before: range.lowerBound)]
        if !before.isLetter, before != "_" { return true }
        return String(self[range.upperBound...]).hasToken(token)
    }
}
