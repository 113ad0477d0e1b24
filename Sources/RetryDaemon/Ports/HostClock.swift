package import Primitives

/// The clocks of the loop.
package protocol HostClock: Sendable {
    /// The monotonic time, suspend included.
    var now: Instant { get }

    /// The monotonic time without suspend: the service manager's clock.
    var awake: Instant { get }

    /// The time of day.
    var wall: WallTime { get }

    /// Waits until an instant; returns early when the task is cancelled.
    func sleep(until instant: Instant) async
}
