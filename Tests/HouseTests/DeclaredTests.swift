import Testing

/// What is declared is used: a step that was forgotten fails here instead of doing nothing.
@Suite struct DeclaredTests {
    /// The names of the cases or stored properties that a type's declaration has.
    private static func names(
        in path: String,
        of type: String,
        _ keyword: String,
        indent: String = ""
    ) throws -> [String] {
        let file = try #require(SourceTree.sources.first { $0.path == path }, "\(path)")
        let line = try #require(file.code.firstIndex { $0.contains(type) }, "\(path): \(type)")
        let body = file.code[(line + 1)...].prefix { !$0.hasPrefix("\(indent)}") }
        let start = "\(indent)    \(keyword) "
        return body.compactMap { line in
            guard line.hasPrefix(start) else { return nil }
            let rest = line.dropFirst(start.count).drop { $0 == "`" }
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

    @Test func `every guard is in the table`() throws {
        let guards = DeclaredTests.files(under: "Sources/RetryCore/Policy/Guards").flatMap { file in
            file.code.filter { $0.contains(": GuardResult {") }
                .compactMap { $0.split(separator: " ").first { $0.hasSuffix(":") }?.dropLast() }
        }
        #expect(guards.count > 15)
        let table = try #require(
            SourceTree.sources.first { $0.path == "Sources/RetryCore/Policy/Guards.swift" }
        )
        for name in guards {
            let isRow = table.code.contains {
                DeclaredTests.has(String(name), after: ["$0."], in: $0)
            }
            #expect(isRow, "Guards.table has no row that asks \(name)")
        }
    }

    @Test func `every limit of a rule is read by what decides`() throws {
        let path = "Sources/RetryCore/Policy/Rule.swift"
        let limits = try DeclaredTests.names(in: path, of: "struct RuleLimits", "package var")
        #expect(limits.count >= 5)
        let core = DeclaredTests.files(
            under: "Sources/RetryCore/Policy/",
            "Sources/RetryCore/Engine/"
        )
        .filter { !$0.path.hasSuffix("/Rule.swift") && !$0.path.hasSuffix("/Rule+Matching.swift") }
        for limit in limits {
            let isRead = core.contains { file in
                file.code.contains {
                    DeclaredTests.has(limit, after: ["limits.", "limits().", "$0.", "\\."], in: $0)
                }
            }
            #expect(isRead, "nothing that decides reads RuleLimits.\(limit)")
        }
    }

    @Test func `what an episode's record keeps is set by episodes`() throws {
        let kept = try DeclaredTests.names(
            in: "Sources/RetryCore/Records/EpisodeRecord.swift",
            of: "struct EpisodeRecord",
            "package var"
        )
        #expect(kept.count >= 6)
        let episodes = DeclaredTests.files(under: "Sources/RetryCore/Engine/Episodes/")
        // Without these no record can be created.
        for name in kept where !["key", "firstFailure", "firstSeen", "isParallel"].contains(name) {
            let isSet = episodes.contains { file in
                file.code.contains { line in
                    line.contains("record.\(name) =") || line.contains("record.\(name).")
                        || line.contains("record.\(name)?.")
                }
            }
            #expect(isSet, "no episode sets EpisodeRecord.\(name)")
        }
    }

    @Test func `what an episode's record keeps is read after a restart`() throws {
        let kept = try DeclaredTests.names(
            in: "Sources/RetryCore/Records/EpisodeRecord.swift",
            of: "struct EpisodeRecord",
            "package var"
        )
        let core = DeclaredTests.files(under: "Sources/RetryCore/Engine/")
        // Only the ledger asks when an episode ended, to prune it.
        for name in kept where name != "endedAt" {
            let isRead = core.contains { file in
                file.code.contains { line in
                    DeclaredTests.has(name, after: ["record.", "ended.", "$0."], in: line)
                        && !line.contains("record.\(name) =")
                }
            }
            #expect(isRead, "nothing reads EpisodeRecord.\(name)")
        }
    }

    /// The reasons of the cases above `nil` after the comment.
    private static func unjudged(in path: String) throws -> Set<String> {
        let lines = try SourceTree.text(path).split(separator: "\n")
        let start = try #require(lines.firstIndex { $0.contains("Judged elsewhere") }, "\(path)")
        let cases = lines[start...].dropFirst().prefix { !$0.hasSuffix(" nil") }
        return Set(
            cases.joined().split { !$0.isLetter && $0 != "." }.filter { $0.hasPrefix(".") }
                .map { String($0.dropFirst()) }
        )
    }

    @Test func `a reason that the oracle does not judge is known by name`() throws {
        let folder = "Sources/RetrySimulation/"
        let outcomes = try DeclaredTests.unjudged(in: folder + "Oracle+Outcome.swift")
        let deferrals = try DeclaredTests.unjudged(in: folder + "Oracle+Deferral.swift")
        // The times and the past have laws of their own, the version and the mode those of a send;
        // the others are what a target, the ledger or a refused call said, or the model's services
        // never do.
        let known: Set = [
            "tooOld", "gaveUpAfter", "definitionChanged", "parallelMode",
            "parallelRefused", "modeChanged", "changeSetConsumed", "notEvaluable", "notWatched",
            "duplicateTarget", "shadow", "invalidRequest", "accessDenied", "throttled",
            "credentials", "unreachable", "ledgerUnavailable", "lowSuccess", "knownBadRevision",
            "newerRevisionPassed", "costSpent",
        ]
        #expect(outcomes.intersection(deferrals) == known)
    }

    @Test func `every call that concerns a pipeline is withdrawn with it`() throws {
        let path = "Sources/RetryCore/Engine/Calls/PendingCall.swift"
        let file = try #require(SourceTree.sources.first { $0.path == path })
        let calls = file.code.filter { $0.contains("case ") && $0.hasSuffix("(PipelineKey)") }
        #expect(calls.count >= 3)
        let list = try #require(file.code.first { $0.contains("[.state(key)") })
        for call in calls {
            let name = call.drop { $0 == " " }.dropFirst("case ".count).prefix { $0 != "(" }
            #expect(list.contains(".\(name)(key)"), "PendingCall.all(of:) lacks \(name)")
        }
    }

    @Test func `every command of the program can be called`() throws {
        let commands = DeclaredTests.files(under: "Sources/pipeline-retryd/").flatMap { file in
            file.code.compactMap { line -> Substring? in
                let words = line.split { !$0.isLetter }
                guard words.first == "struct", words.count > 1 else { return nil }
                return words[1].hasSuffix("Command") ? words[1] : nil
            }
        }
        #expect(commands.count >= 8)
        let program = DeclaredTests.files(under: "Sources/pipeline-retryd/").flatMap(\.lines)
            .joined(separator: "\n")
        for command in commands {
            #expect(program.contains("\(command).self"), "\(command) is no subcommand")
        }
    }

    @Test func `the program's help and the runbook mention every command`() throws {
        let names = SourceTree.sources.filter { $0.path.hasPrefix("Sources/pipeline-retryd/") }
            .flatMap(\.lines)
            .compactMap { line -> Substring? in
                let parts = line.split(separator: "\"")
                return parts.first.map { $0.hasSuffix("commandName: ") } == true ? parts[1] : nil
            }
            .filter { !["pipeline-retryd", "version"].contains($0) }
        #expect(names.count >= 7)
        let program = try SourceTree.text("Sources/pipeline-retryd/PipelineRetryd.swift")
        let runbook = try SourceTree.text("docs/RUNBOOK.md")
        for name in names {
            let isInHelp = ["'\(name)'", "'\(name) ", " \(name)'"].contains { program.contains($0) }
            #expect(isInHelp, "the help does not mention \(name)")
            let isInRunbook = ["pipeline-retryd \(name)", "`\(name)`", " \(name)`"]
                .contains { runbook.contains($0) }
            #expect(isInRunbook, "docs/RUNBOOK.md does not mention \(name)")
        }
    }

    @Test func `a scenario can ask for every fault of the simulator`() throws {
        let faults = try DeclaredTests.names(
            in: "Sources/CodePipelineSimulator/Scenario/Fault.swift",
            of: "enum Kind",
            "case",
            indent: "    "
        )
        #expect(faults.count > 10)
        let reader = DeclaredTests.files(
            under: "Sources/CodePipelineSimulator/Scenario/FaultReader.swift"
        )
        for fault in faults {
            let isRead = reader.contains { file in
                file.code.contains { line in
                    let isPattern = line.drop { $0 == " " }.hasPrefix("case .")
                    let rest = isPattern ? line.drop { $0 != ":" } : line[...]
                    return DeclaredTests.has(fault, after: ["."], in: String(rest))
                }
            }
            #expect(isRead, "no scenario can ask for Fault.\(fault)")
        }
    }
}
