package import Primitives
package import RetryCore

/// What a configuration would have done about past failures: what `backtest --json` prints, and
/// what its text shows.
package struct BacktestDocument: Hashable, Sendable, Codable {
    /// The figures of one configuration; times are in minutes.
    package struct Side: Hashable, Sendable, Codable {
        /// The file.
        package var config: String
        /// The failures by what the decision about them is worth.
        package var results: [String: Int]
        /// How long the retries ran that recovered.
        package var spent: Double
        /// How long those ran that failed again.
        package var wasted: Double
        /// The price of the retries that recovered, by the file's `prices`.
        package var money: Double
        /// The same of those that failed again.
        package var moneyWasted: Double
        /// How much earlier than somebody else's retry the recovering ones would have started, in
        /// the median; null: nobody else's recovered.
        package var lead: Double?
        /// Of the retries of unknown result so many are expected to recover: a lower and an upper
        /// bound.
        package var expected: [Double]
        /// The failures by the rule that decided them; an empty name: none did.
        package var rules: [Row]
        /// The same by error, those with most failures first; at most ``BacktestDocument/rows``.
        package var errors: [Row]
        /// Those that would not be retried, by reason.
        package var reasons: [String: Int]

        private enum CodingKeys: String, CodingKey {
            case config, results, rules, errors, reasons
            case spent = "minutes_spent"
            case wasted = "minutes_wasted"
            case money = "money_spent"
            case moneyWasted = "money_wasted"
            case lead = "minutes_earlier"
            case expected = "unknown_expected_to_recover"
        }
    }

    /// The failures of one rule or error.
    package struct Row: Hashable, Sendable, Codable {
        /// Its name.
        package var name: String
        /// By what the decision is worth.
        package var results: [String: Int]
    }

    /// What the candidate does otherwise than the file it is compared with.
    package struct Change: Hashable, Sendable, Codable {
        /// The failures that only the candidate retries, by what that is worth.
        package var retried: [String: Int]
        /// Those that only the other one retries, likewise.
        package var leftAlone: [String: Int]

        private enum CodingKeys: String, CodingKey {
            case retried = "retried_now"
            case leftAlone = "no_longer_retried"
        }
    }

    /// The most errors that are listed.
    package static let rows = 10

    /// The first moment, in RFC 3339.
    package var since: String
    /// The last.
    package var until: String
    /// How many failures were replayed.
    package var failures: Int
    /// In how many executions of stages they happened.
    package var episodes: Int
    /// The file that is tried.
    package var candidate: Side
    /// The file that it is compared with; null: none.
    package var against: Side?
    /// What differs between both; null: there is only one.
    package var change: Change?
    /// The conditions of `--fail-if` that hold.
    package var failed: [String]
    /// What the figures do not say.
    package var notes: [String]

    /// Joins the figures of one replay, or of two of the same steps.
    ///
    /// - Parameters:
    ///   - span: The time that was asked for.
    ///   - steps: What was replayed.
    ///   - candidate: The replay of the file that is tried, with the file.
    ///   - other: The same of the file that it is compared with; nil: none.
    ///   - conditions: Those of `--fail-if`.
    package init(
        span: ClosedRange<WallTime>,
        _ steps: [ReplayStep],
        candidate: (replay: PolicyReplay, config: String),
        other: (replay: PolicyReplay, config: String)?,
        conditions: [FailCondition]
    ) {
        since = span.lowerBound.description
        until = span.upperBound.description
        failures = steps.reduce(0) { $0 + $1.failures.count }
        episodes = Set(steps.map(\.episode)).count
        self.candidate = Side(candidate.replay.tally, config: candidate.config)
        against = other.map { Side($0.replay.tally, config: $0.config) }
        change = other.map { Change(candidate.replay, $0.replay, steps) }
        failed = conditions.filter { $0.holds(candidate.replay.tally) }.map(\.text)
        notes = BacktestDocument.caveats
    }

    /// The document as JSON, for people and jq.
    package var json: String { printedJSON }

    /// The notes of every backtest.
    package static let caveats = [
        "People choose what to retry, and may fix something first: a retry that recovered for "
            + "them may not for the daemon. Retries more than 6 h later do not count.",
        "onFailure, transitions, waiting executions and outages are not in the attempts: they hold "
            + "nothing here. Attempts that were stored before their texts were kept match by "
            + "nothing but their provider.",
    ]
}

extension ReplayTally.Classes {
    /// The counts by name, without those that are zero.
    var named: [String: Int] {
        Dictionary(
            uniqueKeysWithValues: ReplayResult.allCases.compactMap { result in
                count(result) == 0 ? nil : (result.rawValue, count(result))
            }
        )
    }
}

extension BacktestDocument.Side {
    /// The figures of a tally.
    package init(_ tally: ReplayTally, config: String) {
        func row(_ name: String, _ classes: ReplayTally.Classes) -> BacktestDocument.Row {
            BacktestDocument.Row(name: name.asOneLine, results: classes.named)
        }
        let leads = tally.leads
        let errors = tally.byError.sorted {
            ($1.value.total, $0.key.text) < ($0.value.total, $1.key.text)
        }
        self.init(
            config: config.asOneLine,
            results: tally.all.named,
            spent: tally.spent.inMinutes,
            wasted: tally.wasted.inMinutes,
            money: Double(tally.spentPrice) / 1e6,
            moneyWasted: Double(tally.wastedPrice) / 1e6,
            lead: ExpectedTime.median(leads)?.inMinutes,
            expected: [tally.expected.lowerBound.rounded1, tally.expected.upperBound.rounded1],
            rules: tally.byRule.map { row($0.key?.text ?? "", $0.value) }
                .sorted { $0.name < $1.name },
            errors: errors.prefix(BacktestDocument.rows).map { row($0.key.text, $0.value) },
            reasons: Dictionary(
                uniqueKeysWithValues: tally.reasons.map { ($0.key.rawValue, $0.value) }
            )
        )
    }
}

extension BacktestDocument.Change {
    /// Compares two replays of the same steps.
    package init(_ candidate: PolicyReplay, _ other: PolicyReplay, _ steps: [ReplayStep]) {
        var (retried, left) = (ReplayTally.Classes(), ReplayTally.Classes())
        for (index, step) in steps.enumerated() {
            let (mine, theirs) = (candidate.decisions[index], other.decisions[index])
            guard (mine.decision == .retry) != (theirs.decision == .retry) else { continue }
            for failure in step.failures {
                let result = ReplayResult(
                    .retry,
                    result: failure.attempt.retry?.result,
                    elsewhere: failure.elsewhere
                )
                if mine.decision == .retry { retried.add(result) } else { left.add(result) }
            }
        }
        self.init(retried: retried.named, leftAlone: left.named)
    }
}

extension Duration {
    /// Minutes with one decimal.
    fileprivate var inMinutes: Double { (seconds / 60).rounded1 }
}

extension Double {
    /// One decimal.
    fileprivate var rounded1: Double { (self * 10).rounded() / 10 }
}
