import Primitives

/// The retries of one cause by one rule on one day: what is left of attempts that are too old to be
/// kept.
package struct DailySum: Hashable, Sendable {
    /// What retries are summed by.
    package struct Key: Hashable, Comparable, Sendable {
        /// Days from 1970-01-01 to the failure, in UTC.
        package let day: Int64
        /// The error, by what the service said where it was asked; empty: nothing said why.
        package let fingerprint: Fingerprint
        /// The rule that caused the retries; nil: none did.
        package let rule: RuleName?

        /// Creates a key.
        package init(day: Int64, fingerprint: Fingerprint, rule: RuleName?) {
            self.day = day
            self.fingerprint = fingerprint
            self.rule = rule
        }

        /// By day, error and rule.
        package static func < (left: Key, right: Key) -> Bool {
            (left.day, left.fingerprint.text, left.rule?.text ?? "")
                < (right.day, right.fingerprint.text, right.rule?.text ?? "")
        }
    }

    /// What its retries have in common.
    package let key: Key
    /// How many there were, and how many of them recovered.
    package private(set) var counts: TrialCounts
    /// How long the retries ran.
    package private(set) var time: Duration

    /// Creates a sum.
    package init(key: Key, counts: TrialCounts, time: Duration) {
        self.key = key
        self.counts = counts
        self.time = time
    }

    /// The sum of one attempt; nil: its retry is no trial, or there was none.
    package init?(_ attempt: ActionAttempt) {
        guard let retry = attempt.retry, retry.result.isTrial, let failedAt = attempt.ended
        else { return nil }
        key = Key(
            day: failedAt.milliseconds.flooredDivision(by: 86_400_000).quotient,
            fingerprint: attempt.causeFingerprint ?? attempt.fingerprint
                ?? Fingerprint(reduced: ""),
            rule: retry.rule
        )
        counts = TrialCounts([retry.result])
        time = retry.duration ?? .zero
    }

    /// Adds the retries of a sum with the same key.
    package mutating func add(_ other: DailySum) {
        counts.add(other.counts)
        time = time.adding(other.time)
    }

    /// One sum for each key, in their order.
    package static func combined(_ sums: some Sequence<DailySum>) -> [DailySum] {
        var found: [Key: DailySum] = [:]
        for sum in sums {
            if found[sum.key] == nil { found[sum.key] = sum } else { found[sum.key]?.add(sum) }
        }
        return found.values.sorted { $0.key < $1.key }
    }
}
