import Primitives

/// The retries that one side caused: this program, or everybody else.
package struct RetryShare: Hashable, Sendable {
    /// All of them, those included that are no trial.
    package private(set) var retries = 0
    /// Those that ended by themselves, and those of them that recovered.
    package private(set) var counts = TrialCounts()
    /// How long the trials ran.
    package private(set) var spent = Duration.zero
    /// How long those of them ran that failed again.
    package private(set) var wasted = Duration.zero
    /// The waits before those that recovered, as far as they are known.
    package private(set) var recoveredWaits: [Duration] = []

    /// Creates the share of one that caused none.
    package init() {}

    /// Adds a retry.
    mutating func add(_ retry: RetriedAttempt) {
        retries += 1
        guard retry.result.isTrial else { return }
        counts.add(TrialCounts([retry.result]))
        let time = retry.duration ?? .zero
        spent = spent.adding(time)
        if retry.result == .recovered {
            recoveredWaits.append(retry.wait)
        } else {
            wasted = wasted.adding(time)
        }
    }

    /// Adds retries of which only the sum is kept; how long the failed ones ran is not in it.
    mutating func add(_ sum: DailySum) {
        retries += sum.counts.trials
        counts.add(sum.counts)
        spent = spent.adding(sum.time)
    }

    /// How much earlier the retries that recovered came than after another wait; negative when
    /// they came later.
    package func saved(against other: Duration) -> Duration {
        recoveredWaits.reduce(.zero) { $0.adding(other).adding(.zero - $1) }
    }
}
