package import Primitives

/// The result of polling a pipeline's state.
package enum PolledState: Hashable, Sendable {
    /// The same bytes as the poll whose digest the effect carried; nothing was decoded.
    case unchanged
    /// A state, with the digest of its bytes; nil where there is none to compare by.
    case state(PipelineSnapshot, digest: StateDigest?)
}

extension ReadAnswer where Value == PolledState {
    /// A state that was read and decoded.
    package static func state(
        _ snapshot: PipelineSnapshot,
        digest: StateDigest? = nil,
        at time: WallTime?
    ) -> ReadAnswer {
        .read(.state(snapshot, digest: digest), at: time)
    }
}
