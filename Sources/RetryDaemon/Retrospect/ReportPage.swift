import Primitives
import RetryCore

/// A report as one page of HTML that needs nothing else: no script, no file, no font.
package struct ReportPage: Sendable {
    private let report: ReportDocument

    /// Shows a report.
    package init(_ report: ReportDocument) {
        self.report = report
    }

    /// The page.
    package var text: String {
        PageFrame.page("Retries, \(days)") {
            """
            \(head)
            \(weeks)
            \(minutes)
            \(causes)
            \(waits)
            \(rules)
            \(pipelines)
            \(suggestions)
            \(PageFrame.notes(report.notes))
            """
        }
    }

    private var days: String { "\(report.since.prefix(10)) to \(report.until.prefix(10))" }

    // MARK: Sections

    private var head: HTML {
        let total = report.total
        var figures = [
            ("failed attempts", String(total.failures)),
            ("recovered by a retry", String(total.count(.recovered))),
            ("retries by the daemon", String(total.ownRetries)),
            ("retries by others", String(total.otherRetries)),
            ("minutes spent on retries", total.spent.shortText),
            ("minutes wasted", total.wasted.shortText),
        ]
        if let saved = total.saved { figures.append(("minutes saved", saved.shortText)) }
        let list = figures.map { name, value -> HTML in
            "<div><dt>\(name)</dt><dd>\(value)</dd></div>"
        }
        let wait = report.othersWait.map {
            " Others retried after \($0.shortText) min in the median of \(report.othersWaits)."
        }
        return """
            <h1>What retries brought</h1>
            <p class="muted">\(days), UTC, \(report.scope).\(wait ?? "")</p>
            <dl>\(list)</dl>
            """
    }

    private var weeks: HTML {
        let shown = results
        let series = shown.map { result in
            ReportPlot.Series(
                name: result.text,
                style: result.style,
                values: report.weeks.map { Double($0.figures.count(result)) }
            )
        }
        let rows = report.weeks.map { week in
            row(week.name, [week.figures.failures] + shown.map { week.figures.count($0) })
        }
        let columns = ["week of", "failed attempts"] + shown.map(\.text)
        return """
            <h2>Failures by week, and what became of them</h2>
            <div class="pair weeks"><div>\
            \(ReportPlot.columns("Failed attempts by week and result", names, series))</div>\
            \(PageFrame.table("Failed attempts by the week of the failure", columns, rows))</div>
            """
    }

    private var minutes: HTML {
        let weeks = report.weeks.map(\.figures)
        let series = [
            ReportPlot.Series(
                name: "minutes of retries that recovered",
                style: AttemptResult.recovered.style,
                values: weeks.map { max(0, $0.spent - $0.wasted) }
            ),
            ReportPlot.Series(
                name: "minutes wasted",
                style: AttemptResult.failedTheSame.style,
                values: weeks.map(\.wasted)
            ),
        ]
        let rows = report.weeks.map { week in
            row(week.name, [week.figures.ownRetries, week.figures.otherRetries], week.figures)
        }
        let columns =
            ["week of", "by the daemon", "by others"] + Self.minuteColumns
        return """
            <h2>Minutes spent on retries by week</h2>
            <div class="pair weeks"><div>\
            \(ReportPlot.columns("Minutes spent on retries by week", names, series))</div>\
            \(PageFrame.table("Retries and their minutes by week", columns, rows))</div>
            """
    }

    private var causes: HTML {
        section(
            "Causes",
            report.causes,
            plot: ReportPlot.bars(
                "Minutes wasted by cause, numbered as in the table",
                report.causes.rows.map { ($0.name, $0.figures.wasted) }
            ),
            note: "By wasted minutes. An error is shown without its numbers, ids and names."
        )
    }

    private var waits: HTML {
        let rates = report.waits.map { ReportPlot.Rate(name: $0.name, success: $0.success) }
        let rows = report.waits.map { wait -> HTML in
            "<tr><th scope=\"row\">\(wait.name)</th>\(success(wait.success))</tr>"
        }
        guard !rows.isEmpty else { return "" }
        let columns = ["wait before the retry"] + Self.successColumns
        return """
            <h2>Success by wait</h2>
            <div class="pair rates">\
            \(ReportPlot.rates("Share of retries that recovered, by wait", rates))\
            \(PageFrame.table("Retries by how long they had waited", columns, rows))</div>
            """
    }

    private var rules: HTML {
        section(
            "Rules",
            report.rules,
            plot: ReportPlot.rates(
                "Share of each rule's retries that recovered, numbered as in the table",
                report.rules.rows.enumerated().map { index, rule in
                    ReportPlot.Rate(name: "\(index + 1)", success: rule.figures.success)
                }
            ),
            note: "Only the daemon's own retries."
        )
    }

    private var pipelines: HTML {
        section("Pipelines", report.pipelines, plot: "", note: "By wasted minutes.")
    }

    private var suggestions: HTML {
        let items = report.suggestions.map { suggestion -> HTML in
            "<li>\(suggestion.text)</li>"
        }
        let list: HTML = items.isEmpty ? "<p>None.</p>" : "<ul>\(items)</ul>"
        return """
            <h2>Suggestions</h2>
            <p class="muted">Nothing changes by itself.</p>
            \(list)
            """
    }

    // MARK: Tables

    private static let successColumns = ["recovered", "of", "at least", "at most"]
    private static let minuteColumns = ["min spent", "min wasted", "min saved"]

    private var names: [String] { report.weeks.map(\.name) }

    /// The results that are shown: what only sums know is there when there is any.
    private var results: [AttemptResult] {
        AttemptResult.allCases.filter { $0 != .failedAgain || report.total.count($0) > 0 }
    }

    private func section(
        _ title: String,
        _ top: ReportDocument.Top,
        plot: HTML,
        note: String
    ) -> HTML {
        guard !top.rows.isEmpty else { return "" }
        let rows = top.rows.enumerated().map { index, one -> HTML in
            """
            <tr><td>\(index + 1)</td><th scope="row" class="name">\(one.name)</th>\
            <td>\(one.figures.failures)</td>\(success(one.figures.success))\
            <td>\(one.figures.ownRetries)</td>\(minutes(one.figures))</tr>
            """
        }
        let columns =
            ["", title.lowercased(), "failures"] + Self.successColumns + ["by the daemon"]
            + Self.minuteColumns
        let more = top.more == 0 ? "" : " \(top.more) more are not shown."
        return """
            <h2>\(title)</h2>
            <p class="muted">\(note)\(more)</p>
            <div class="pair named">\(plot)\(PageFrame.table(title, columns, rows))</div>
            """
    }

    private func row(
        _ name: String,
        _ counts: [Int],
        _ figures: ReportDocument.Figures? = nil
    ) -> HTML {
        let cells = counts.map { count -> HTML in "<td>\(count)</td>" }
        let times: HTML = figures.map { minutes($0) } ?? ""
        return "<tr><th scope=\"row\">\(name)</th>\(cells)\(times)</tr>\n"
    }

    private func success(_ success: ReportDocument.Success) -> HTML {
        """
        <td>\(success.recovered)</td><td>\(success.trials)</td>\
        <td>\(success.lower.percent)</td><td>\(success.upper.percent)</td>
        """
    }

    private func minutes(_ figures: ReportDocument.Figures) -> HTML {
        let saved = figures.saved.map(\.shortText) ?? "?"
        return """
            <td>\(figures.spent.shortText)</td><td>\(figures.wasted.shortText)</td>\
            <td>\(saved)</td>
            """
    }
}

extension AttemptResult {
    /// The class of its colour and pattern.
    var style: HTML {
        switch self {
        case .recovered: "s0"
        case .failedTheSame: "s1"
        case .failedOtherwise: "s2"
        case .failedAgain: "s3"
        case .notRetried: "s4"
        case .unsettled: "s5"
        case .excluded: "s6"
        }
    }
}
