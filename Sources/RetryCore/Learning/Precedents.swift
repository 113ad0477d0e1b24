/// What the past says of a failure.
package struct Precedents: Hashable, Sendable {
    /// The trials of the most telling level that has enough; nil: no level has, or none were asked
    /// for.
    package var gate: GateEvidence?
    /// What is known of the revision; nil: nothing, or it was not asked for.
    package var revision: RevisionEvidence?
    /// How long actions of the stage took before, the median of the newest attempts; those without
    /// any, or that were not asked for, are absent.
    package var medians: [ActionName: Duration]

    /// Creates what is known.
    package init(
        gate: GateEvidence? = nil,
        revision: RevisionEvidence? = nil,
        medians: [ActionName: Duration] = [:]
    ) {
        self.gate = gate
        self.revision = revision
        self.medians = medians
    }
}

/// What other executions say of an execution's source revisions.
package struct RevisionEvidence: Hashable, Sendable {
    /// Whether the same revisions passed the action in another execution.
    package var hasPassed: Bool
    /// In how many other executions they failed at the action with the same error.
    package var failures: Int
    /// The newest execution that started later, has other revisions and succeeded as a whole.
    package var newerSuccess: ExecutionID?

    /// Creates evidence.
    package init(hasPassed: Bool = false, failures: Int = 0, newerSuccess: ExecutionID? = nil) {
        self.hasPassed = hasPassed
        self.failures = failures
        self.newerSuccess = newerSuccess
    }

    /// What they did at the action in other executions; nil: nothing is known.
    package var elsewhere: ReplayResult.Elsewhere? {
        if hasPassed { return .passed }
        return failures > 0 ? .failedTheSame : nil
    }

    /// Whether the revision itself is the likely cause: it failed so elsewhere and passed nowhere.
    package var isKnownBad: Bool { failures > 0 && !hasPassed }
}
