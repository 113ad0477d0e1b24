import Primitives
import RetryCore

/// A backtest as one page of HTML that needs nothing else: no script, no file, no font.
package struct BacktestPage: Sendable {
    private let backtest: BacktestDocument

    /// Shows a backtest.
    package init(_ backtest: BacktestDocument) {
        self.backtest = backtest
    }

    /// The page.
    package var text: String {
        PageFrame.page("Backtest, \(days)") {
            """
            \(head)
            \(results)
            \(changes)
            \(rows("By rule", side.rules, unnamed: "(no rule)"))
            \(rows("By error", side.errors, unnamed: "(nothing said why)"))
            \(reasons)
            \(notes)
            """
        }
    }

    private var days: String { "\(backtest.since.prefix(10)) to \(backtest.until.prefix(10))" }
    private var side: BacktestDocument.Side { backtest.candidate }
    private var sides: [BacktestDocument.Side] {
        [backtest.candidate] + [backtest.against].compactMap(\.self)
    }

    // MARK: Sections

    private var head: HTML {
        let held: HTML =
            backtest.failed.isEmpty
            ? ""
            : "<p><strong>--fail-if holds: \(backtest.failed.joined(separator: ", "))</strong></p>"
        return """
            <h1>What the policy would have done</h1>
            <p class="muted">\(backtest.failures) failures of \(backtest.episodes) stage \
            executions, \(days), UTC.</p>
            \(held)
            """
    }

    /// A column for each file, and one between them, so that each has room for its name.
    private var plot: HTML {
        let series = ReplayResult.allCases.map { result in
            let values = sides.map { Double($0.results[result.rawValue] ?? 0) }
            return ReportPlot.Series(
                name: result.title,
                style: result.style,
                values: Array(values.map { [$0] }.joined(separator: [0]))
            )
        }
        let names = sides.count == 1 ? ["tried"] : ["tried", "", "other"]
        return ReportPlot.columns("Failures by what the decision is worth", names, series)
    }

    private var results: HTML {
        let counts = ReplayResult.allCases.map { result -> (String, [String]) in
            (result.title, sides.map { String($0.results[result.rawValue] ?? 0) })
        }
        let sums = [
            ("minutes that recovering ones ran", sides.map { $0.spent.shortText }),
            ("minutes wasted", sides.map { $0.wasted.shortText }),
            ("money, recovering and wasted", sides.map(\.moneyText)),
            ("minutes earlier, in the median", sides.map { $0.lead?.shortText ?? "-" }),
            (
                "expected of the unknown",
                sides.map { $0.expected.map(\.shortText).joined(separator: " to ") }
            ),
        ]
        let lines = (counts + sums).map { name, cells in PageFrame.row(name, cells) }
        return """
            <h2>Decisions, and what they are worth</h2>
            <div class="pair"><div>\(plot)</div>\
            \(PageFrame.table("By config file", [""] + sides.map(\.config), lines))</div>
            """
    }

    private var changes: HTML {
        guard let change = backtest.change else { return "" }
        let lines = ReplayResult.allCases.compactMap { result -> HTML? in
            let counts = [change.retried, change.leftAlone].map { $0[result.rawValue] ?? 0 }
            guard counts.contains(where: { $0 > 0 }) else { return nil }
            return PageFrame.row(result.title, counts.map(String.init))
        }
        return """
            <h2>What changes</h2>
            \(PageFrame.table(
                "Failures that only one of both files retries, by what the retry is worth",
                ["", "retried now", "no longer retried"],
                lines
            ))
            """
    }

    private func rows(
        _ title: String,
        _ rows: [BacktestDocument.Row],
        unnamed: String
    ) -> HTML {
        guard !rows.isEmpty else { return "" }
        let lines = rows.map { row in
            PageFrame.row(
                row.name.isEmpty ? unnamed : row.name,
                ReplayResult.allCases.map { String(row.results[$0.rawValue] ?? 0) }
            )
        }
        let columns = [""] + ReplayResult.allCases.map(\.rawValue)
        return """
            <h2>\(title)</h2>
            \(PageFrame.table("\(title), \(side.config)", columns, lines))
            """
    }

    private var reasons: HTML {
        guard !side.reasons.isEmpty else { return "" }
        let sorted = side.reasons.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let lines = sorted.map { PageFrame.row($0.key, [String($0.value)]) }
        return """
            <h2>Not retried</h2>
            \(PageFrame.table("Failures that are not retried, by reason", ["", "failures"], lines))
            """
    }

    private var notes: HTML { PageFrame.notes(backtest.notes) }
}

extension ReplayResult {
    /// The class of its colour and pattern.
    fileprivate var style: HTML {
        switch self {
        case .recovers: "s0"
        case .likelyRecovers: "s7"
        case .wasted: "s1"
        case .likelyWasted: "s2"
        case .missed: "s3"
        case .agreed: "s4"
        case .unknown: "s5"
        case .guarded: "s6"
        }
    }
}
