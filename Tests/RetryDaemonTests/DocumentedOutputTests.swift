import Primitives
import RetryCore
import RetryDaemon
import Settings
import Testing
import RetryTestSupport

/// The outputs that docs/EXPLAIN.md shows are those of the program.
@Suite
struct DocumentedOutputTests {
    private static let folder = "config/examples/explain/"

    private func bytes(_ name: String) throws -> [UInt8] {
        try ProjectRoot.bytes(Self.folder + name)
    }

    private func settings() throws -> LoadedSettings {
        try SettingsFile.load(
            try bytes("config.yaml"),
            path: Self.folder + "config.yaml",
            environment: SettingsEnvironment(now: ManualClock.start)
        ).get()
    }

    /// Holds an output against what the page shows between the fences of one kind.
    private func expectShown(_ kind: String, _ text: String) throws {
        let printed = text.hasSuffix("\n") ? text : text + "\n"
        try Golden(path: "docs/EXPLAIN.md").check(printed, between: "```text \(kind)", and: "```")
    }

    @Test
    func `the page shows what check prints`() throws {
        try expectShown("check", CheckReport(try settings()).text)
    }

    @Test
    func `the page shows what explain prints`() throws {
        let explainer = Explainer(try settings().configuration, patterns: PatternMatcher())
        let question = ExplainQuestion(
            pipeline: "web",
            stage: nil,
            target: nil,
            retries: nil,
            at: try #require(WallTime(rfc3339: "2026-11-23T02:15:00Z")),
            seed: 1
        )
        let facts = try ExplainFacts(
            of: question,
            state: ("state.json", try bytes("state.json")),
            definition: ("definition.json", try bytes("definition.json")),
            executions: ("executions.json", try bytes("executions.json"))
        )
        try expectShown("explain", explainer.explain(question, facts).text)
    }
}
