package import Primitives
import Synchronization

/// A sink that delivers on its own thread, so that its caller never waits.
///
/// Every output can block: the journal's socket is full when journald hangs, a pipe when its reader
/// does. Entries that do not fit into the queue meanwhile are dropped, the least urgent first, and
/// counted; the count is reported by an entry of its own (``JournalEntry/entriesDropped``) and by
/// the field `RETRYD_DROPPED` of the entry after it.
package final class QueuedSink: EntrySink {
    /// Delivers one entry and may take its time; returns 0 or an errno value.
    package typealias Deliver = @Sendable (StampedEntry) -> Int32

    private let shared: Shared
    private let flushLimit: Duration

    /// Starts the delivering thread.
    ///
    /// - Parameters:
    ///   - name: the thread's name.
    ///   - capacity: how many entries may wait; 1024 hold some minutes of a busy day.
    ///   - flushLimit: how long ``close()`` waits at most.
    ///   - flood: the gate that withholds routine entries when too many come; nil: none.
    ///   - now: the time of day.
    ///   - deliver: sends one entry; runs on the sink's own thread only.
    /// - Throws: `HostError` when the system gives no thread.
    package init(
        name: String,
        capacity: Int = 1024,
        flushLimit: Duration = .seconds(2),
        flood: FloodGate? = nil,
        now: @escaping @Sendable () -> WallTime,
        deliver: @escaping Deliver
    ) throws(HostError) {
        let queue = EntryQueue(capacity: capacity)
        let shared = try Shared(queue: queue, flood: flood, now: now, deliver: deliver)
        self.shared = shared
        self.flushLimit = flushLimit
        try HostThread.start(named: name) { shared.run() }
    }

    /// Puts an entry into the queue; drops the least urgent one when it is full.
    package func write(_ entry: JournalEntry) {
        shared.write(entry)
    }

    /// Delivers the queued entries, within the time limit of the sink.
    package func close() {
        shared.close(within: flushLimit)
    }
}

extension QueuedSink {
    /// The state that the sink and its thread share.
    private final class Shared: Sendable {
        private struct State {
            var queue: EntryQueue
            var flood: FloodGate?
            var isClosed = false
        }

        private let state: Mutex<State>
        private let work: EventCounter
        private let finished: EventCounter
        private let now: @Sendable () -> WallTime
        private let deliver: Deliver

        init(
            queue: EntryQueue,
            flood: FloodGate?,
            now: @escaping @Sendable () -> WallTime,
            deliver: @escaping Deliver
        ) throws(HostError) {
            state = Mutex(State(queue: queue, flood: flood))
            work = try EventCounter()
            finished = try EventCounter()
            self.now = now
            self.deliver = deliver
        }

        func write(_ entry: JournalEntry) {
            let item = StampedEntry(time: now(), entry: entry)
            state.withLock { state in
                guard !state.isClosed else { return }
                guard state.flood?.admits(entry, at: item.time) ?? true else { return }
                state.queue.append(item)
            }
            work.raise()
        }

        func close(within limit: Duration) {
            let isFirst = state.withLock { state in
                defer { state.isClosed = true }
                return !state.isClosed
            }
            guard isFirst else { return }
            work.raise()
            _ = finished.wait(atMost: limit)
        }

        /// The thread: delivers until the sink is closed and its queue is empty.
        func run() {
            var lost = 0
            while true {
                let (batch, withheld, isClosed) = take()
                for item in batch.entries { send(item, after: &lost) }
                lost += batch.dropped
                if withheld > 0 { send(stamped(.entriesWithheld(withheld)), after: &lost) }
                if !batch.entries.isEmpty || batch.dropped > 0 || withheld > 0 { continue }
                if isClosed { break }
                // Withheld entries are reported when their interval is over, even if nothing
                // follows.
                let isHolding = state.withLock { $0.flood?.isHolding ?? false }
                _ = work.wait(atMost: isHolding ? .seconds(1) : nil)
            }
            if lost > 0 { _ = deliver(stamped(.entriesDropped(lost))) }
            finished.raise()
        }

        /// The entries to deliver, and how many entries the gate withheld before them.
        private func take() -> (EntryQueue.Batch, withheld: Int, isClosed: Bool) {
            let now = now()
            return state.withLock { state in
                let isClosed = state.isClosed
                let withheld = state.flood?.takeWithheld(at: now, isLast: isClosed) ?? 0
                return (state.queue.takeAll(), withheld, isClosed)
            }
        }

        /// Delivers an entry, preceded by a report of those lost.
        private func send(_ item: StampedEntry, after lost: inout Int) {
            var item = item
            var reportedLost = 0
            if lost > 0, deliver(stamped(.entriesDropped(lost))) == 0 {
                item = StampedEntry(
                    time: item.time,
                    entry: item.entry.adding(.dropped, String(lost))
                )
                reportedLost = lost
            }
            let code = deliver(item)
            lost += (code == 0 ? 0 : 1) - reportedLost
        }

        private func stamped(_ entry: JournalEntry) -> StampedEntry {
            StampedEntry(time: now(), entry: entry)
        }
    }
}
