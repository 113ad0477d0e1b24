import FoundationEssentials
import Primitives
import RetryCore
import RetryDaemon
import Settings
import Testing

/// The outputs that docs/EXPLAIN.md shows are those of the program.
@Suite
struct DocumentedOutputTests {
    private static let root: String = {
        var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        parts.removeLast(3)
        return parts.joined(separator: "/")
    }()

    private static let folder = "config/examples/explain/"

    private func bytes(_ name: String) throws -> [UInt8] {
        let path = "\(Self.root)/\(Self.folder)\(name)"
        return Array(try String(contentsOfFile: path, encoding: .utf8).utf8)
    }

    private func settings() throws -> LoadedSettings {
        try SettingsFile.load(
            try bytes("config.yaml"),
            path: Self.folder + "config.yaml",
            environment: SettingsEnvironment(now: ManualClock.start)
        ).get()
    }

    /// The text between the fences of one kind.
    private func shown(_ kind: String) throws -> String {
        let page = try String(contentsOfFile: "\(Self.root)/docs/EXPLAIN.md", encoding: .utf8)
        let opening = try #require(page.firstRange(of: "```text \(kind)\n"))
        let rest = page[opening.upperBound...]
        let closing = try #require(rest.firstRange(of: "```"))
        return String(rest[..<closing.lowerBound])
    }

    @Test
    func `the page shows what check prints`() throws {
        let text = CheckReport(try settings()).text
        let printed = text.hasSuffix("\n") ? text : text + "\n"
        #expect(try shown("check") == printed)
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
        let text = explainer.explain(question, facts).text
        let printed = text.hasSuffix("\n") ? text : text + "\n"
        #expect(try shown("explain") == printed)
    }
}
