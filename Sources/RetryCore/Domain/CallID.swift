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

    package var description: String { "#\(number)" }
}
