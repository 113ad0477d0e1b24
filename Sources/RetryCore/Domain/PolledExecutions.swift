package import Primitives

/// The result of listing a pipeline's executions.
package enum PolledExecutions: Hashable, Sendable {
    /// The same bytes as the list whose digest the effect carried; nothing was decoded.
    case unchanged
    /// The newest executions, newest first, with the digest of the answer's bytes; nil where there
    /// is none to compare by.
    case executions([ExecutionSummary], digest: StateDigest?)
}

extension ReadAnswer where Value == PolledExecutions {
    /// A list that was read and decoded.
    package static func executions(
        _ rows: [ExecutionSummary],
        digest: StateDigest? = nil,
        at time: WallTime?
    ) -> ReadAnswer {
        .read(.executions(rows, digest: digest), at: time)
    }
}
