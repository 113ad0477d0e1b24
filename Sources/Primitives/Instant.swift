/// A point on the monotonic clock of this process.
///
/// It is unrelated to the time of day and is never persisted: a time that must survive a restart is
/// a ``WallTime``.
package struct Instant: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Time since the clock's origin; never negative.
    package let sinceOrigin: Duration

    /// Creates the instant `sinceOrigin` after the clock's origin.
    package init(sinceOrigin: Duration) {
        self.sinceOrigin = sinceOrigin
    }

    /// The clock's origin.
    package static let origin = Instant(sinceOrigin: .zero)

    /// Whether `left` is earlier than `right`.
    package static func < (left: Instant, right: Instant) -> Bool {
        left.sinceOrigin < right.sinceOrigin
    }

    /// The instant `duration` later; saturates instead of trapping.
    package static func + (instant: Instant, duration: Duration) -> Instant {
        Instant(sinceOrigin: instant.sinceOrigin.adding(duration))
    }

    /// The time from `right` to `left`; negative when `left` is earlier.
    package static func - (left: Instant, right: Instant) -> Duration {
        left.sinceOrigin - right.sinceOrigin
    }

    package var description: String { "T+\(sinceOrigin)" }
}
