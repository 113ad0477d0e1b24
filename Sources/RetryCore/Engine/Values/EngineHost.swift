import Primitives

/// This run of the daemon: its seed, and the host's clocks at its start.
struct EngineHost: Hashable, Sendable {
    /// Spreads the first polls, and the jitter of retries.
    let seed: UInt64
    /// The monotonic time of the start.
    let startedAt: Instant
    /// The host's time of day at the start.
    let startedWall: WallTime
    /// Whether the first event was handled.
    var isStarted = false
    /// The time of the last event, from which ``Engine/nextDeadline`` computes tokens.
    var lastSeen = Instant.origin

    init(seed: UInt64, startedAt: Instant, startedWall: WallTime) {
        self.seed = seed
        self.startedAt = startedAt
        self.startedWall = startedWall
    }

    /// The host's time of day, carried on by the monotonic clock.
    func time(_ now: Instant) -> WallTime { startedWall + (now - startedAt) }
}
