import Primitives
import RetryCore
import Synchronization

/// The loop's one timer: puts `deadlineTimer` into the inbox when the nearest deadline is reached.
///
/// It fires once for each setting. A later deadline does not disturb its sleep: it wakes too early,
/// sees the new one and sleeps again.
final class DeadlineTimer: Sendable {
    private struct State {
        /// When to ring; nil: not at all.
        var deadline: Instant?
        /// Until when it sleeps now; nil while it waits for a setting.
        var sleepsUntil: Instant?
        /// Wakes the sleeper.
        var waiter: CheckedContinuation<Void, Never>?
        /// The setting changed while nothing waited.
        var isChanged = false
    }

    private let state = Mutex(State())
    private let clock: any HostClock
    private let ring: @Sendable () -> Void

    init(clock: any HostClock, ring: @escaping @Sendable () -> Void) {
        self.clock = clock
        self.ring = ring
    }

    /// Sets the deadline, replacing the previous one.
    func set(_ deadline: Instant?) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.deadline = deadline
            guard let deadline else { return nil }
            if let sleepsUntil = state.sleepsUntil, sleepsUntil <= deadline { return nil }
            state.isChanged = true
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Rings at each deadline until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            let deadline = state.withLock { state in
                state.isChanged = false
                state.sleepsUntil = state.deadline
                return state.deadline
            }
            guard let deadline else {
                await change()
                continue
            }
            guard clock.now < deadline else {
                state.withLock { state in
                    if state.deadline == deadline { state.deadline = nil }
                    state.sleepsUntil = nil
                }
                ring()
                continue
            }
            await sleep(until: deadline)
        }
    }

    /// Sleeps until the deadline or a nearer one.
    private func sleep(until deadline: Instant) async {
        await withTaskGroup { group in
            group.addTask { [clock] in await clock.sleep(until: deadline) }
            group.addTask { await self.change() }
            await group.next()
            group.cancelAll()
        }
    }

    /// Waits for a setting that the sleeper must see.
    private func change() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDue = state.withLock { state in
                    guard !state.isChanged, !Task.isCancelled else { return true }
                    state.waiter = continuation
                    return false
                }
                if isDue { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume()
        }
    }
}
