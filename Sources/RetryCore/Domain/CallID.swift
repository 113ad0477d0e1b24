import Primitives

/// Names one call or write whose answer comes back as an ``Event``; never used twice.
package struct CallID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The number, rising from 1 in each run of the daemon.
    package let number: UInt64

    /// Makes an id of its number.
    package init(number: UInt64) {
        self.number = number
    }

    /// Whether `left` was given out before `right`.
    package static func < (left: CallID, right: CallID) -> Bool {
        left.number < right.number
    }

    package var description: String { "#\(number)" }
}
