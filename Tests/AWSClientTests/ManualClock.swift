import AWSClient
import Synchronization

/// A frozen clock that only a test moves.
final class ManualClock: Sendable {
    private struct Sleeper {
        let due: Duration
        /// Whether it is the limit of a fetch: then the fetch is the actual work.
        let isLimit: Bool
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var time = Duration.zero
        var sleepers: [Int: Sleeper] = [:]
        var next = 0
        var cancelled: Set<Int> = []
    }

    private let state = Mutex(State())

    var time: Duration { state.withLock { $0.time } }

    /// Whether somebody sleeps until exactly then.
    func isAwaited(at due: Duration) -> Bool {
        state.withLock { $0.sleepers.values.contains { $0.due == due } }
    }

    func sleep(_ pause: Duration) async throws(CancellationError) {
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        let isDone = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let outcome: Bool? = state.withLock { state in
                    if state.cancelled.contains(number) { return false }
                    guard pause > .zero else { return true }
                    state.sleepers[number] = Sleeper(
                        due: state.time + pause,
                        isLimit: pause == CredentialMachine.fetchLimit,
                        continuation: continuation
                    )
                    return nil
                }
                if let outcome { continuation.resume(returning: outcome) }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                state.cancelled.insert(number)
                return state.sleepers.removeValue(forKey: number)
            }
            sleeper?.continuation.resume(returning: false)
        }
        guard isDone else { throw CancellationError() }
    }

    func advance(to instant: Duration) {
        let due = state.withLock { state in
            state.time = max(state.time, instant)
            let due = state.sleepers.filter { $0.value.due <= state.time }
            for number in due.keys { state.sleepers[number] = nil }
            return due
        }
        for sleeper in due.values { sleeper.continuation.resume(returning: true) }
    }

    /// The earliest time at which somebody wakes who does not only limit a fetch.
    var nextDue: Duration? {
        state.withLock { state in
            state.sleepers.values.filter { !$0.isLimit }.map(\.due).min()
        }
    }

    /// Whether a task sleeps, not only to limit a fetch, and none is due.
    var isQuiet: Bool {
        state.withLock { state in
            state.sleepers.values.contains { !$0.isLimit }
                && !state.sleepers.values.contains { $0.due <= state.time }
        }
    }
}
