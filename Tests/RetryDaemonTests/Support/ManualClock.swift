import Primitives
import RetryCore
import RetryDaemon
import Synchronization

/// A frozen clock that only a test moves; only a last millisecond passes by itself, since the loop
/// sleeps that long for overdue work.
final class ManualClock: HostClock {
    private struct State {
        var now = Instant.origin
        var sleepers: [Int: (deadline: Instant, waiter: CheckedContinuation<Void, Never>)] = [:]
        var last = 0
    }

    private let state = Mutex(State())
    private let start: WallTime

    init(start: WallTime = ManualClock.start) {
        self.start = start
    }

    /// 2026-11-23T01:00:00Z.
    static let start = WallTime(milliseconds: 1_795_395_600_000)

    var now: Instant { state.withLock(\.now) }
    var awake: Instant { now }
    var wall: WallTime { start + (now - .origin) }

    /// Advances the time and wakes the tasks that slept until then.
    func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.now = state.now + duration
            let due = state.sleepers.filter { $0.value.deadline <= state.now }
            for number in due.keys { state.sleepers[number] = nil }
            return due.values.map(\.waiter)
        }
        for waiter in due { waiter.resume() }
    }

    func sleep(until instant: Instant) async {
        let number = state.withLock { state in
            state.last += 1
            return state.last
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let isOver = state.withLock { state in
                    if instant - state.now <= .milliseconds(1) {
                        state.now = max(state.now, instant)
                    }
                    guard state.now < instant, !Task.isCancelled else { return true }
                    state.sleepers[number] = (instant, waiter)
                    return false
                }
                if isOver { waiter.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { $0.sleepers.removeValue(forKey: number)?.waiter }
            waiter?.resume()
        }
    }
}
