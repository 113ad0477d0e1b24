package import Primitives

/// Which trials of a cause count: the newest, and none that is too old.
package struct TrialWindow: Hashable, Sendable {
    /// The most trials that count; 1 or more.
    package var size: Int
    /// How old a trial may be.
    package var maxAge: Duration

    /// Creates a window; by default the last 20 trials of 90 days.
    package init(size: Int = 20, maxAge: Duration = .seconds(90 * 86_400)) {
        self.size = size
        self.maxAge = maxAge
    }

    /// Counts the trials that the window shows at a time.
    ///
    /// What has not ended, or says nothing, takes no place in it; neither does what lies after the
    /// time, so that a replay of the past does not know its future.
    package func counts(_ trials: [Trial], at now: WallTime) -> TrialCounts {
        let oldest = now + (.zero - maxAge)
        let shown = trials.filter {
            $0.result.isTrial && $0.failedAt >= oldest && $0.failedAt <= now
        }
        return TrialCounts(
            shown.sorted { $0.failedAt > $1.failedAt }.prefix(size).map(\.result)
        )
    }
}
