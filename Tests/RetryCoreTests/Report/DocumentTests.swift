import RetryCore
import Testing
import RetryTestSupport

@Suite struct DocumentTests {
    private let states = Golden(path: "docs/STATES.md")
    private let handbook = Golden(path: "docs/HANDBOOK.md")

    @Test func `the page of states has the engine's phases and steps`() throws {
        let rows = try states.read().table(under: "## Phases of an episode")
        let names = EpisodePhase.Name.allCases
        #expect(rows.map { $0[0] } == names.map(\.rawValue))
        for (name, row) in zip(names, rows) {
            let steps = EpisodePhase.transitions[name] ?? []
            let inOrder = names.filter(steps.contains).map(\.rawValue)
            #expect(row[3] == (inOrder.isEmpty ? "-" : inOrder.joined(separator: ", ")))
            #expect(!row[1].isEmpty && !row[2].isEmpty)
        }
    }

    @Test func `every arrow between phases is a step that the engine allows`() throws {
        let arrows = try arrows(after: "## Phases of an episode")
        #expect(arrows.count > 20)
        for (from, to) in arrows {
            let source = try #require(EpisodePhase.Name(rawValue: from), "\(from)")
            let target = try #require(EpisodePhase.Name(rawValue: to), "\(to)")
            #expect(EpisodePhase.transitions[source]?.contains(target) == true, "\(from) \(to)")
        }
        #expect(Set(arrows.flatMap { [$0.0, $0.1] }).count == EpisodePhase.Name.allCases.count)
    }

    @Test func `the page of states has the ledger's states of an intent`() throws {
        let rows = try states.read().table(under: "## States of an intent")
        let known = IntentState.allCases
        #expect(rows.map { $0[0] } == known.map(\.rawValue))
        for (state, row) in zip(known, rows) {
            #expect(row[2] == (state.counts ? "yes" : "no"), "\(state)")
            let next = row[3] == "-" ? [] : row[3].listed
            #expect(next.allSatisfy { IntentState(rawValue: $0) != nil }, "\(next)")
            let isFinal = ![.open, .accepted, .unknown].contains(state)
            #expect(next.isEmpty == isFinal, "\(state)")
        }
        let drawn = try arrows(after: "## States of an intent").map { "\($0.0) \($0.1)" }
        let listed = rows.flatMap { row in
            row[3].listed.filter { $0 != "-" }.map { "\(row[0]) \($0)" }
        }
        #expect(drawn.sorted() == listed.sorted())
    }

    @Test func `the page of states has every outcome`() throws {
        let rows = try states.read().table(under: "## Outcomes")
        #expect(rows.map { $0[0] } == Outcome.allCases.map(\.rawValue))
    }

    @Test func `the handbook's map names every folder of the sources`() throws {
        let text = try handbook.read()
        let start = try #require(text.firstRange(of: "```text\nSources/\n"))
        let lines = text[start.upperBound...].split(separator: "\n").prefix { $0 != "```" }
        for module in try ProjectRoot.folders(in: "Sources") {
            let place = lines.firstIndex { $0.hasPrefix("  \(module)/") }
            let line = try #require(place, "docs/HANDBOOK.md: the map lacks \(module)/")
            let inside = lines[(line + 1)...].prefix { $0.hasPrefix("    ") }
            for folder in try ProjectRoot.folders(in: "Sources/\(module)") {
                let isNamed = inside.contains { $0.listed(after: "    ").contains("\(folder)/") }
                #expect(isNamed, "docs/HANDBOOK.md: the map lacks \(folder)/ under \(module)/")
            }
        }
    }

    /// The arrows of the first drawing after a heading.
    private func arrows(after heading: String) throws -> [(String, String)] {
        let lines = try states.read().split(separator: "\n")
        let start = try #require(lines.firstIndex { $0 == heading })
        let drawing = lines[start...].drop { $0 != "```mermaid" }.dropFirst()
            .prefix { $0 != "```" }
        return drawing.compactMap { line in
            let parts = line.split(separator: ":", maxSplits: 1)[0].split(separator: " ")
            guard parts.count == 3, parts[1] == "-->", parts[0] != "[*]", parts[2] != "[*]" else {
                return nil
            }
            return (String(parts[0]), String(parts[2]))
        }
    }
}

extension Substring {
    /// The words before the first gap of two spaces.
    fileprivate func listed(after indent: String) -> [Substring] {
        let text = dropFirst(indent.count)
        let end = text.firstRange(of: "  ")?.lowerBound ?? text.endIndex
        return text[..<end].split(separator: " ")
    }
}
