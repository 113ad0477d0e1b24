import FoundationEssentials
import Primitives
import RetryCore
import Settings
import Testing
import RetryTestSupport

/// The examples in the documents must be valid.
@Suite struct DocumentTests {
    private let environment = SettingsEnvironment(
        now: WallTime(milliseconds: 1_795_000_000_000)
    )

    private func text(_ path: String) throws -> String {
        try ProjectRoot.text(path)
    }

    private func load(_ text: String, path: String) throws -> LoadedSettings {
        switch SettingsFile.load(Array(text.utf8), path: path, environment: environment) {
        case .success(let loaded): return loaded
        case .failure(let errors):
            Issue.record("\(errors.description)")
            throw errors
        }
    }

    @Test(arguments: [
        "config/pipeline-retryd.yaml", "config/examples/landing-zone-accelerator.yaml",
    ])
    func `a shipped configuration loads without an error or a warning`(_ path: String) throws {
        let loaded = try load(try text(path), path: path)
        #expect(loaded.warnings.map(\.description) == [])
    }

    @Test func `the demo's configuration loads without an error`() throws {
        let template = try text("config/examples/demo.yaml")
        #expect(template.contains("ENDPOINT"))
        let endpoint = "http://127.0.0.1:8700"
        let parts = template.split(separator: "ENDPOINT", omittingEmptySubsequences: false)
        let loaded = try load(parts.joined(separator: endpoint), path: "demo.yaml")
        #expect(loaded.configuration.targets.count == 1)
    }

    @Test func `the README's configuration loads without an error or a warning`() throws {
        let blocks = try text("README.md").split(separator: "```yaml\n").dropFirst()
            .compactMap { $0.split(separator: "```").first }
        #expect(blocks.count == 1)
        for block in blocks {
            let loaded = try load(String(block), path: "README.md")
            #expect(loaded.warnings.map(\.description) == [])
            let entry = try #require(loaded.configuration.targets.first?.pipelines.first)
            #expect(entry.policy(of: "Release").never)
            #expect(entry.policy(of: "Deploy").modes == [.allActions])
        }
    }
}
