/// A short stand-in for the bytes of one GetPipelineState answer.
///
/// Equal bytes have equal digests; different ones have different digests, but for a chance of
/// one in 2^128 that nobody can bring about who does not know the process's random seed.
package struct StateDigest: Hashable, Sendable {
    /// The first half.
    package let high: UInt64
    /// The second half.
    package let low: UInt64

    /// Makes a digest of its halves.
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}

/// What a look at a pipeline's state showed.
package enum StateLook: Hashable, Sendable {
    /// The same bytes as the look whose digest the effect carried; nothing was decoded.
    case unchanged
    /// A state, with the digest of its bytes; nil where there is none to compare by.
    case state(PipelineSnapshot, digest: StateDigest?)
}

extension ReadAnswer where Value == StateLook {
    /// A state that was read and decoded.
    package static func state(
        _ snapshot: PipelineSnapshot,
        digest: StateDigest? = nil,
        at time: WallTime?
    ) -> ReadAnswer {
        .read(.state(snapshot, digest: digest), at: time)
    }
}
