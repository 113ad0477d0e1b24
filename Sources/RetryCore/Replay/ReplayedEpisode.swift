import Primitives

/// What a replay knows of one stage execution.
struct ReplayedEpisode: Sendable {
    /// What the evaluator is told of the past.
    private(set) var history: EpisodeHistory
    /// How it ended, if it did: what fails later is a retry of somebody else.
    private(set) var end: (decision: ReplayResult.Decision, reason: Reason?)?

    /// Begins with the first failure.
    init(_ step: ReplayStep) {
        history = EpisodeHistory(firstFailure: step.failedAt, firstSeen: step.failedAt)
        history.counts.foreign = step.retries
        history.retries = step.retries
    }

    /// Takes what was decided about a failure.
    mutating func take(_ step: ReplayStep, _ decided: PolicyReplay.Decided) {
        guard end == nil else { return }
        guard decided.decision == .retry else {
            end = (decided.decision, decided.reason)
            return
        }
        history.retries += 1
        history.counts.own += 1
        history.retriesByRule[decided.rule, default: 0] += 1
    }

    /// How often in a row an error has occurred with this time, and takes note of it.
    mutating func count(_ error: Fingerprint?) {
        let isSame = error != nil && error == history.lastFingerprint
        history.sameErrorRun = isSame ? history.sameErrorRun + 1 : 1
        history.lastFingerprint = error
    }
}
