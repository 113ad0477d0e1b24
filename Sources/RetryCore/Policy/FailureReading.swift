/// What a failed stage shows, and the error that it comes to.
///
/// Reducing an error is the most costly part of a decision, and follows from nothing but the names,
/// the poll, the history and the definition: as long as these are the same, so is the reading.
package struct FailureReading: Hashable, Sendable {
    /// What is known of the newest attempt.
    package let facts: StageFacts
    /// The failed actions' fingerprints as one; nil when none failed.
    package let fingerprint: Fingerprint?

    /// Reads what a situation holds.
    package init(_ situation: Situation) {
        facts = StageFacts(situation)
        fingerprint = facts.fingerprint(of: situation.episode)
    }

    /// What the journal tells of the failure, spoken for by one failed action.
    func failure(by action: FailedAction?) -> FailureFacts {
        FailureFacts(
            action: action?.name,
            code: action?.code,
            message: action?.message ?? action?.summary,
            url: action?.url,
            fingerprint: fingerprint,
            failedAt: facts.failedAt
        )
    }
}

extension Situation {
    /// The reading that came with it, or else one made now.
    var read: FailureReading { reading ?? FailureReading(self) }
}
