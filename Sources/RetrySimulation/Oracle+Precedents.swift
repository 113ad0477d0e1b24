import Primitives
import RetryCore

/// What the past says of a failure: it takes retries away, and each that it takes is told truly.
extension Oracle {
    /// Every retry is decided by the past, where the policy asks for it.
    mutating func judgePast(_ intent: Intent, _ policy: StagePolicy, at time: Int64) {
        let asks =
            policy.successGate != nil || policy.whenRevisionFailedBefore == .leave
            || policy.whenNewerRevisionPassed == .leave
        guard asks else { return }
        let key = intent.episode
        guard let told = past.told[key] else {
            return blame(.past, "retry \(intent.number) of \(key) without a question")
        }
        let asksRevision =
            policy.whenRevisionFailedBefore == .leave || policy.whenNewerRevisionPassed == .leave
        // Only a loop that did not turn makes the way from the question to the intent longer.
        if asksRevision, time - told.askedAt > PastReads.longest + 5000, wokeAt < told.askedAt {
            blame(.past, "retry \(intent.number) of \(key) by what was asked long before")
        }
        guard let answer = told.answer, !told.isUncertain else { return }
        for reason in PastReason.allCases where reason.forbids(answer, policy) {
            blame(.past, "retry \(intent.number) of \(key) against \(reason.rawValue)")
        }
    }

    /// A retry that the past takes away was told by it.
    mutating func judgePast(_ reason: Reason, _ key: EpisodeKey, _ policy: StagePolicy) {
        guard let own = PastReason(rawValue: reason.rawValue) else { return }
        guard let answer = past.told[key]?.answer,
            own.forbids(answer, policy)
        else { return blame(.past, "\(key): \(reason.rawValue)") }
    }
}

/// The reasons that the past gives.
private enum PastReason: String, CaseIterable {
    case lowSuccess = "low_success"
    case knownBad = "known_bad_revision"
    case newerPassed = "newer_revision_passed"

    /// Whether an answer rules a retry out.
    func forbids(_ answer: Precedents, _ policy: StagePolicy) -> Bool {
        switch self {
        case .lowSuccess:
            guard let gate = policy.successGate, let trials = answer.gate else { return false }
            let isLow = gate.excludes(
                recovered: trials.counts.recovered,
                of: trials.counts.trials
            )
            // This one is one more that nobody retried.
            return isLow && trials.idle + 1 < gate.explore
        case .knownBad:
            guard policy.whenRevisionFailedBefore == .leave else { return false }
            return answer.revision.map { $0.failures > 0 && !$0.hasPassed } == true
        case .newerPassed:
            return policy.whenNewerRevisionPassed == .leave
                && answer.revision?.newerSuccess != nil
        }
    }
}
