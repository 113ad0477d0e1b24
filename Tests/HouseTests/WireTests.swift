import Testing

/// The types of the CodePipeline API, of which only used members should be decoded.
@Suite struct WireTests {
    private static let wire = SourceTree.sources.filter {
        $0.path.hasPrefix("Sources/CodePipelineClient/Wire/")
    }

    @Test func `every member of a wire type is read somewhere else`() {
        var members: [String: String] = [:]
        for file in WireTests.wire {
            for (number, line) in file.code.enumerated() {
                let words = line.split(separator: " ")
                guard words.first == "package",
                    let index = words.firstIndex(where: { $0 == "let" || $0 == "var" }),
                    words.count > index + 1
                else { continue }
                let name = words[index + 1].prefix { $0.isLetter || $0.isNumber || $0 == "_" }
                members[String(name)] = "\(file.path):\(number + 1)"
            }
        }
        #expect(members.count > 40)
        for file in SourceTree.sources
        where !file.path.hasPrefix("Sources/CodePipelineClient/Wire/") {
            guard !file.target.hasPrefix("CodePipelineSimulator") else { continue }
            for line in file.code {
                for word in line.split(whereSeparator: { !$0.isLetter && !$0.isNumber && $0 != "_" }
                ) {
                    members.removeValue(forKey: String(word))
                }
            }
        }
        for (name, place) in members.sorted(by: { $0.value < $1.value }) {
            Issue.record("\(place): nothing reads \(name); leave it out")
        }
    }

    @Test func `the wire's types have one namespace`() {
        #expect(WireTests.wire.count > 20)
        for file in WireTests.wire where file.name != "Wire" {
            let outside = TypeNames.declaredForAll(in: file)
            #expect(outside.isEmpty, "\(file.path): \(outside.sorted()) belong into Wire")
        }
    }
}
