import Testing

@Suite struct FolderTests {
    private static let targets = Set(SourceTree.sources.map(\.target)).sorted()

    private static func files(_ target: String) -> [SourceFile] {
        SourceTree.sources.filter { $0.target == target }
    }

    @Test(arguments: targets)
    func `no folder of a target uses one that uses it`(_ target: String) {
        for arrow in FolderGraph(of: FolderTests.files(target)).circles {
            Issue.record("\(target): \(arrow)")
        }
    }

    @Test func `a circle is found, with a position for each arrow`() {
        let files = [
            SourceFile(
                path: "Sources/T/A/One.swift",
                lines: ["struct One {", "    let b: Two", "}"]
            ),
            SourceFile(path: "Sources/T/B/Two.swift", lines: ["enum Two { typealias C = Three }"]),
            SourceFile(path: "Sources/T/C/Three.swift", lines: ["", "func f(_ a: [One]) {}"]),
            SourceFile(path: "Sources/T/C/Three.swift", lines: ["package struct Three {}"]),
            SourceFile(path: "Sources/T/Top.swift", lines: ["struct Top { var a: One? }"]),
        ]
        let graph = FolderGraph(of: files)
        #expect(graph.onCircle == ["A", "B", "C"])
        #expect(
            graph.circles == [
                "A -> B: Sources/T/A/One.swift:2 uses Two",
                "B -> C: Sources/T/B/Two.swift:1 uses Three",
                "C -> A: Sources/T/C/Three.swift:2 uses One",
            ]
        )
        #expect(FolderGraph(of: Array(files.dropFirst(2))).onCircle.isEmpty)
    }

    @Test func `members, comments, texts, private types and a file's own names draw no arrow`() {
        let files = [
            SourceFile(
                path: "Sources/T/A/One.swift",
                lines: ["struct One {", "    enum Two {}", "    let a = Two.self", "}"]
            ),
            SourceFile(
                path: "Sources/T/A/More.swift",
                lines: ["let a = x.Two // Two", "let b = \"Two\"", "/// Two", "let c = Three()"]
            ),
            SourceFile(
                path: "Sources/T/B/Two.swift",
                lines: ["struct Two { let one: One }", "private struct Three {}"]
            ),
        ]
        #expect(FolderGraph(of: files).onCircle.isEmpty)
    }
}
