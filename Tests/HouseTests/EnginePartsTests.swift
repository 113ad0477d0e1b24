import Testing

/// The parts of the engine: what each may know of the others.
@Suite struct EnginePartsTests {
    private static let folder = "Sources/RetryCore/Engine/"

    /// The parts, and the parts that each may use.
    private static let arrows: [String: Set<String>] = [
        "Values": [], "Calls": ["Values"], "Holds": ["Values"], "Ledger": ["Values"],
        "Episodes": ["Calls", "Holds", "Values"],
        "Fleet": ["Calls", "Episodes", "Values"],
    ]

    private static let files = SourceTree.sources.filter { $0.path.hasPrefix(folder) }

    /// The part that a file belongs to; nil for files outside the parts.
    private static func part(of file: SourceFile) -> String? {
        let rest = file.path.dropFirst(folder.count).split(separator: "/")
        return rest.count > 1 ? String(rest[0]) : nil
    }

    /// The types that the files of a part declare on their own.
    private static func types(of part: String) -> Set<String> {
        var names: Set<String> = []
        for file in files where Self.part(of: file) == part {
            for line in file.code {
                let words = line.split(whereSeparator: { !$0.isLetter && !$0.isNumber })
                let isDeclared = ["struct", "enum", "typealias", "protocol"].contains {
                    line.hasPrefix("\($0) ") || line.hasPrefix("package \($0) ")
                }
                if isDeclared { names.insert(String(words[line.hasPrefix("package") ? 2 : 1])) }
            }
        }
        return names
    }

    @Test func `every folder of the engine is a part with its arrows`() {
        let parts = Set(Self.files.compactMap(Self.part(of:)))
        #expect(parts == Set(Self.arrows.keys))
        for part in parts { #expect(!Self.types(of: part).isEmpty, "\(part) declares nothing") }
    }

    @Test func `no part depends on itself, by any path`() {
        var open = Self.arrows
        while let free = open.first(where: { $0.value.isEmpty })?.key {
            open[free] = nil
            for part in open.keys { open[part]?.remove(free) }
        }
        #expect(open.isEmpty, "a circle: \(open)")
    }

    @Test(arguments: arrows.keys.sorted())
    func `a part uses only the parts that its arrows lead to`(_ part: String) {
        let others = Self.arrows.keys.filter {
            $0 != part && Self.arrows[part]?.contains($0) == false
        }
        let banned = others.sorted().flatMap { other in
            Self.types(of: other).sorted().map { (type: $0, part: other) }
        }
        for file in Self.files where Self.part(of: file) == part {
            for (number, line) in file.code.enumerated() {
                let words = Set(line.split { !$0.isLetter && !$0.isNumber && $0 != "_" })
                for (type, other) in banned where words.contains(Substring(type)) {
                    Issue.record("\(file.path):\(number + 1): \(part) uses \(type) of \(other)")
                }
                let isEngine = words.contains("Engine")
                #expect(!isEngine, "\(file.path):\(number + 1): \(part) knows the engine")
            }
        }
    }

    @Test func `the engine is extended in one file for each part, and for two more`() {
        let extending = SourceTree.sources.filter { file in
            file.code.contains { $0.hasPrefix("extension Engine ") }
        }
        let names = extending.map { String($0.path.split(separator: "/").last ?? "") }
        let parts = Self.arrows.keys.filter { $0 != "Values" }
        // What PARALLEL pipelines show goes from the fleet to the episodes.
        let others = ["Engine+Parallel.swift", "Engine+Status.swift"]
        let expected = parts.map { "Engine+\($0).swift" } + others
        #expect(names.sorted() == expected.sorted())
    }

    @Test func `the engine has eight stored properties at most`() throws {
        let file = try #require(Self.files.first { $0.path.hasSuffix("/Engine.swift") })
        let stored = file.code.filter { line in
            let isProperty = line.hasPrefix("    var ") || line.hasPrefix("    let ")
            return isProperty && !line.hasSuffix("{")
        }
        #expect((1...8).contains(stored.count), "\(stored)")
    }
}
