import Testing

/// What is declared is used: a step that was forgotten fails here instead of doing nothing.
@Suite struct DeclaredTests {
    /// The names of the cases or stored properties that a type's declaration has.
    private static func names(in path: String, of type: String, _ keyword: String) throws
        -> [String]
    {
        let file = try #require(SourceTree.sources.first { $0.path == path }, "\(path)")
        let start = try #require(file.code.firstIndex { $0.contains(type) }, "\(path): \(type)")
        let body = file.code[(start + 1)...].prefix { !$0.hasPrefix("}") }
        return body.compactMap { line in
            guard line.hasPrefix("    \(keyword) ") else { return nil }
            let rest = line.dropFirst("    \(keyword) ".count).drop { $0 == "`" }
            return String(rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
        }
    }

    /// Whether a word follows one of these beginnings in a line, and does not go on.
    private static func has(_ word: String, after starts: [String], in line: String) -> Bool {
        starts.contains { start in
            line.ranges(of: start + word).contains { range in
                guard range.upperBound < line.endIndex else { return true }
                let next = line[range.upperBound]
                return !next.isLetter && !next.isNumber && next != "_"
            }
        }
    }

    private static func files(under folders: String...) -> [SourceFile] {
        SourceTree.sources.filter { file in folders.contains { file.path.hasPrefix($0) } }
    }

    @Test func `every field of a policy is read by what decides`() throws {
        let path = "Sources/RetryCore/Policy/StagePolicy.swift"
        let fields = try DeclaredTests.names(in: path, of: "struct StagePolicy", "package var")
        #expect(fields.count > 15)
        let core = DeclaredTests.files(
            under: "Sources/RetryCore/Policy/",
            "Sources/RetryCore/Engine/"
        )
        .filter { $0.path != path }
        for field in fields {
            let isRead = core.contains { file in
                let isOfPolicy = file.code.contains { $0.hasPrefix("extension StagePolicy") }
                let starts =
                    ["policy.", "Policy.", "policy().", "policy?."]
                    + (isOfPolicy ? [" ", "(", "!"] : [])
                return file.code.contains { DeclaredTests.has(field, after: starts, in: $0) }
            }
            #expect(isRead, "nothing that decides reads StagePolicy.\(field)")
        }
    }

    @Test func `every reason is given by guards, rules, limits, holds or the engine`() throws {
        let reasons = try DeclaredTests.names(
            in: "Sources/RetryCore/Domain/Reason.swift",
            of: "enum Reason",
            "case"
        )
        #expect(reasons.count > 40)
        let core = DeclaredTests.files(
            under: "Sources/RetryCore/Policy/",
            "Sources/RetryCore/Engine/"
        )
        for reason in reasons {
            let isGiven = core.contains { file in
                file.code.contains { line in
                    // A pattern asks for a reason; what follows it gives one.
                    let isPattern = line.drop { $0 == " " }.hasPrefix("case .")
                    let rest = isPattern ? line.drop { $0 != ":" } : line[...]
                    return DeclaredTests.has(reason, after: ["."], in: String(rest))
                }
            }
            #expect(isGiven, "no source gives Reason.\(reason)")
        }
    }

    @Test func `every fault of the simulation is played by its world`() throws {
        let faults = try DeclaredTests.names(
            in: "Sources/RetrySimulation/SimulatedFault.swift",
            of: "enum SimulatedFault",
            "case"
        )
        #expect(faults.count > 35)
        let world = DeclaredTests.files(under: "Sources/RetrySimulation/World")
        for fault in faults {
            let isPlayed = world.contains { file in
                file.code.contains {
                    DeclaredTests.has(fault, after: ["(.", "[.", ", .", ",."], in: $0)
                }
            }
            #expect(isPlayed, "no World file plays SimulatedFault.\(fault)")
        }
    }
}
