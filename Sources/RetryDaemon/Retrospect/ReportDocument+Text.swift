import Primitives
import RetryCore

/// The report for a terminal: lines of 80 columns at most, but for long names.
extension ReportDocument {
    /// The report in a few lines.
    package var text: String {
        let lines =
            [
                "\(since.prefix(10)) to \(until.prefix(10)), \(scope)", "",
            ] + summary + section("success by wait:", waits.map(\.line))
            + section("causes, those that waste most first:", causes.lines)
            + section("rules:", rules.lines)
            + section("suggestions (nothing changes by itself):", suggestions.map(\.text))
            + section("notes:", notes)
        return lines.map { $0.asOneLine + "\n" }.joined()
    }

    private var summary: [String] {
        let results = AttemptResult.allCases.compactMap { result in
            let count = total.count(result)
            return count == 0 ? nil : "\(count) \(result.text)"
        }
        var lines = wrapped("\(total.failures) failed attempts: " + results.joined(separator: ", "))
        lines += [
            "retries: \(total.ownRetries) by the daemon, \(total.otherRetries) by others",
            "minutes: \(total.spent.shortText) spent on retries, \(total.wasted.shortText) of them "
                + "wasted" + (total.saved.map { ", \($0.shortText) saved" } ?? ""),
        ]
        if let othersWait {
            lines.append(
                "others retried after \(othersWait.shortText) min in the median "
                    + "(of \(othersWaits))"
            )
        }
        return lines
    }

    private func section(_ title: String, _ items: [String]) -> [String] {
        guard !items.isEmpty else { return [] }
        return ["", title] + items.flatMap { wrapped($0, indent: "  ") }
    }

    /// The text in lines of 80 columns, those after the first indented by two more.
    private func wrapped(_ text: String, indent: String = "") -> [String] {
        var lines: [String] = []
        var line = indent
        for word in text.split(separator: " ") {
            let isFirst = line.allSatisfy { $0 == " " }
            if !isFirst, line.count + 1 + word.count > 80 {
                lines.append(line)
                line = indent + "  " + word
            } else {
                line += (isFirst ? "" : " ") + word
            }
        }
        return lines + [line]
    }
}

extension ReportDocument.Top {
    fileprivate var lines: [String] {
        rows.prefix(10).map { row in
            let figures = row.figures
            return
                "\(figures.failures) x, \(figures.success.recovered) of "
                + "\(figures.success.trials) recovered, \(figures.wasted.shortText) min wasted: "
                + row.name
        }
    }
}

extension ReportDocument.Wait {
    fileprivate var line: String { "\(name): \(success.sentence)" }
}

extension AttemptResult {
    /// The result in words.
    var text: String {
        switch self {
        case .recovered: "recovered"
        case .failedTheSame: "failed the same"
        case .failedOtherwise: "failed otherwise"
        case .failedAgain: "failed again"
        case .notRetried: "not retried"
        case .unsettled: "not ended"
        case .excluded: "excluded"
        }
    }
}
