import Testing

/// docs/ARCHITECTURE.md against the tree.
@Suite struct ArchitecturePageTests {
    private static let files = Set(
        SourceTree.sources.compactMap { $0.path.split(separator: "/").last.map(String.init) }
    )

    /// The texts in code quotes on the page, outside the drawing.
    private static func quoted(_ page: String) -> [String] {
        let text = page.split(separator: "```").enumerated().filter { $0.offset % 2 == 0 }
        return text.flatMap { part in
            part.element.split(separator: "`", omittingEmptySubsequences: false).enumerated()
                .filter { $0.offset % 2 == 1 }.map { String($0.element) }
        }
    }

    @Test func `every file that the page names exists`() throws {
        let named = Self.quoted(try SourceTree.text("docs/ARCHITECTURE.md"))
            .filter { $0.hasSuffix(".swift") }
            .compactMap { $0.split(separator: "/").last.map(String.init) }
        #expect(named.count > 40)
        for name in named { #expect(Self.files.contains(name), "\(name) is no source file") }
    }

    @Test func `the page has every part of the engine and each file that routes to one`() throws {
        let page = try SourceTree.text("docs/ARCHITECTURE.md")
        let routes = Self.files.filter {
            $0.hasPrefix("Engine+") && $0 != "Engine+Status.swift"
        }
        #expect(routes.count >= 5)
        for route in routes { #expect(page.contains("`\(route)`"), "\(route) is not on the page") }
    }

    @Test func `a name in code quotes that looks like a type is one`() throws {
        let words = SourceTree.sources.map { $0.lines.joined(separator: " ") }
            .joined(separator: " ")
        let named = Self.quoted(try SourceTree.text("docs/ARCHITECTURE.md")).filter {
            $0.first?.isUppercase == true && $0.allSatisfy(\.isLetter)
        }
        #expect(named.count > 10)
        for name in Set(named) {
            let isThere =
                ["struct \(name)", "enum \(name)", "class \(name)", "protocol \(name)"]
                .contains { words.contains($0) } || SourceTree.exists("Sources/\(name)")
                || SourceTree.exists("Sources/RetryCore/Engine/\(name)")
            #expect(isThere, "\(name) is neither a type nor a folder")
        }
    }
}
