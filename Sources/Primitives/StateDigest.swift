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
