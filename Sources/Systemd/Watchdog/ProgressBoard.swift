package import Primitives

/// Which parts of the daemon make progress: the watchdog pings depend on it.
///
/// Each long-lived part has a slot with its own limit. A part that waits for the network is
/// healthy as long as its limit covers the request's own deadline; an outage never stops the pings,
/// a deadlock does. The clock is ``LinuxHost/awakeInstant``, which stops in suspend.
package struct ProgressBoard: Hashable, Sendable {
    /// The result of a check.
    package enum Verdict: Hashable, Sendable {
        /// Every part is inside its limit.
        case healthy
        /// A part has made no progress within its limit: the one that is furthest behind.
        case stalled(Stall)
    }

    /// A part that is stuck.
    package struct Stall: Hashable, Sendable, CustomStringConvertible {
        /// The part's name.
        package let name: String
        /// When it last made progress.
        package let since: Instant
        /// How long it has made no progress.
        package let elapsed: Duration
        /// How long it may.
        package let limit: Duration

        /// Creates a stall.
        package init(name: String, since: Instant, elapsed: Duration, limit: Duration) {
            self.name = name
            self.since = since
            self.elapsed = elapsed
            self.limit = limit
        }

        /// Such as `poll prod 94s (limit 60s)`, in whole seconds.
        package var description: String {
            "\(name) \(elapsed.components.seconds)s (limit \(limit.components.seconds)s)"
        }
    }

    private struct Slot: Hashable {
        var limit: Duration
        var lastProgress: Instant
    }

    private var slots: [String: Slot] = [:]

    /// Creates a board without slots, which is healthy.
    package init() {}

    /// Starts to watch a part, or changes the limit of a watched one; counts as progress.
    ///
    /// - Parameters:
    ///   - name: the part's name, as the stall message prints it.
    ///   - limit: the longest time without progress.
    ///   - now: the present.
    package mutating func watch(_ name: String, limit: Duration, now: Instant) {
        slots[name] = Slot(limit: limit, lastProgress: now)
    }

    /// Notes that a part has made progress; a part that is not watched is ignored.
    package mutating func progress(_ name: String, now: Instant) {
        slots[name]?.lastProgress = now
    }

    /// Stops watching a part, since it has ended.
    package mutating func unwatch(_ name: String) {
        slots[name] = nil
    }

    /// Whether every part is inside its limit; exactly at the limit it still is.
    package func verdict(now: Instant) -> Verdict {
        let overdue = slots.filter { now - $0.value.lastProgress > $0.value.limit }
        let worst = overdue.max { left, right in
            (excess(left.value, now), right.key) < (excess(right.value, now), left.key)
        }
        guard let (name, slot) = worst else { return .healthy }
        return .stalled(
            Stall(
                name: name,
                since: slot.lastProgress,
                elapsed: now - slot.lastProgress,
                limit: slot.limit
            )
        )
    }

    private func excess(_ slot: Slot, _ now: Instant) -> Duration {
        now - slot.lastProgress - slot.limit
    }
}
