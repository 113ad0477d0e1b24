import Testing

@Suite struct FolderTests {
    /// Folders that are still on a circle, themselves or one in them, as `Target/Folder`.
    ///
    /// The list only gets shorter: a folder that is on no circle any more fails the second test.
    private static let exempt: Set<String> = ["RetryCore/Engine"]

    private static let targets = Set(SourceTree.sources.map(\.target)).sorted()

    private static func files(_ target: String) -> [SourceFile] {
        SourceTree.sources.filter { $0.target == target }
    }

    private static func exempt(in target: String) -> Set<String> {
        let places = exempt.filter { $0.hasPrefix(target + "/") }
        return Set(places.map { String($0.dropFirst(target.count + 1)) })
    }

    @Test(arguments: targets)
    func `no folder of a target uses one that uses it`(_ target: String) {
        let graph = FolderGraph(
            of: FolderTests.files(target),
            leavingOut: FolderTests.exempt(in: target)
        )
        for arrow in graph.circles { Issue.record("\(target): \(arrow)") }
    }

    @Test(arguments: exempt.sorted())
    func `what is exempt is on a circle`(_ place: String) {
        let target = String(place.prefix { $0 != "/" })
        let folder = String(place.dropFirst(target.count + 1))
        let found = FolderGraph(of: FolderTests.files(target)).onCircle
        let isThere = found.contains { ($0 + "/").hasPrefix(folder + "/") }
        #expect(isThere, "\(place) is on no circle: take it off the list")
    }

    @Test func `a circle is found, with a place for each arrow`() {
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
        #expect(FolderGraph(of: files, leavingOut: ["C"]).onCircle.isEmpty)
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
