/// The message catalog: the explanation that `journalctl -x` shows with each entry
/// (systemd.journal-fields(7), MESSAGE_ID).
package enum ReportCatalog {
    /// The MESSAGE_ID of `entries_dropped`, which the journal writer emits, not the engine.
    package static var entriesDroppedID: String { entriesDropped.id }
    /// The value of RETRYD_EVENT of that entry.
    package static let entriesDroppedName = "entries_dropped"

    /// The text of `entries_dropped`.
    package static let entriesDropped = CatalogText(
        id: "1c175108f3e24e52b8d0d2356da58449",
        subject: "@RETRYD_DROPPED@ journal entries of pipeline-retryd are missing",
        happened: """
            The journal did not accept entries as fast as they came and the daemon's queue was
            full, or the journal rejected them. Or more than 5000 routine entries came within
            30 s and the daemon left out the rest, since journald drops everything above its own
            rate limit; the message says which.
            """,
        means: """
            The daemon never waits for the journal, so polling and retrying continued. The least
            urgent entries are dropped first, and above the rate limit only routine ones: no
            outcome, warning or error. The ledger is complete.
            """,
        action: """
            If entries were left out, no action is needed: the outcomes were logged. If entries were
            dropped, find out why journald was slow or down; check its own entries, its disk and its
            limits.
            """,
        commands: [
            "systemctl status systemd-journald", "journalctl -u systemd-journald --since=-1h",
            "pipeline-retryd status",
        ]
    )

    /// The whole catalog file, as `journalctl --update-catalog` reads it.
    package static var text: String {
        let header = """
            # The message catalog of pipeline-retryd, for journalctl -x. Generated from the texts in
            # Sources/RetryCore/Report by the tests; change those, not this file.


            """
        let entries =
            ReportKind.allCases.map { entry($0.catalog) } + [entry(entriesDropped)]
        return header + entries.joined(separator: "\n")
    }

    private static func entry(_ text: CatalogText) -> String {
        var lines = [
            "-- \(text.id)", "Subject: \(text.subject)", "Defined-By: pipeline-retryd",
            "Documentation: man:pipeline-retryd(8)", "",
        ]
        lines += wrapped("\(text.happened) \(text.means)") + [""] + wrapped(text.action)
        if !text.commands.isEmpty { lines += [""] + text.commands.map { "    \($0)" } }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The text in lines of at most 76 columns; a longer word gets its own line.
    private static func wrapped(_ text: String) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= 76 {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
