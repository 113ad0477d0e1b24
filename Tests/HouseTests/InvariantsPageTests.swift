import Testing

/// docs/INVARIANTS.md names the laws and tests of each invariant as they are.
@Suite struct InvariantsPageTests {
    /// One invariant's section of the page.
    private struct Section {
        var number: Int
        var laws: [String] = []
        var tests: [String] = []
    }

    private static func sections() throws -> [Section] {
        var sections: [Section] = []
        for line in try SourceTree.text("docs/INVARIANTS.md").split(separator: "\n") {
            if line.hasPrefix("## I"), let number = Int(line.dropFirst(4).prefix { $0 != ":" }) {
                sections.append(Section(number: number))
            } else if line.hasPrefix("- Law: ") {
                sections[sections.count - 1].laws.append(String(line.dropFirst(7)))
            } else if line.hasPrefix("- Test: ") {
                sections[sections.count - 1].tests.append(String(line.dropFirst(8)))
            }
        }
        return sections
    }

    /// The laws of the oracle that carry the number of an invariant.
    private static func numberedLaws() throws -> [String] {
        let text = try SourceTree.text("Sources/RetrySimulation/Oracle.swift")
        return text.split(separator: "\n").filter { $0.contains("        case ") }
            .compactMap { $0.split(separator: "\"").dropFirst().first.map(String.init) }
            .filter { $0.hasPrefix("I") && $0.dropFirst(2).hasPrefix(": ") }
    }

    @Test func `the invariants are numbered in order, and each has a test`() throws {
        let sections = try Self.sections()
        #expect(sections.map(\.number) == Array(1...8))
        for section in sections { #expect(!section.tests.isEmpty, "I\(section.number)") }
    }

    @Test func `each numbered law is quoted verbatim at its invariant`() throws {
        let laws = try Self.numberedLaws()
        #expect(laws.count == 7)
        #expect(try Self.sections().flatMap(\.laws).sorted() == laws.sorted())
        for section in try Self.sections() {
            for law in section.laws { #expect(law.hasPrefix("I\(section.number): ")) }
        }
    }

    @Test func `every test that the page names exists`() throws {
        let lines = SourceTree.tests.map(\.lines).joined().filter { $0.contains("func `") }
        for test in try Self.sections().flatMap(\.tests) {
            #expect(lines.contains { $0.contains("func \(test)(") }, "\(test)")
        }
    }

    @Test func `every invariant that a comment cites is on the page`() throws {
        let numbers = Set(try Self.sections().map(\.number))
        var cited = 0
        for file in SourceTree.sources {
            for line in file.lines {
                for part in line.split(separator: "invariant I").dropFirst() {
                    cited += 1
                    let number = part.first.flatMap { Int(String($0)) } ?? 0
                    #expect(numbers.contains(number), "\(file.path) cites I\(number)")
                }
            }
        }
        #expect(cited > 4)
    }
}
