import RetryCore
import Testing
import RetryTestSupport

@Suite struct CatalogTests {
    @Test func `the catalog file equals the code`() throws {
        try Golden(path: "systemd/pipeline-retryd.catalog").check(ReportCatalog.text)
    }

    @Test(arguments: ReportKind.allCases)
    func `a catalog text names only fields that every entry of its kind has`(
        _ kind: ReportKind
    ) {
        let samples = (ReportSample.all).filter { $0.report.kind == kind }
        let carried = samples.map { Set($0.report.fields.map(\.0.rawValue)) }
        let always = carried.dropFirst().reduce(carried.first ?? []) { $0.intersection($1) }
        for name in kind.catalog.placeholders {
            #expect(always.contains(name), "not every \(kind.rawValue) has \(name)")
        }
    }

    @Test func `the entry about lost entries names the one field that it has`() {
        #expect(ReportCatalog.entriesDropped.placeholders == ["RETRYD_DROPPED"])
    }

    @Test(arguments: ReportKind.allCases.map(\.catalog) + [ReportCatalog.entriesDropped])
    func `a catalog text has what happened, what it means and what to do`(
        _ text: CatalogText
    ) {
        for part in [text.happened, text.means, text.action] {
            #expect(part.count >= 8 && part.count < 600)
            let isWhole = part.hasSuffix(".") || part.hasSuffix("?") || part.hasSuffix("@")
            #expect(isWhole, "\(part)")
        }
        for part in [text.subject, text.happened, text.means, text.action] + text.commands {
            #expect(part.isOneLine, "\(part)")
            #expect(part.count { $0 == "@" }.isMultiple(of: 2), "\(part)")
        }
        #expect(text.subject.count < 140 && !text.subject.hasSuffix("."))
    }

    /// journalctl takes lines that begin so for comments, or for another entry.
    @Test func `no line of a text is lost to the catalog's own syntax`() {
        for line in ReportCatalog.text.split(separator: "\n").dropFirst(2) {
            let isEntry = line.hasPrefix("-- ") && line.utf8.count == 35
            let isLost = line.hasPrefix("#") || line.hasPrefix(";") || line.hasPrefix("-- ")
            #expect(isEntry || !isLost, "\(line)")
        }
    }

    @Test func `the runbook's events equal the code`() throws {
        try Golden(path: "docs/RUNBOOK.md").check(
            RunbookEvents.text,
            between: "<!-- events: begin -->",
            and: "<!-- events: end -->"
        )
    }

    @Test func `the runbook has a line on every reason, in order, and on no other`() throws {
        let runbook = try Golden(path: "docs/RUNBOOK.md").read()
        let rows = try runbook.table(under: "## Reasons")
        #expect(rows.map { $0[0] } == Reason.allCases.map(\.rawValue))
        for row in rows { #expect(row.count == 3 && row.allSatisfy { !$0.isEmpty }, "\(row)") }
        let losses = try runbook.table(under: "### Reasons of `pipeline_lost`")
        #expect(losses.map { $0[0] } == PipelineLoss.allCases.map(\.rawValue))
    }

    @Test func `every field is explained in the runbook, and no other`() throws {
        let runbook = try Golden(path: "docs/RUNBOOK.md").read()
        let rows = try runbook.table(under: "## Fields")
        let names = ReportField.allCases.map(\.rawValue) + ["RETRYD_DROPPED"]
        #expect(rows.map { $0[0] } == names)
    }

    @Test func `the outcomes in the runbook and in the states are those of the entries`() throws {
        let fields = try Golden(path: "docs/RUNBOOK.md").read().table(under: "## Fields")
        let row = try #require(fields.first { $0[0] == ReportField.outcome.rawValue })
        let words = row[1].split { !$0.isLetter && $0 != "_" }.map(String.init)
        #expect(words.filter { $0 != "or" } == Outcome.allCases.map(\.rawValue))
        let states = try Golden(path: "docs/STATES.md").read().table(under: "## Outcomes")
        #expect(states.map { $0[0] } == Outcome.allCases.map(\.rawValue))
    }
}

/// The events as the runbook lists them.
enum RunbookEvents {
    static var text: String {
        let kinds = ReportKind.allCases.map { section($0.rawValue, $0.messageID, $0.catalog) }
        let dropped = section(
            ReportCatalog.entriesDroppedName,
            ReportCatalog.entriesDroppedID,
            ReportCatalog.entriesDropped
        )
        return "\n" + (kinds + [dropped]).joined(separator: "\n") + "\n"
    }

    private static func section(_ name: String, _ id: String, _ text: CatalogText) -> String {
        var lines = [
            "### `\(name)`", "", "\(plain(text.subject)). `MESSAGE_ID=\(id)`", "",
            "- What happened: \(plain(text.happened))", "- What it means: \(plain(text.means))",
            "- What to do: \(plain(text.action))",
        ]
        if !text.commands.isEmpty {
            lines += ["", "```sh"] + text.commands.map(plain) + ["```"]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A field's value is replaced by the field's name without its prefix.
    private static func plain(_ text: String) -> String {
        text.split(separator: "@", omittingEmptySubsequences: false).enumerated()
            .map { $0.isMultiple(of: 2) ? String($1) : String($1.dropFirst("RETRYD_".count)) }
            .joined()
    }
}
