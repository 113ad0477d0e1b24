import Primitives

/// The id of one call or write whose answer comes back as an ``Event``; never reused.
package struct CallID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The number, rising from 1 in each run of the daemon.
    package let number: UInt64

    /// Creates an id from its number.
    package init(number: UInt64) {
        self.number = number
    }

    /// Whether `left` was issued before `right`.
    package static func < (left: CallID, right: CallID) -> Bool {
        left.number < right.number
    }

    /// What dictionaries ask for: numbers that rise by one need only be spread, since nobody else
    /// chooses them.
    package func _rawHashValue(seed: Int) -> Int {
        let product = (number ^ UInt64(truncatingIfNeeded: seed)) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: product ^ product >> 32)
    }

    package var description: String { "#\(number)" }
}
