import Synchronization

/// A bounded number of places, taken in the order of arrival.
package final class ReadingPlaces: Sendable {
    private struct State {
        var free: Int
        /// Who waits, by number; the lowest is next.
        var waiters: [Int: CheckedContinuation<Bool, Never>] = [:]
        var last = 0
    }

    private let state: Mutex<State>

    /// Creates places, all of them free.
    package init(_ count: Int) {
        state = Mutex(State(free: count))
    }

    /// How many wait.
    package var waiting: Int { state.withLock { $0.waiters.count } }

    /// Takes a place.
    ///
    /// - Parameter pause: Waits until there is no more time; its end ends the waiting.
    /// - Returns: Whether there is a place, which must be given back by ``leave()``; false: the
    ///   time is over, or the task is cancelled.
    package func enter(until pause: @escaping @Sendable () async -> Void) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { await self.place() }
            group.addTask {
                await pause()
                return false
            }
            let first = await group.next() ?? false
            group.cancelAll()
            // A place that came at the same time counts, or nobody would give it back.
            let second = await group.next() ?? false
            return first || second
        }
    }

    /// Gives a place back, to whoever waits longest.
    package func leave() {
        let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard let first = state.waiters.keys.min() else {
                state.free += 1
                return nil
            }
            return state.waiters.removeValue(forKey: first)
        }
        next?.resume(returning: true)
    }

    /// Waits for a place; false when the task is cancelled.
    private func place() async -> Bool {
        let number = state.withLock { state in
            state.last += 1
            return state.last
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    guard !Task.isCancelled else { return false }
                    guard state.free == 0 else {
                        state.free -= 1
                        return true
                    }
                    state.waiters[number] = continuation
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiters.removeValue(forKey: number) }
            waiter?.resume(returning: false)
        }
    }
}
