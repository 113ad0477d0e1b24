import Primitives
import RetryCore

/// What a run with causes is compared by: its decisions with those of the same moment without an
/// answer, and its failures with those of a run that asks nobody.
struct CauseComparison: Sendable {
    /// A decision that waits for an answer.
    struct Open: Sendable {
        /// When the service was asked, in true milliseconds.
        var at: Int64
        /// For how long the daemon may wait.
        var within: Int64
        /// How long the decision took where the answer came at once and said nothing.
        var without: Int64
        /// Whether that was to retry.
        var retriesWithout: Bool
    }

    /// One failure of a stage, by the attempts that failed: two runs of one seed give them the same
    /// names for as long as their courses are the same.
    struct Failure: Hashable, Sendable {
        var episode: EpisodeKey
        var attempts: Set<ActionExecutionID>
    }

    /// What became of a failure.
    struct Fate: Hashable, Sendable {
        /// The guard that left it, if that rests on the failure alone.
        var guardian: Reason?
        /// Whether a retry of it was sent.
        var isRetried = false
    }

    /// Clocks drift by as much in ten seconds, and deadlines have whole milliseconds.
    private static let slack: Int64 = 100

    /// The decisions that wait.
    private(set) var open: [EpisodeKey: Open] = [:]
    /// How many services were asked about, how many of those decisions were compared, and how
    /// many a crash or a stall came between.
    private(set) var asked = 0
    private(set) var compared = 0
    private(set) var disturbed = 0
    /// How many were to retry where the other was not, and the other way round.
    private(set) var retriedByCause = 0
    private(set) var leftByCause = 0
    /// The longest delay, in milliseconds.
    private(set) var latest: Int64 = 0
    /// The failures that were seen.
    private(set) var failures: [Failure: Fate] = [:]

    /// Begins where the options ask for it; then every seed with causes has them.
    init?(_ options: Simulation.Options, _ plan: inout FaultSchedule) {
        guard options.comparesCauses else { return nil }
        if options.faults.contains(.causes) { plan.force(.causes) }
    }

    /// A service is asked.
    mutating func ask(_ key: EpisodeKey, _ decision: Open) {
        asked += 1
        open[key] = decision
    }

    /// A decision is made; returns by how much it is too late, nil: it is not.
    mutating func decided(_ key: EpisodeKey, isRetry: Bool, at time: Int64) -> Int64? {
        guard let decision = open.removeValue(forKey: key) else { return nil }
        compared += 1
        if isRetry, !decision.retriesWithout { retriedByCause += 1 }
        if !isRetry, decision.retriesWithout { leftByCause += 1 }
        let delay = time - decision.at - decision.without
        latest = max(latest, delay)
        let limit = min(decision.within, CauseReads.longest) + CauseComparison.slack
        return delay > limit ? delay : nil
    }

    /// What comes now is no answer's doing.
    mutating func disturb() {
        disturbed += open.count
        open = [:]
    }

    /// A failure is reported.
    mutating func saw(_ failure: Failure) {
        failures[failure, default: Fate()].guardian = failures[failure]?.guardian
    }

    /// A failure is left; only by guards that nothing but the failure decides.
    mutating func left(_ failure: Failure, _ reason: Reason) {
        let lasting: Set<Reason> = [
            .rollbackExecution, .approvalRejected, .approvalFailed, .abandoned,
        ]
        if lasting.contains(reason) { failures[failure, default: Fate()].guardian = reason }
    }

    /// A retry of a failure is sent.
    mutating func retried(_ failure: Failure) {
        failures[failure, default: Fate()].isRetried = true
    }
}
