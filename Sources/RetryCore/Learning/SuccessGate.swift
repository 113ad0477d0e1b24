/// `success_gate` of a policy: what has not recovered by a retry before is not retried.
///
/// It only takes retries away. Without enough trials, or when the ledger cannot tell, it is open.
package struct SuccessGate: Hashable, Sendable {
    /// The fewest trials on which a level decides; with fewer the next level is asked.
    package static let fewestTrials = 4

    /// `min`: it closes when the upper bound of the rate of recoveries is below; 0...1.
    package var minimum: Double
    /// `window` and `max_age`: the trials that count.
    package var window: TrialWindow
    /// `explore`: while it is closed each so manieth failure passes; 1 or more.
    package var explore: Int

    /// Creates a gate; the defaults are those of the config file.
    package init(minimum: Double = 0.2, window: TrialWindow = TrialWindow(), explore: Int = 10) {
        self.minimum = minimum
        self.window = window
        self.explore = explore
    }

    /// Whether the trials keep a retry from being made.
    package func isClosed(_ evidence: GateEvidence) -> Bool {
        isBelow(evidence) && evidence.idle + 1 < explore
    }

    /// Whether so many trials tell that a retry recovers too seldom.
    package func isBelow(_ evidence: GateEvidence) -> Bool {
        evidence.counts.trials >= SuccessGate.fewestTrials
            && evidence.counts.upperBound < minimum
    }
}
