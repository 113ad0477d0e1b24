/// A short substitute for the bytes of one GetPipelineState answer.
///
/// Equal bytes have equal digests; different ones have different digests, except for a chance of
/// one in 2^128, which cannot be provoked without knowing the process's random seed.
package struct StateDigest: Hashable, Sendable {
    /// The first half.
    package let high: UInt64
    /// The second half.
    package let low: UInt64

    /// Creates a digest from its halves.
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}
