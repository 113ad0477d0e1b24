package import Primitives

/// Computes digests of bodies with secret keys.
///
/// Two different bodies have equal digests by accident about once in 2^120 pairs, and without
/// knowing the keys such a pair cannot be constructed. It is not a signature: digests are never
/// stored, sent or compared with another process's.
///
/// The mixing step is wyhash's (Wang Yi, "wyhash", version 4.2, public domain): the halves of the
/// 128-bit product of two keyed words, combined.
package struct BodyDigester: Sendable {
    private let first: Accumulator
    private let second: Accumulator

    /// Creates a digester with the keys of a seed, which should be random for each process.
    package init(seed: (UInt64, UInt64)) {
        first = Accumulator(seed: seed.0)
        second = Accumulator(seed: seed.1 ^ 0x5851_f42d_4c95_7f2d)
    }

    /// The digest of a body.
    package func digest(of bytes: [UInt8]) -> StateDigest {
        unsafe bytes.withUnsafeBytes { buffer in
            var states = (first.start, second.start)
            var place = 0
            while place <= buffer.count - 16 {
                let low = unsafe buffer.loadUnaligned(fromByteOffset: place, as: UInt64.self)
                let high = unsafe buffer.loadUnaligned(fromByteOffset: place + 8, as: UInt64.self)
                first.add(low, high, to: &states.0)
                second.add(low, high, to: &states.1)
                place += 16
            }
            // The rest is filled up with zeros; the length tells how many there were.
            var rest: (low: UInt64, high: UInt64) = (0, 0)
            for index in place..<buffer.count {
                let byte = unsafe UInt64(buffer[index])
                let offset = index - place
                if offset < 8 {
                    rest.low |= byte << UInt64(offset * 8)
                } else {
                    rest.high |= byte << UInt64(offset * 8 - 64)
                }
            }
            first.add(rest.low, rest.high, to: &states.0)
            second.add(rest.low, rest.high, to: &states.1)
            return StateDigest(
                high: first.end(states.0, count: buffer.count),
                low: second.end(states.1, count: buffer.count)
            )
        }
    }
}

/// One half of the digest: its keys and its steps.
private struct Accumulator: Sendable {
    let start: UInt64
    private let keys: (UInt64, UInt64, UInt64, UInt64)

    init(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        start = random.next()
        keys = (random.next(), random.next(), random.next(), random.next())
    }

    /// Mixes sixteen bytes in.
    @inline(__always)
    func add(_ low: UInt64, _ high: UInt64, to state: inout UInt64) {
        state = Accumulator.mix(low ^ keys.0 ^ state, high ^ keys.1) ^ (state << 23 | state >> 41)
    }

    /// The final value of a state after this many bytes.
    @inline(__always)
    func end(_ state: UInt64, count: Int) -> UInt64 {
        let length = UInt64(truncatingIfNeeded: count)
        return Accumulator.mix(state ^ keys.2, Accumulator.mix(state ^ keys.3, length ^ keys.1))
    }

    @inline(__always)
    private static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }
}
