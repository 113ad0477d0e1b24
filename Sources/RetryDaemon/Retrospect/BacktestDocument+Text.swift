import Primitives
import RetryCore

/// The backtest for a terminal: lines of 80 columns at most, but for long names.
extension BacktestDocument {
    /// The figures in a few lines.
    package var text: String {
        let sides = [candidate] + [against].compactMap(\.self)
        var lines = [
            "\(failures) failures of \(episodes) stage executions, \(since.prefix(10)) to "
                + "\(until.prefix(10))",
            "",
        ]
        lines += table(sides)
        if let change { lines += [""] + changes(change) }
        lines += rows("by rule of \(candidate.config):", candidate.rules, unnamed: "(no rule)")
        lines += rows("by error:", candidate.errors, unnamed: "(nothing said why)")
        lines += reasons
        if !failed.isEmpty {
            lines += ["", "--fail-if holds: " + failed.joined(separator: ", ")]
        }
        lines += ["", "notes:"] + notes.map { "  " + $0 }
        return lines.map { $0.asOneLine + "\n" }.joined()
    }

    private func table(_ sides: [Side]) -> [String] {
        func line(_ title: String, _ cells: [String]) -> String {
            title.padded(to: 34) + cells.map { $0.leading(to: 20) }.joined()
        }
        var lines = [line("", sides.map { String($0.config.suffix(19)) })]
        for result in ReplayResult.allCases {
            lines.append(line(result.title, sides.map { String($0.results[result.rawValue] ?? 0) }))
        }
        lines.append(line("minutes that recovering ones ran", sides.map { $0.spent.shortText }))
        lines.append(line("minutes wasted", sides.map { $0.wasted.shortText }))
        lines.append(line("money, recovering and wasted", sides.map(\.moneyText)))
        lines.append(
            line("minutes earlier, in the median", sides.map { $0.lead?.shortText ?? "-" })
        )
        lines.append(
            line(
                "expected of the unknown",
                sides.map { side in
                    side.expected.map(\.shortText).joined(separator: " to ")
                }
            )
        )
        return lines
    }

    private func changes(_ change: Change) -> [String] {
        [
            "retried now: \(BacktestDocument.words(change.retried))",
            "no longer retried: \(BacktestDocument.words(change.leftAlone))",
        ]
    }

    private func rows(_ title: String, _ rows: [Row], unnamed: String) -> [String] {
        guard !rows.isEmpty else { return [] }
        return ["", title]
            + rows.map { row in
                let name = row.name.isEmpty ? unnamed : row.name
                return "  \(name): \(BacktestDocument.words(row.results))"
            }
    }

    private var reasons: [String] {
        guard !candidate.reasons.isEmpty else { return [] }
        let sorted = candidate.reasons.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return ["", "not retried, by reason:"] + sorted.map { "  \($0.key): \($0.value)" }
    }

    private static func words(_ results: [String: Int]) -> String {
        let found = ReplayResult.allCases.compactMap { result in
            results[result.rawValue].map { "\($0) \(result.rawValue)" }
        }
        return found.isEmpty ? "none" : found.joined(separator: ", ")
    }
}

extension BacktestDocument.Side {
    /// The price of the retries that recovered, and of those that failed again.
    var moneyText: String {
        [money, moneyWasted].map { RetryCost.money(Int(($0 * 1e6).rounded())) }
            .joined(separator: " and ")
    }
}

extension ReplayResult {
    /// The name with what it means.
    var title: String {
        switch self {
        case .recovers: "recovers"
        case .wasted: "wasted (failed again)"
        case .likelyRecovers: "likely_recovers"
        case .likelyWasted: "likely_wasted"
        case .unknown: "unknown"
        case .missed: "missed (a retry recovered)"
        case .agreed: "agreed (left, rightly)"
        case .guarded: "guarded"
        }
    }
}

extension String {
    /// With spaces behind.
    fileprivate func padded(to width: Int) -> String {
        count >= width ? self : self + String(repeating: " ", count: width - count)
    }

    /// With spaces before.
    fileprivate func leading(to width: Int) -> String {
        count >= width ? self : String(repeating: " ", count: width - count) + self
    }
}
