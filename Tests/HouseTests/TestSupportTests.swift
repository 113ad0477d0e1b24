import RetryTestSupport
import Testing

/// What tests share is in one place, and nothing that ships knows of it.
@Suite struct TestSupportTests {
    @Test func `only test targets depend on the test support`() throws {
        let manifest = try SourceTree.text("Package.swift")
        let targets = manifest.split(separator: "\n        .").dropFirst()
        let users = targets.filter { $0.contains("\"RetryTestSupport\"") }
        #expect(users.count > 5)
        for user in users where !user.hasPrefix("testTarget(") {
            #expect(user.hasPrefix("target(\n            name: \"RetryTestSupport\""), "\(user)")
        }
        for file in SourceTree.sources {
            #expect(!file.code.contains { $0.contains("RetryTestSupport") }, "\(file.path)")
        }
    }

    @Test(arguments: SourceTree.tests.filter { $0.target != "RetryTestSupport" })
    func `the project's root and golden files are found by the test support alone`(
        _ file: SourceFile
    ) {
        let own = [("#filePath", "ProjectRoot"), ("environment[\"UPDATE_" + "GOLDEN", "Golden")]
        for (number, line) in file.lines.enumerated() where file.name != "TestSupportTests" {
            for (token, instead) in own where line.contains(token) {
                Issue.record("\(file.path):\(number + 1): use \(instead) of RetryTestSupport")
            }
        }
    }

    @Test func `a double that two test targets need exists once`() {
        var owners: [String: Set<String>] = [:]
        for file in SourceTree.tests {
            for name in TypeNames.declaredForAll(in: file) where !name.hasSuffix("Tests") {
                owners[name, default: []].insert(file.target)
            }
        }
        #expect(owners["ScriptedTransport"] == ["RetryTestSupport"])
        for (name, targets) in owners where targets.count > 1 {
            Issue.record("\(name) is in \(targets.sorted()): move it to RetryTestSupport")
        }
    }

    @Test(arguments: [
        ("a\nb\nc", "a\nb\nc", ""),
        ("a\nb\nc", "a\nx\nc", "  1: a\n- 2: b\n+ 2: x"),
        ("a\nb", "a\nb\nc\n", "  2: b\n+ 3: c\n+ 4: "),
        ("x\na\nb\nc\ny", "a\nb\nc", "- 1: x\n  4: c\n- 5: y"),
        ("", "a", "- 1: \n+ 1: a"),
    ])
    func `a difference shows the changed lines with their numbers`(
        _ old: String,
        _ new: String,
        _ shown: String
    ) {
        #expect(LineDiff.text(from: old, to: new) == shown)
    }

    @Test func `a long difference is cut and counted`() {
        let many = (1...100).map(String.init).joined(separator: "\n")
        let shown = LineDiff.text(from: "0", to: many, limit: 3)
        #expect(shown == "- 1: 0\n+ 1: 1\n+ 2: 2\n... and 98 lines more")
    }
}
