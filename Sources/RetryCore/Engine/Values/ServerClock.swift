package import Primitives

/// AWS's clock as its answers show it, carried on by the monotonic clock in between.
///
/// One answer with a time far off does not move it: a second one must agree. So neither a step of
/// the host's clock nor one wrong `Date` header fires or loses a retry.
package struct ServerClock: Hashable, Sendable {
    /// Differences below this come from the whole seconds of `Date` and from latency.
    package static let tolerance = Duration.seconds(2)

    private var instant: Instant
    private var time: WallTime
    /// Whether an answer of AWS has given its time.
    package private(set) var isConfirmed = false
    private var uncertainty: Duration?

    /// Starts with the host's clock until the first answer.
    package init(now: Instant, wall: WallTime) {
        instant = now
        time = wall
    }

    /// The time by AWS's clock.
    package func read(_ now: Instant) -> WallTime {
        time + (now - instant)
    }

    /// When a time will be reached; now when it has passed.
    package func instant(of due: WallTime, now: Instant) -> Instant {
        now + max(.zero, due - read(now))
    }

    /// Takes the time of an answer.
    package mutating func observe(_ seen: WallTime, now: Instant) {
        let difference = seen - read(now)
        if abs(difference) < ServerClock.tolerance {
            isConfirmed = true
            uncertainty = nil
        } else if !isConfirmed || agrees(difference) {
            instant = now
            time = seen
            isConfirmed = true
            uncertainty = nil
        } else {
            uncertainty = difference
        }
    }

    private func agrees(_ difference: Duration) -> Bool {
        uncertainty.map { abs(difference - $0) < ServerClock.tolerance } ?? false
    }

    private func abs(_ duration: Duration) -> Duration {
        duration < .zero ? .zero - duration : duration
    }
}
