import Testing

/// docs/SYSTEMD.md contains only what the unit and the tests prove.
@Suite struct SystemdPageTests {
    private let page: String
    private let unit: Set<String>

    init() throws {
        page = try SourceTree.text("docs/SYSTEMD.md")
        let lines = try SourceTree.text("systemd/pipeline-retryd.service").split(separator: "\n")
        unit = Set(lines.map(String.init))
    }

    /// The rows of the checklist, as cells.
    private var rows: [[Substring]] {
        page.split(separator: "\n").prefix { !$0.hasPrefix("## ") }
            .filter { $0.hasPrefix("| ") }.dropFirst()
            .map { $0.dropFirst(2).split(separator: " | ") }
    }

    /// The proof under a real systemd, as text.
    private static func proof() throws -> String {
        try SourceTree.files(under: "Tests/Interop/systemd", suffix: ".py")
            .map { try SourceTree.text($0) }.joined()
    }

    private func codes(in text: some StringProtocol) -> [String] {
        let parts = text.split(separator: "`", omittingEmptySubsequences: false)
        return parts.enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }

    @Test func `every directive of the unit on the page is in the unit`() {
        let shown = codes(in: page).filter { code in
            guard let name = code.split(separator: "=").first, code.contains("=") else {
                return false
            }
            return name.allSatisfy { $0.isLetter } && name.first?.isUppercase == true
                && code != "Type=notify-reload"
        }
        #expect(shown.count > 20)
        for directive in shown {
            #expect(unit.contains(directive), "the unit has no \(directive)")
        }
    }

    @Test func `what the checklist is shown by exists, in the proof, the tests or the scripts`()
        throws
    {
        let proof = try Self.proof()
        let here = "SystemdPageTests.swift"
        let tests = SourceTree.tests.filter { !$0.path.hasSuffix(here) }
            .flatMap { $0.lines.map(String.init) }.joined(separator: "\n")
        for row in rows {
            let names = codes(in: row.last ?? "")
            #expect(!names.isEmpty, "\(row.first ?? ""): shown by nothing")
            for name in names {
                if SourceTree.exists(name) { continue }
                let isThere = proof.contains("\"\(name)\"") || tests.contains("`\(name)`")
                #expect(isThere, "no check and no test is called '\(name)'")
            }
        }
    }

    @Test func `every requirement is judged`() {
        #expect(rows.count == 15)
        for row in rows {
            #expect(row.count == 4, "\(row.first ?? "")")
            let verdict = row.dropLast().last ?? ""
            #expect(["met", "exceeded", "not"].contains { verdict.hasPrefix($0) }, "\(verdict)")
        }
    }

    @Test func `the package carries the examples, and the proof runs each`() throws {
        let package = try SourceTree.text("scripts/packaging.bash")
        #expect(package.contains("systemd/examples/*.conf"))
        let proof = try Self.proof()
        let examples = SourceTree.files(under: "systemd/examples", suffix: ".conf")
        #expect(examples.count >= 2)
        for path in examples {
            let name = path.split(separator: "/").last ?? ""
            #expect(proof.contains("\"\(name)\""), "the proof does not run \(path)")
            #expect(page.contains("../\(path)"), "docs/SYSTEMD.md does not name \(path)")
        }
    }
}
