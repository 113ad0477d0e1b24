import RetryCore

/// How the built-in knowledge does on a corpus: the confusion table and every miss.
package struct CorpusReport {
    private let rows: [(entry: CorpusEntry, cause: RootCause, finding: CauseFinding?)]

    /// Judges every entry.
    package init(_ entries: [CorpusEntry]) {
        rows = entries.map { entry in
            let cause = entry.cause
            return (entry, cause, KnowledgeTable.builtIn.finding(of: cause, message: entry.message))
        }
    }

    /// How many transient entries are known as such, of how many.
    package var recall: (known: Int, all: Int) { share(of: ["transient"], as: .transient) }

    /// How many permanent or unsafe entries are taken for transient, of how many.
    package var harm: (known: Int, all: Int) { share(of: ["permanent", "unsafe"], as: .transient) }

    /// The report as text.
    package var text: String { ([overview] + misses).joined(separator: "\n") }

    /// The confusion table and what it comes to: labels down, classes across, `-` for unknown.
    package var overview: String { [table, "", summary].joined(separator: "\n") }

    private func share(of labels: Set<String>, as kind: CauseClass) -> (known: Int, all: Int) {
        let asked = rows.filter { labels.contains($0.entry.label) }
        return (asked.count { $0.finding?.kind == kind }, asked.count)
    }

    private var table: String {
        let kinds = CauseClass.allCases.map(\.rawValue) + ["-"]
        let head = "label     " + kinds.map { $0.padded(11) }.joined() + "together".padded(11)
        let lines = ["transient", "flaky", "permanent", "unsafe", "unknown"].map { label in
            let own = rows.filter { $0.entry.label == label }
            let counts = kinds.map { kind in
                own.count { ($0.finding?.kind.rawValue ?? "-") == kind }
            }
            let cells = (counts + [own.count]).map { String($0).padded(11) }.joined()
            return label + String(repeating: " ", count: 10 - label.count) + cells
        }
        return ([head] + lines).joined(separator: "\n")
    }

    private var summary: String {
        let (recall, harm) = (recall, harm)
        let percent = recall.all == 0 ? 100 : 100 * recall.known / recall.all
        return "transient known \(recall.known)/\(recall.all) = \(percent)%, "
            + "permanent or unsafe taken for transient \(harm.known)/\(harm.all)"
    }

    private var misses: [String] {
        let harmful: Set = ["permanent", "unsafe"]
        return listing("HARM", where: { harmful.contains($0) && $1 == .transient })
            + listing("MISSED", where: { $0 == "transient" && $1 != .transient })
            + listing("FLAKY AS TRANSIENT", where: { $0 == "flaky" && $1 == .transient })
            + listing("UNKNOWN AS TRANSIENT", where: { $0 == "unknown" && $1 == .transient })
            + listing(
                "OTHER CLASS",
                where: { label, kind in
                    label != "transient" && label != "unknown" && kind != .transient
                        && kind?.rawValue != label
                }
            )
    }

    private func listing(
        _ title: String,
        where isListed: (String, CauseClass?) -> Bool
    ) -> [String] {
        let listed = rows.filter { isListed($0.entry.label, $0.finding?.kind) }
        guard !listed.isEmpty else { return [] }
        return ["", "\(title) (\(listed.count))"]
            + listed.map { entry, cause, finding in
                let twin = entry.twin.map { " [\($0)]" } ?? ""
                return "  \(entry.id)\(twin): \(finding?.row ?? "-"): "
                    + (cause.line ?? "-").prefix(160)
            }
    }
}

extension String {
    fileprivate func padded(_ width: Int) -> String {
        String(repeating: " ", count: max(0, width - count)) + self
    }
}
