/// The SplitMix64 generator: a value, so that equal seeds give equal numbers.
///
/// Sebastiano Vigna's constants (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number
/// Generators", 2014). It is not for secrets.
package struct SplitMix64: Hashable, Sendable, RandomNumberGenerator {
    private var state: UInt64

    /// Creates a generator; every seed is equally good.
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
