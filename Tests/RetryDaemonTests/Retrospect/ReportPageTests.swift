import Primitives
import RetryCore
import RetryTestSupport
import Testing

@testable import RetryDaemon

@Suite struct ReportPageTests {
    /// What a hostile pipeline, error or rule may be called.
    private static let hostile = [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'onload='alert(1)",
        "</style><svg onload=alert(1)>", "&lt;b&gt;", "a\u{202E}b", "a\nb\u{1B}[31m", "</title>",
        "<!--", "]]>", "javascript:alert(1)", String(repeating: "<&>\"'", count: 100),
    ]

    /// The page without what was put into it.
    private static func page(_ names: [String]) -> String {
        let attempts = names.enumerated().map { index, name in
            ReportExample.failure(index, pipeline: name, error: name, rule: name)
        }
        return ReportPage(ReportExample.document(attempts, days: 364)).text
    }

    @Test func `the page of the example is that of the documents`() throws {
        let page = ReportPage(ReportExample.year).text
        #expect(page.utf8.count < 150_000)
        try Golden(path: "docs/report-example.html").check(page)
    }

    @Test(arguments: hostile)
    func `a hostile name is shown and does nothing`(_ name: String) {
        let page = Self.page([name])
        let plain = Self.page(["web"])
        // As many tags and attributes as with a name that means nothing.
        for mark in ["<", ">", "\"", "'", "=\""] {
            let (found, expected) = (
                page.components(separatedBy: mark), plain.components(separatedBy: mark)
            )
            #expect(found == expected, "\(mark)")
        }
        for scalar in page.unicodeScalars where scalar != "\n" {
            #expect(!scalar.steersOutput)
        }
    }

    @Test func `the page needs nothing from elsewhere`() {
        let page = Self.page(["web"])
        let lowered = page.lowercased()
        for token in ["<script", "<iframe", "<link rel=\"stylesheet", "src=", "@import", "http:"] {
            #expect(!lowered.contains(token), "\(token)")
        }
        #expect(!lowered.contains("https:"))
        #expect(page.contains("default-src 'none'"))
        // The only references are those to its own patterns, and the empty icon.
        #expect(page.components(separatedBy: "url(") == page.components(separatedBy: "url(#p"))
        let icon = page.components(separatedBy: "href=\"data:,")
        #expect(page.components(separatedBy: "href=") == icon)
    }

    @Test func `a year of 1,000 pipelines with the longest names is no larger than 500 KB`() {
        let long = String(repeating: "<", count: 500)
        let attempts = (0..<20_000).map { number in
            ReportExample.failure(
                number,
                pipeline: "\(number % 1000)\(long)",
                error: "\(number % 3000)\(long)",
                rule: "\(number % 100)\(long)"
            )
        }
        let page = ReportPage(ReportExample.document(attempts, days: 364)).text
        #expect(page.utf8.count < 500_000)
    }

    @Test func `a report without a failure is a page too`() {
        let page = ReportPage(ReportExample.document([], days: 7)).text
        #expect(page.contains("<dd>0</dd>"))
        #expect(page.hasSuffix("</html>\n"))
        #expect(!page.contains("nan") && !page.contains("inf\""))
    }

    @Test(arguments: [
        (0, 4), (1, 4), (4, 4), (4.1, 8), (9, 12), (13, 20), (21, 40), (41, 80), (399, 400),
        (1e15, 1e12),
    ])
    func `the axis ends at a number with whole quarters`(_ row: (Double, Double)) {
        #expect(ReportPlot.niceLimit(row.0) == row.1)
    }
}

extension String {
    /// How many parts a separator makes of it.
    fileprivate func components(separatedBy separator: String) -> Int {
        ranges(of: separator).count + 1
    }
}
