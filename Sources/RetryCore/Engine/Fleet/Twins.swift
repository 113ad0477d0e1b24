import Primitives

/// Targets that are one account and Region: a stage must not be retried by both, nor the account's
/// rate be used twice (invariant I1 is per account and Region, not per target).
///
/// The target that the file names first keeps what both watch; the others go on looking, and leave
/// each failed stage of a shared pipeline to it. What only one of them watches is its own.
struct Twins: Hashable, Sendable {
    /// The targets of the same account and Region that the file names before one, in its order.
    var elders: [TargetName: [TargetName]] = [:]
    /// The targets of which it was said.
    var reported: [TargetName: Reported] = [:]

    /// What was said of a target.
    struct Reported: Hashable, Sendable {
        /// The target that it stands behind.
        var elder: TargetName
        /// Since when.
        var since: Instant
    }
}
