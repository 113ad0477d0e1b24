/// FNV-1a over 64 bits: equal input gives an equal number in every run, unlike `Hasher`.
package struct StableHash: Hashable, Sendable {
    /// The hash of everything that was added.
    package private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    /// Creates a hash of no input.
    package init() {}

    /// Adds a text and a terminator, so that `ab`, `c` and `a`, `bc` differ.
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
