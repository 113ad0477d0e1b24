import Primitives
import RetryCore
import RetryDaemon
import Settings
import Testing
import RetryTestSupport

/// The outputs that docs/EXPLAIN.md shows are those of the program.
@Suite
struct DocumentedOutputTests {
    /// A file of an example: its name in messages, and its contents.
    private func file(_ name: String, of example: String) throws -> (name: String, bytes: [UInt8]) {
        (name, try ProjectRoot.bytes("config/examples/\(example)/\(name)"))
    }

    private func settings(_ example: String) throws -> LoadedSettings {
        let file = try file("config.yaml", of: example)
        return try SettingsFile.load(
            file.bytes,
            path: "config/examples/\(example)/\(file.name)",
            environment: SettingsEnvironment(now: ManualClock.start)
        ).get()
    }

    private func explanation(_ example: String, causes: [String] = []) throws -> Explanation {
        let explainer = Explainer(try settings(example).configuration, patterns: PatternMatcher())
        let question = ExplainQuestion(
            pipeline: "web",
            stage: nil,
            target: nil,
            retries: nil,
            at: try #require(WallTime(rfc3339: "2026-11-23T02:15:00Z")),
            seed: 1
        )
        var facts = try ExplainFacts(
            of: question,
            state: try file("state.json", of: example),
            definition: try file("definition.json", of: example),
            executions: try file("executions.json", of: example)
        )
        try facts.take(causes: causes.map { try file($0, of: example) })
        return explainer.explain(question, facts)
    }

    /// Holds an output against what the page shows between the fences of one kind.
    private func expectShown(_ kind: String, _ text: String) throws {
        let printed = text.hasSuffix("\n") ? text : text + "\n"
        try Golden(path: "docs/EXPLAIN.md").check(printed, between: "```text \(kind)", and: "```")
    }

    @Test
    func `the page shows what check prints`() throws {
        try expectShown("check", CheckReport(try settings("explain")).text)
    }

    @Test
    func `the page shows what explain prints`() throws {
        try expectShown("explain", explanation("explain").text)
    }

    @Test
    func `the page shows what explain prints with a cause, which makes the difference`() throws {
        #expect(try explanation("cause").word == "leave")
        let told = try explanation("cause", causes: ["build.json", "log.json"])
        #expect(told.word == "retry")
        try expectShown("cause", told.text)
    }
}
