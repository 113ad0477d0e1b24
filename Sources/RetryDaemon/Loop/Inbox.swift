import RetryCore
import Synchronization

/// An input of the loop, in the order of arrival.
enum Input<Settings: Hashable & Sendable>: Sendable {
    /// The answer to a call.
    case answer(CallID, Event)
    /// An event of the ledger.
    case ledger(LedgerEvent)
    /// A signal or a client.
    case trigger(Trigger)
    /// The config file was read.
    case loaded(LoadOutcome<Settings>)
    /// A target that could not be reached was planned again, under the file of that number.
    case planned(TargetName, file: Int, PlanOutcome<Settings>)
    /// A result of reading or keeping history.
    case history(HistoryEvent)
    /// The nearest deadline is reached.
    case deadlineTimer
    /// The watchdog asks whether the loop is still running.
    case heartbeat
}

/// The only way to reach the loop.
///
/// Its bound is far above the possible inputs: each call of the engine has one answer, and the
/// calls are bounded. An overflow is a defect, which the loop reports; the engine survives it,
/// since a lost answer is a deadline reached.
final class Inbox<Settings: Hashable & Sendable>: Sendable {
    /// The inputs, to be read by one task only.
    let inputs: AsyncStream<Input<Settings>>

    private let continuation: AsyncStream<Input<Settings>>.Continuation
    private let lost = Mutex(0)

    init(capacity: Int = 1 << 16) {
        (inputs, continuation) = AsyncStream.makeStream(
            of: Input<Settings>.self,
            bufferingPolicy: .bufferingOldest(capacity)
        )
    }

    /// Adds an input; after ``close()`` it is dropped, which answers a request in it.
    func put(_ input: Input<Settings>) {
        switch continuation.yield(input) {
        case .dropped: lost.withLock { $0 += 1 }
        case .enqueued, .terminated: break
        @unknown default: break
        }
    }

    /// How many inputs were lost since the last time.
    func takeLost() -> Int {
        lost.withLock { lost in
            defer { lost = 0 }
            return lost
        }
    }

    /// Accepts nothing more, and drops unread inputs.
    func close() async {
        continuation.finish()
        for await _ in inputs {}
    }
}
