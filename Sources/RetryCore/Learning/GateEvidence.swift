/// The trials that a success gate decides on.
package struct GateEvidence: Hashable, Sendable {
    /// What they have in common with the failure.
    package var level: PrecedentLevel
    /// How many of them recovered.
    package var counts: TrialCounts
    /// How many such failures came after the newest of them that nobody retried, without those of
    /// the execution itself.
    package var idle: Int

    /// Creates evidence.
    package init(level: PrecedentLevel, counts: TrialCounts, idle: Int) {
        self.level = level
        self.counts = counts
        self.idle = idle
    }
}
