package import Primitives

extension SplitMix64 {
    /// A lower-case UUID of version 4, as CodePipeline assigns to executions, actions and tokens.
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
