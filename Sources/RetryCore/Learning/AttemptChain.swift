import Primitives

/// The attempts of one action in one execution, oldest first: each pair of neighbours of which the
/// first failed is a retry whose result is known, whoever caused it.
///
/// An attempt that had succeeded may run again too, when all actions of the stage are retried: that
/// is no retry of a failure. The conditions of a stage are not in these rows.
package struct AttemptChain: Hashable, Sendable {
    /// After a longer wait somebody may have changed something in between.
    package static let longestWait = Duration.seconds(6 * 3600)

    /// The attempts with what came of them, oldest first.
    package let attempts: [ActionAttempt]

    /// Orders and labels attempts.
    ///
    /// - Parameters:
    ///   - attempts: The attempts of one action in one execution, in any order; of two with one id
    ///     the one that changed last counts.
    ///   - intents: This program's retries of the stage in that execution.
    package init(_ attempts: [ActionAttempt], intents: [Intent] = []) {
        var newest: [ActionExecutionID: ActionAttempt] = [:]
        for attempt in attempts {
            let known = newest[attempt.id]
            newest[attempt.id] = known.map { AttemptChain.later(of: $0, attempt) } ?? attempt
        }
        var ordered = newest.values.sorted { ($0.started, $0.id) < ($1.started, $1.id) }
        for index in ordered.indices {
            ordered[index].retry = nil
            guard index + 1 < ordered.count else { continue }
            ordered[index].retry = AttemptChain.retry(
                of: ordered[index],
                by: ordered[index + 1],
                intents
            )
        }
        self.attempts = ordered
    }

    /// The row that changed last of two of one attempt, with what only the other one knows.
    private static func later(of left: ActionAttempt, _ right: ActionAttempt) -> ActionAttempt {
        let isLeft = (left.ended ?? left.started) > (right.ended ?? right.started)
        var (row, older) = isLeft ? (left, right) : (right, left)
        row.causeFingerprint = row.causeFingerprint ?? older.causeFingerprint
        row.failure = row.failure.map { older.failure?.cause == nil ? $0 : older.failure ?? $0 }
        if older.source == .live { row.source = .live }
        return row
    }

    /// What the next attempt says of a failed one; nil: it did not fail.
    private static func retry(
        of failed: ActionAttempt,
        by next: ActionAttempt,
        _ intents: [Intent]
    ) -> RetriedAttempt? {
        guard failed.status == .failed else { return nil }
        // Without an end the wait is not known, and counts as too long.
        let wait = failed.ended.map { max(.zero, next.started - $0) }
        var retry = RetriedAttempt(
            next: next.id,
            wait: wait ?? .zero,
            result: wait.map { result(of: failed, next, after: $0) } ?? .excluded,
            duration: next.duration
        )
        if let own = intents.first(where: { $0.explains(failed, next) }) {
            retry.isOwn = true
            retry.rule = own.rule
            retry.mode = own.mode
        }
        return retry
    }

    private static func result(
        of failed: ActionAttempt,
        _ next: ActionAttempt,
        after wait: Duration
    ) -> RetryResult {
        guard wait <= longestWait else { return .excluded }
        switch next.status {
        case .running: return .unsettled
        case .abandoned: return .excluded
        case .succeeded: return .recovered
        case .failed: return failed.hasSameError(as: next) ? .same : .other
        }
    }
}

extension ActionAttempt {
    /// Whether both failed with one error, by the services' words where both have them.
    fileprivate func hasSameError(as other: ActionAttempt) -> Bool {
        if let cause = causeFingerprint, let otherCause = other.causeFingerprint {
            return cause == otherCause
        }
        return fingerprint == other.fingerprint
    }
}

extension Intent {
    /// Whether it is the retry that led from one attempt to the next: it counted, was decided on
    /// the failed one, and not after the next one had started.
    ///
    /// Both times are AWS's, but the intent's is reckoned from the host's clock.
    fileprivate func explains(_ failed: ActionAttempt, _ next: ActionAttempt) -> Bool {
        state.counts && before.actionExecutions.contains(failed.id)
            && recordedAt <= next.started + .seconds(60)
    }
}
