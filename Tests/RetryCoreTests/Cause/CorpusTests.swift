import CorpusKit
import FoundationEssentials
import RetryTestSupport
import Testing

@testable import RetryCore

@Suite struct CorpusTests {
    private static func entries() throws -> [CorpusEntry] {
        try CorpusEntry.read(ProjectRoot.text("Tests/Corpus/failures.jsonl"))
    }

    @Test func `every transient entry is known, and no permanent or unsafe one is taken for it`()
        throws
    {
        let report = CorpusReport(try CorpusTests.entries())
        #expect(report.recall.all > 80)
        #expect(report.harm.all > 70)
        #expect(report.recall.known == report.recall.all, "\(report.text)")
        #expect(report.harm.known == 0, "\(report.text)")
    }

    @Test func `the page shows what make corpus prints`() throws {
        let report = CorpusReport(try CorpusTests.entries())
        try Golden(path: "docs/KNOWLEDGE.md").check(
            report.overview + "\n",
            between: "```text make corpus",
            and: "```"
        )
    }

    private static let variable = "RETRYD_CORPUS"
    private static let path = ProcessInfo.processInfo.environment[variable]

    @Test(.enabled(if: path != nil, "\(variable) names no corpus"))
    func `a larger corpus is known to 95 of 100, without harm`() throws {
        let path = try #require(CorpusTests.path)
        let text = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
        let report = CorpusReport(try CorpusEntry.read(text))
        #expect(100 * report.recall.known >= 95 * report.recall.all, "\(report.text)")
        #expect(report.harm.known == 0, "\(report.text)")
    }
}
