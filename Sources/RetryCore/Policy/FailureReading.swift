/// The facts of a failed stage, its error, and what follows from its change sets.
///
/// Reducing an error is the most costly part of a decision, and depends only on the names, the
/// poll, the history and the definition: as long as these are the same, so is the reading.
package struct FailureReading: Hashable, Sendable {
    /// The facts of the newest attempt.
    package let facts: StageFacts
    /// The failed actions' fingerprints as one; nil when none failed.
    package let fingerprint: Fingerprint?
    /// The same of the causes; nil when not all of them were read.
    let causeFingerprint: Fingerprint?
    /// The fate of the change sets of the failed actions.
    let changeSets: ChangeSetFinding

    /// Reads a situation.
    package init(_ situation: Situation) {
        var facts = StageFacts(situation)
        facts.take(situation.causes, ChangeSetFinding.uses(situation))
        if situation.policy.asksKnowledge { facts.learn() }
        self.facts = facts
        changeSets = ChangeSetFinding(situation, facts)
        fingerprint = facts.fingerprint(of: situation.episode)
        causeFingerprint = facts.causeFingerprint(of: situation.episode)
    }

    /// The failure as the journal reports it, represented by one failed action.
    func failure(by action: FailedAction?) -> FailureFacts {
        FailureFacts(
            action: action?.name,
            code: action?.code,
            message: action?.message ?? action?.summary,
            url: action?.url,
            fingerprint: fingerprint,
            failedAt: facts.failedAt,
            finding: action?.finding,
            cause: action?.told?.root
        )
    }
}

extension Situation {
    /// The reading that came with it, or else one made now.
    var read: FailureReading { reading ?? FailureReading(self) }
}
