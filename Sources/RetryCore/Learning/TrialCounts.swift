/// How many of some retries recovered, and what that says of the next one.
///
/// The bounds are Wilson's, one-sided at 90%: with so many trials the true rate is below the upper
/// one, and above the lower one, in nine of ten cases (E. B. Wilson, Probable inference, the law of
/// succession, and statistical inference, 1927).
package struct TrialCounts: Hashable, Sendable {
    /// The retries that recovered.
    package var recovered: Int
    /// All retries that ended by themselves.
    package var trials: Int

    /// Creates counts; recovered ones are some of the trials.
    package init(recovered: Int = 0, trials: Int = 0) {
        self.trials = max(0, trials)
        self.recovered = min(max(0, recovered), self.trials)
    }

    /// Counts results; what is no trial does not count.
    package init(_ results: some Sequence<RetryResult>) {
        self.init()
        for result in results where result.isTrial {
            trials += 1
            if result == .recovered { recovered += 1 }
        }
    }

    /// Adds other retries.
    package mutating func add(_ other: TrialCounts) {
        recovered += other.recovered
        trials += other.trials
    }

    /// The standard normal distribution's 90% point.
    private static let z = 1.2815515655446004

    /// The upper bound of the rate, 0...1; 1 without a trial.
    package var upperBound: Double { bound(1) }

    /// The lower bound of the rate, 0...1; 0 without a trial.
    package var lowerBound: Double { bound(-1) }

    private func bound(_ side: Double) -> Double {
        guard trials > 0 else { return side > 0 ? 1 : 0 }
        let (n, z2) = (Double(trials), Self.z * Self.z)
        let rate = Double(recovered) / n
        let spread = Self.z * (rate * (1 - rate) / n + z2 / (4 * n * n)).squareRoot()
        return min(1, max(0, (rate + z2 / (2 * n) + side * spread) / (1 + z2 / n)))
    }
}
