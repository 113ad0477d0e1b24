package import Primitives
import Synchronization

/// A clock that stands still until a test moves it.
package final class ManualClock: Sendable {
    private struct Sleeper {
        let due: Instant
        /// Whether it is the limit of something that runs: then that is what goes on.
        let isLimit: Bool
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var now = Instant.origin
        var sleepers: [Int: Sleeper] = [:]
        var last = 0
    }

    private let state = Mutex(State())
    private let start: WallTime
    private let passing: Duration
    private let limit: Duration?

    /// 2026-11-23T01:00:00Z.
    package static let start = WallTime(milliseconds: 1_795_395_600_000)

    /// Makes a clock.
    ///
    /// - Parameters:
    ///   - start: The time of day at its origin.
    ///   - passing: Pauses so short pass by themselves, and the time with them; default none.
    ///   - limit: A pause of exactly this length is no reason to move the clock; default none.
    package init(
        start: WallTime = ManualClock.start,
        passing: Duration = .zero,
        limit: Duration? = nil
    ) {
        self.start = start
        self.passing = passing
        self.limit = limit
    }

    /// The monotonic time.
    package var now: Instant { state.withLock(\.now) }

    /// The time since the origin.
    package var time: Duration { now - .origin }

    /// The time of day.
    package var wall: WallTime { start + time }

    /// Moves the time on and wakes whoever slept until then.
    package func advance(by duration: Duration) { advance { $0 + duration } }

    /// The same to a time since the origin, unless it is over.
    package func advance(to time: Duration) { advance { max($0, .origin + time) } }

    private func advance(_ change: (Instant) -> Instant) {
        let due = state.withLock { state in
            state.now = change(state.now)
            let due = state.sleepers.filter { $0.value.due <= state.now }
            for number in due.keys { state.sleepers[number] = nil }
            return due.values.map(\.continuation)
        }
        for sleeper in due { sleeper.resume(returning: true) }
    }

    /// Waits until an instant; returns early when the task is cancelled.
    package func sleep(until instant: Instant) async { _ = await isReached(instant, false) }

    /// Waits so long; throws when the task is cancelled.
    package func sleep(_ pause: Duration) async throws(CancellationError) {
        guard await isReached(now + pause, pause == limit) else { throw CancellationError() }
    }

    /// Waits until an instant; false when the task was cancelled before.
    private func isReached(_ instant: Instant, _ isLimit: Bool) async -> Bool {
        let number = state.withLock { state in
            state.last += 1
            return state.last
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let outcome: Bool? = state.withLock { state in
                    if Task.isCancelled { return false }
                    if instant - state.now <= passing { state.now = max(state.now, instant) }
                    guard state.now < instant else { return true }
                    state.sleepers[number] = Sleeper(
                        due: instant,
                        isLimit: isLimit,
                        continuation: continuation
                    )
                    return nil
                }
                if let outcome { continuation.resume(returning: outcome) }
            }
        } onCancel: {
            let sleeper = state.withLock { $0.sleepers.removeValue(forKey: number) }
            sleeper?.continuation.resume(returning: false)
        }
    }

    /// Whether somebody sleeps until exactly then.
    package func isAwaited(at due: Duration) -> Bool {
        state.withLock { $0.sleepers.values.contains { $0.due == .origin + due } }
    }

    /// The earliest time at which somebody wakes who does not only limit something.
    package var nextDue: Duration? {
        state.withLock { state in
            state.sleepers.values.filter { !$0.isLimit }.map { $0.due - .origin }.min()
        }
    }

    /// Whether somebody sleeps, not only to limit something, and nobody is due.
    package var isQuiet: Bool {
        state.withLock { state in
            state.sleepers.values.contains { !$0.isLimit }
                && !state.sleepers.values.contains { $0.due <= state.now }
        }
    }
}
