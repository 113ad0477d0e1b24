import Primitives
package import RetryCore

/// What retries have brought over some time: what `report --json` prints, and what its text and its
/// page show.
package struct ReportDocument: Hashable, Sendable, Codable {
    /// Retries that ended by themselves, and the bounds of how likely the next one recovers.
    package struct Success: Hashable, Sendable, Codable {
        /// Those that recovered.
        package var recovered: Int
        /// All of them.
        package var trials: Int
        /// The lower bound of the rate, 0...1.
        package var lower: Double
        /// The upper bound of the rate, 0...1.
        package var upper: Double
    }

    /// What became of some failures; times are in minutes.
    package struct Figures: Hashable, Sendable, Codable {
        /// The failed attempts.
        package var failures: Int
        /// How many of them had each result, by its name.
        package var results: [String: Int]
        /// The daemon's retries.
        package var ownRetries: Int
        /// Everybody else's.
        package var otherRetries: Int
        /// The retries that ended by themselves.
        package var success: Success
        /// How long these ran.
        package var spent: Double
        /// How long those of them ran that failed again.
        package var wasted: Double
        /// How long the daemon's ran.
        package var ownSpent: Double
        /// How long those of the daemon's ran that failed again.
        package var ownWasted: Double
        /// How much earlier the daemon's recovered than after others' median wait; null: nobody
        /// else has retried.
        package var saved: Double?

        private enum CodingKeys: String, CodingKey {
            case failures, results, success
            case ownRetries = "own_retries"
            case otherRetries = "other_retries"
            case spent = "minutes_spent"
            case wasted = "minutes_wasted"
            case ownSpent = "own_minutes_spent"
            case ownWasted = "own_minutes_wasted"
            case saved = "minutes_saved"
        }
    }

    /// The figures of one week, error, rule or pipeline.
    package struct Row: Hashable, Sendable, Codable {
        /// The week's Monday, or the name; of an error the text without its variable parts.
        package var name: String
        /// What became of its failures.
        package var figures: Figures
    }

    /// The rows that waste the most time.
    package struct Top: Hashable, Sendable, Codable {
        /// The rows, at most ``ReportDocument/mostRows``.
        package var rows: [Row]
        /// How many more there are.
        package var more: Int
    }

    /// How retries went that had waited about as long as each other.
    package struct Wait: Hashable, Sendable, Codable {
        /// The wait in words.
        package var name: String
        /// The retries.
        package var success: Success
    }

    /// What the figures speak for.
    package struct Suggestion: Hashable, Sendable, Codable {
        /// `wait`, `never` or `unused_rule`.
        package var kind: String
        /// The error or the rule that it is about.
        package var subject: String
        /// The sentence, with its figures.
        package var text: String
        /// The retries with the better wait, or all of the error; null: there were none.
        package var success: Success?
        /// The retries with the usual wait; null: it is about something else.
        package var usual: Success?
    }

    /// The most errors, rules and pipelines.
    package static let mostRows = 20
    /// The most suggestions.
    package static let mostSuggestions = 20

    /// The first time that counts, RFC 3339.
    package var since: String
    /// The last time that counts, RFC 3339.
    package var until: String
    /// The targets, pipelines and stages in words.
    package var scope: String
    /// What became of all failures.
    package var total: Figures
    /// Others' median wait in minutes; null: nobody else has retried.
    package var othersWait: Double?
    /// How many retries of others it is the median of.
    package var othersWaits: Int
    /// The weeks, the oldest first.
    package var weeks: [Row]
    /// By how long retries had waited; waits without a retry are not there.
    package var waits: [Wait]
    /// The errors.
    package var causes: Top
    /// The rules, of which only the daemon's own retries count.
    package var rules: Top
    /// The pipelines.
    package var pipelines: Top
    /// What the figures speak for.
    package var suggestions: [Suggestion]
    /// What has to be known to read the figures, in sentences.
    package var notes: [String]

    private enum CodingKeys: String, CodingKey {
        case since, until, scope, total, weeks, waits, causes, rules, pipelines, suggestions, notes
        case othersWait = "others_median_wait_minutes"
        case othersWaits = "others_waits"
    }

    /// The document as JSON, for people and jq.
    package var json: String { printedJSON }
}

// MARK: From the figures

extension ReportDocument {
    /// Creates a document.
    ///
    /// - Parameters:
    ///   - report: The figures.
    ///   - scope: What they are of.
    ///   - retrying: The rules of the configuration that retry; nil: it was not read.
    package init(_ report: HistoryReport, scope: PauseScope, retrying: [RuleName]?) {
        let wait = report.all.othersWait
        since = report.since.rfc3339
        until = report.until.rfc3339
        self.scope = scope.description
        total = Figures(report.all.tally, wait)
        othersWait = wait.map(\.minutes)
        othersWaits = report.all.othersWaits
        weeks = report.mondays.map { monday in
            let tally = report.weeks[monday] ?? RetryTally()
            return Row(
                name: CivilDate(daysSinceEpoch: monday).description,
                figures: Figures(tally, wait)
            )
        }
        waits = WaitBucket.allCases.compactMap { bucket in
            report.all.waits.counts[bucket].map { Wait(name: bucket.text, success: Success($0)) }
        }
        causes = Top(
            report.causes.map { (name: $0.key.shown, tally: $0.value.tally) },
            wait
        )
        rules = Top(
            report.rules.map { (name: $0.key?.text ?? "the policy itself", tally: $0.value.tally) },
            wait
        )
        pipelines = Top(report.pipelines.map { (name: $0.key.description, tally: $0.value) }, wait)
        suggestions = report.suggestions(retrying: retrying ?? [])
            .prefix(ReportDocument.mostSuggestions)
            .map { Suggestion($0, in: report) }
        notes = ReportDocument.notes(on: report, isConfigured: retrying != nil)
    }

    private static func notes(on report: HistoryReport, isConfigured: Bool) -> [String] {
        var notes = [
            "People choose what they retry and may repair something in between, so their retries "
                + "say less about a cause than the daemon's.",
            "A retry that started more than 6 hours after its failure, or that was stopped, is "
                + "excluded.",
            "AWS does not say who retried: what the daemon did not cause are people's retries, "
                + "CodePipeline's own and other programs'.",
            "When all actions of a stage are retried, those that had succeeded do not count. The "
                + "conditions of stages are not in this history.",
            "Minutes are the run time of retries that ended by themselves; wasted are those that "
                + "failed again. Saved is by how much the daemon's retries that recovered came "
                + "earlier than after others' median wait.",
            "\"At least\" and \"at most\" are one-sided 90% Wilson bounds of the rate of success.",
        ]
        if report.hasSums {
            notes.append(
                "Of some attempts only daily sums are kept: without waits, without the minutes "
                    + "that failed retries ran, and without who retried where no rule did."
            )
        }
        if !isConfigured {
            notes.append("No configuration was read, so no rule is named that retried nothing.")
        }
        return notes
    }
}

extension ReportDocument.Success {
    init(_ counts: TrialCounts) {
        self.init(
            recovered: counts.recovered,
            trials: counts.trials,
            lower: counts.lowerBound.rounded(digits: 10_000),
            upper: counts.upperBound.rounded(digits: 10_000)
        )
    }
}

extension ReportDocument.Figures {
    fileprivate init(_ tally: RetryTally, _ othersWait: Duration?) {
        self.init(
            failures: tally.failures,
            results: Dictionary(
                uniqueKeysWithValues: AttemptResult.allCases.map {
                    ($0.rawValue, tally.results[$0] ?? 0)
                }
            ),
            ownRetries: tally.own.retries,
            otherRetries: tally.others.retries,
            success: ReportDocument.Success(tally.counts),
            spent: tally.spent.minutes,
            wasted: tally.wasted.minutes,
            ownSpent: tally.own.spent.minutes,
            ownWasted: tally.own.wasted.minutes,
            saved: othersWait.map { tally.own.saved(against: $0).minutes }
        )
    }

    /// How many failures had a result.
    func count(_ result: AttemptResult) -> Int { results[result.rawValue] ?? 0 }
}

extension ReportDocument.Top {
    /// The first of some rows: those that wasted the most time, then those that failed most often.
    fileprivate init(_ rows: [(name: String, tally: RetryTally)], _ othersWait: Duration?) {
        let sorted = rows.sorted { left, right in
            left.tally.ranksHigher(than: right.tally) ?? (left.name < right.name)
        }
        self.init(
            rows: sorted.prefix(ReportDocument.mostRows).map {
                ReportDocument.Row(
                    name: $0.name,
                    figures: ReportDocument.Figures($0.tally, othersWait)
                )
            },
            more: max(0, rows.count - ReportDocument.mostRows)
        )
    }
}

extension ReportDocument.Suggestion {
    fileprivate init(_ suggestion: HistorySuggestion, in report: HistoryReport) {
        switch suggestion {
        case .wait(let cause, let usual, let better):
            let counts = report.causes[cause]?.waits.counts ?? [:]
            let now = counts[WaitBucket(usual)] ?? TrialCounts()
            let then = counts[better] ?? TrialCounts()
            let text =
                "retries after \(better.text) recovered in \(then.sentence), those after "
                + "\(WaitBucket(usual).text), as now, in \(now.sentence): another wait may serve "
                + "\"\(cause.shown)\" better"
            self.init("wait", cause.text, text, then, usual: now)
        case .never(let cause):
            let tally = report.causes[cause]?.tally ?? RetryTally()
            let text =
                "no retry of \"\(cause.shown)\" recovered, \(tally.counts.sentence); "
                + "\(tally.wasted.minutes.shortText) min were wasted, \(tally.own.retries) of the "
                + "retries by the daemon: a rule with retry: never would spare them"
            self.init("never", cause.text, text, tally.counts)
        case .unusedRule(let rule):
            self.init(
                "unused_rule",
                rule.text,
                "the rule \(rule) retried nothing in this time",
                nil
            )
        }
    }

    private init(
        _ kind: String,
        _ subject: String,
        _ text: String,
        _ success: TrialCounts?,
        usual: TrialCounts? = nil
    ) {
        self.init(
            kind: kind,
            subject: subject,
            text: text,
            success: success.map(ReportDocument.Success.init),
            usual: usual.map(ReportDocument.Success.init)
        )
    }
}

// MARK: Words

extension Fingerprint {
    /// The error, or that there is none.
    fileprivate var shown: String { text.isEmpty ? "(nothing says why)" : text }
}

extension WaitBucket {
    /// The wait in words.
    var text: String {
        switch self {
        case .underOneMinute: "less than 1 min"
        case .underFive: "1 to 5 min"
        case .underFifteen: "5 to 15 min"
        case .underOneHour: "15 to 60 min"
        case .oneHourOrMore: "1 h or more"
        }
    }
}

extension TrialCounts {
    /// Such as `3 of 20 (at least 7%, at most 28%)`.
    fileprivate var sentence: String { ReportDocument.Success(self).sentence }
}

extension ReportDocument.Success {
    /// Such as `3 of 20 (at least 7%, at most 28%)`.
    var sentence: String {
        "\(recovered) of \(trials) (at least \(lower.percent), at most \(upper.percent))"
    }
}

extension Double {
    /// A rate in whole percent.
    var percent: String { "\(Int((self * 100).rounded()))%" }

    fileprivate func rounded(digits: Double) -> Double { (self * digits).rounded() / digits }
}

extension Duration {
    /// Minutes, to the tenth.
    fileprivate var minutes: Double { (seconds / 60).rounded(digits: 10) }
}
