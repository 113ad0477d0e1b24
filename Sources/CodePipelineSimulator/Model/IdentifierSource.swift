/// SplitMix64: the model's own seeded source of ids and chances, so that a seed replays a run.
///
/// Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators" (2014).
package struct SplitMix64: Hashable, Sendable {
    private var state: UInt64

    /// Starts the sequence of `seed`.
    package init(seed: UInt64) {
        state = seed
    }

    /// The next 64 bits.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to, but not including, 1.
    package mutating func fraction() -> Double {
        Double(next() >> 11) / 9_007_199_254_740_992
    }

    /// A lower-case UUID of version 4, as CodePipeline gives to executions, actions and tokens.
    package mutating func uuid() -> String {
        let high = (next() & 0xFFFF_FFFF_FFFF_0FFF) | 0x4000
        let low = (next() & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000
        var bytes: [UInt8] = []
        bytes.reserveCapacity(36)
        for place in UInt64(0)..<32 {
            if place == 8 || place == 12 || place == 16 || place == 20 {
                bytes.append(UInt8(ascii: "-"))
            }
            let half = place < 16 ? high : low
            let digit = UInt8(half >> (60 - 4 * (place % 16)) & 0xF)
            bytes.append(digit + (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10))
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Lower-case hexadecimal, padded with zeros to `digits`.
func hexadecimal(_ value: UInt64, digits: Int) -> String {
    let text = String(value, radix: 16)
    guard text.utf8.count < digits else { return text }
    return String(repeating: "0", count: digits - text.utf8.count) + text
}
