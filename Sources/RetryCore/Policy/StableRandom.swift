/// The SplitMix64 generator: a value, so that equal seeds give equal numbers.
///
/// Sebastiano Vigna's constants (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number
/// Generators", 2014). It is not for secrets.
package struct SplitMix64: Hashable, Sendable {
    private var state: UInt64

    /// Makes a generator; every seed is a good one.
    package init(seed: UInt64) {
        state = seed
    }

    /// The next number, over all of `UInt64`.
    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// The next number, evenly spread from 0 up to but not including 1.
    package mutating func uniform() -> Double {
        Double(next() >> 11) * 0x1p-53
    }
}

/// FNV-1a over 64 bits: equal input gives an equal number in every run, unlike `Hasher`.
package struct StableHash: Hashable, Sendable {
    /// The hash of everything that was added.
    package private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    /// Makes a hash of nothing.
    package init() {}

    /// Adds a text and an end mark, so that `ab`, `c` and `a`, `bc` differ.
    package mutating func add(_ text: String) {
        for byte in text.utf8 { mix(byte) }
        mix(0xff)
    }

    /// Adds a number, lowest byte first.
    package mutating func add(_ number: UInt64) {
        for shift in stride(from: 0, to: UInt64.bitWidth, by: 8) {
            mix(UInt8(truncatingIfNeeded: number >> UInt64(shift)))
        }
    }

    private mutating func mix(_ byte: UInt8) {
        value = (value ^ UInt64(byte)) &* 0x100_0000_01b3
    }
}
