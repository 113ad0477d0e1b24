import Testing

/// docs/SIMULATION.md names each law of the oracle and each planted error, and no others.
@Suite struct SimulationPageTests {
    /// The rows of the page as law and planted error.
    private static func rows() throws -> [(law: String, error: String)] {
        try SourceTree.text("docs/SIMULATION.md").split(separator: "\n")
            .filter { $0.hasPrefix("| ") }.dropFirst()
            .compactMap { line in
                let cells = line.dropFirst(2).dropLast(2).split(separator: " | ")
                return cells.count == 2 ? (String(cells[0]), String(cells[1])) : nil
            }
    }

    /// The laws as the oracle words them.
    private static func laws() throws -> Set<String> {
        let text = try SourceTree.text("Sources/RetrySimulation/Oracle.swift")
        let lines = text.split(separator: "\n").drop { !$0.contains("enum Law: String") }
            .dropFirst().prefix { $0 != "    }" }
        let texts = lines.compactMap { $0.split(separator: "\"").dropFirst().first }
        return Set(texts.map(String.init))
    }

    /// The planted errors as the script names them.
    private static func planted() throws -> Set<String> {
        let lines = try SourceTree.text("scripts/prove-simulation").split(separator: "\n")
        return Set(
            lines.compactMap { line in
                guard line.hasPrefix("plant "), let quote = line.dropFirst(6).first else {
                    return nil
                }
                return line.dropFirst(7).split(separator: quote).first.map(String.init)
            }
        )
    }

    @Test func `every law of the oracle is on the page`() throws {
        let laws = try Self.laws()
        #expect(laws.count > 15)
        #expect(try Set(Self.rows().map(\.law)) == laws)
    }

    @Test func `every law has a planted error that breaks it`() throws {
        for (law, error) in try Self.rows() { #expect(error != "none", "\(law)") }
    }

    @Test func `every planted error of the script is on the page`() throws {
        let planted = try Self.planted()
        #expect(planted.count > 45)
        let shown = try Self.rows().map(\.error)
        #expect(Set(shown) == planted)
        #expect(shown.count == planted.count, "one is there twice")
    }
}
