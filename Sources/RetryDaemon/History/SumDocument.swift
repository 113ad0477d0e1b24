package import AttemptLedger
import Primitives
package import RetryCore

/// Sums of attempts that are not kept any more; on the control socket.
package struct SumDocument: Hashable, Sendable, Codable {
    /// The retries of one cause by one rule on one day.
    package struct Sum: Hashable, Sendable, Codable {
        /// What they have in common.
        package var key: Position
        /// How many ended by themselves.
        package var trials: Int
        /// How many of them recovered.
        package var recovered: Int
        /// How long they ran, in milliseconds.
        package var time: Int64
    }

    /// Where the next answer goes on, and what a sum is of.
    package struct Position: Hashable, Sendable, Codable {
        /// Days since 1970-01-01.
        package var day: Int64
        /// The error; empty: nothing said why.
        package var fingerprint: String
        /// The rule; null: none.
        package var rule: String?
    }

    /// The sums.
    package var sums: [Sum]
    /// Where the next answer goes on; null: there are no more.
    package var next: Position?

    /// Creates a document.
    package init(_ answer: SumAnswer) {
        sums = answer.sums.map(Sum.init)
        next = answer.next.map(Position.init)
    }

    /// The sums as values.
    package var values: [DailySum] { sums.map(DailySum.init) }
}

extension SumDocument.Sum {
    fileprivate init(_ sum: DailySum) {
        self.init(
            key: SumDocument.Position(sum.key),
            trials: sum.counts.trials,
            recovered: sum.counts.recovered,
            time: sum.time.wholeMilliseconds
        )
    }
}

extension DailySum {
    fileprivate init(_ sum: SumDocument.Sum) {
        self.init(
            key: Key(sum.key),
            counts: TrialCounts(recovered: sum.recovered, trials: sum.trials),
            time: .milliseconds(sum.time)
        )
    }
}

extension SumDocument.Position {
    fileprivate init(_ key: DailySum.Key) {
        self.init(day: key.day, fingerprint: key.fingerprint.text, rule: key.rule?.text)
    }
}

extension DailySum.Key {
    /// Takes a position of the control socket.
    init(_ position: SumDocument.Position) {
        self.init(
            day: position.day,
            fingerprint: Fingerprint(reduced: position.fingerprint),
            rule: position.rule.map { RuleName($0) }
        )
    }
}
