import Primitives

/// Targets that share an account and Region: a stage must not be retried by both, and the account's
/// rate must not be used twice (invariant I1 is per account and Region, not per target).
///
/// The target that the file names first retries the pipelines that both watch; the others keep
/// polling, and leave each failed stage of a shared pipeline to it. A pipeline that only one of
/// them watches is that one's own.
struct DuplicateTargets: Hashable, Sendable {
    /// For each target those of the same account and Region that the file names before it, in its
    /// order.
    var elders: [TargetName: [TargetName]] = [:]
    /// The targets for which it was reported.
    var reported: [TargetName: Reported] = [:]

    /// What was reported of a target.
    struct Reported: Hashable, Sendable {
        /// The target that takes precedence over it.
        var elder: TargetName
        /// Since when.
        var since: Instant
    }
}
