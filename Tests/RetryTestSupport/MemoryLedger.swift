package import AttemptLedger
package import Primitives
package import RetryCore
import Synchronization

/// A ledger in memory: it can fail, and crash with loss.
///
/// An intent is durable once ``record(_:now:)`` returned, and everything before it with it, as in a
/// write-ahead log. Changes that were only applied may be lost by ``crash(keeping:)``.
package final class MemoryLedger: AttemptStore {
    /// The state under its lock.
    private let state: Mutex<MemoryState>
    /// Whether every write is durable when it returns, as ``Ledger`` does it.
    private let syncsEveryWrite: Bool

    /// Creates a ledger with a snapshot's content.
    package init(_ snapshot: LedgerSnapshot = LedgerSnapshot(), syncsEveryWrite: Bool = false) {
        state = Mutex(MemoryState(LedgerContents(snapshot)))
        self.syncsEveryWrite = syncsEveryWrite
    }

    package func record(_ intent: Intent, now: WallTime) throws(LedgerError) {
        try state.withLock { (state) throws(LedgerError) in
            guard !state.isClosed else { throw .closed }
            let change = try RowChange(bounding: .intent(intent))
            try state.current.checkNew(intent)
            if let error = state.error {
                state.unsynced.append(Transaction(changes: [change], isPhantom: true))
                throw error
            }
            state.change([change])
            state.sync()
        }
    }

    package func apply(_ writes: [LedgerWrite], now: WallTime) throws(LedgerError) {
        try state.withLock { (state) throws(LedgerError) in
            guard !state.isClosed else { throw .closed }
            let (changes, refused) = RowChange.bounding(writes)
            state.change(changes)
            if let error = state.error { throw error }
            state.unsynced.removeAll { $0.isPhantom }
            if syncsEveryWrite { state.sync() }
            if let refused { throw refused }
        }
    }

    package func recall(
        _ key: EpisodeKey,
        now: WallTime
    ) throws(LedgerError) -> Recollection {
        try state.withLock { (state) throws(LedgerError) in
            guard !state.isClosed else { throw .closed }
            return state.current.recall(key)
        }
    }

    /// How far back a budget may count.
    package var budgetMemory: Duration { state.withLock { $0.budgetMemory } }

    package func keepIntents(for memory: Duration) {
        state.withLock { $0.budgetMemory = memory }
    }

    package func prune(now: WallTime) throws(LedgerError) -> Bool {
        try state.withLock { (state) throws(LedgerError) in
            guard !state.isClosed else { throw .closed }
            state.prune(now)
            return false
        }
    }

    package func snapshot() throws(LedgerError) -> LedgerSnapshot {
        try state.withLock { (state) throws(LedgerError) in
            guard !state.isClosed else { throw .closed }
            return state.current.snapshot
        }
    }

    package func learn(_ page: LearnedPage, now: WallTime) throws(LedgerError) -> Int {
        try state.withLock { (state) throws(LedgerError) in
            guard !state.isClosed else { throw .closed }
            if let error = state.error { throw error }
            return state.history.learn(page, intents: state.current.snapshot.intents)
        }
    }

    package func learn(
        _ causes: [AttemptCause],
        of episode: EpisodeKey,
        now: WallTime
    ) throws(LedgerError) {
        try state.withLock { (state) throws(LedgerError) in
            guard !state.isClosed else { throw .closed }
            if let error = state.error { throw error }
            let intents = state.current.snapshot.intents
            state.history.learn(causes, of: episode, intents: intents)
        }
    }

    package func attempts(
        of execution: ExecutionKey,
        now: WallTime
    ) throws(LedgerError) -> [ActionAttempt] {
        try history { $0.attempts(of: execution) }
    }

    package func position(
        of pipeline: PipelineKey,
        now: WallTime
    ) throws(LedgerError) -> ImportPosition {
        try history { $0.positions[pipeline] ?? ImportPosition(pipeline: pipeline) }
    }

    package func pastEpisodes(
        _ query: HistoryQuery,
        now: WallTime
    ) throws(LedgerError) -> HistoryAnswer {
        try state.withLock { (state) throws(LedgerError) in
            guard !state.isClosed else { throw .closed }
            let rows = state.current.snapshot
            let own = rows.episodes.compactMap { record in
                PastEpisode(record, intents: rows.intents.filter { $0.episode == record.key })
            }
            let keys = Set(rows.episodes.map(\.key))
            return query.answer(own + state.history.pastEpisodes(but: keys))
        }
    }

    package func precedents(
        of question: PrecedentQuestion,
        now: WallTime
    ) throws(LedgerError) -> Precedents {
        try history { $0.precedents(of: question) }
    }

    package func sums(since day: Int64, now: WallTime) throws(LedgerError) -> [DailySum] {
        try history { $0.sums(since: day) }
    }

    package func attempts(
        _ query: AttemptQuery,
        now: WallTime
    ) throws(LedgerError) -> AttemptAnswer {
        try history { $0.attempts(query) }
    }

    package func sums(_ query: SumQuery, now: WallTime) throws(LedgerError) -> SumAnswer {
        try history { $0.sums(query) }
    }

    private func history<Value: Sendable>(
        _ body: (MemoryHistory) -> Value
    ) throws(LedgerError) -> Value {
        try state.withLock { (state) throws(LedgerError) in
            guard !state.isClosed else { throw .closed }
            return body(state.history)
        }
    }

    package func takeNotices() -> [LedgerNotice] { [] }

    package func close() {
        state.withLock { $0.isClosed = true }
    }

    /// Makes every write fail from now on; nil ends that.
    package func fail(with error: LedgerError?) {
        state.withLock { $0.error = error }
    }

    /// How many transactions a crash could lose, refused ones included.
    package var unsyncedTransactions: Int {
        state.withLock { $0.unsynced.count }
    }

    /// Ends the process and starts the next one, open and without a planted error.
    ///
    /// Changes that were not durable are lost, except the first `count` transactions; each survives
    /// as a whole or not at all.
    package func crash(keeping count: Int = 0) {
        state.withLock { state in
            for lost in state.unsynced.prefix(max(0, count)) {
                for change in lost.changes { state.durable.apply(change) }
            }
            let history = state.history
            state = MemoryState(state.durable)
            state.history = history
        }
    }
}

/// Changes that are not durable: all of them or none survives.
private struct Transaction {
    /// The changes.
    var changes: [RowChange]
    /// Whether it was refused and is only found when a crash leaves it behind.
    var isPhantom: Bool
}

/// Everything of ``MemoryLedger`` that changes.
private struct MemoryState {
    /// The rows that the process sees.
    var current: LedgerContents
    /// The rows that survive a crash.
    var durable: LedgerContents
    /// The transactions since, in their order.
    var unsynced: [Transaction] = []
    /// The error of every write.
    var error: LedgerError?
    /// Whether ``MemoryLedger/close()`` was called.
    var isClosed = false
    /// How far back a budget may count.
    var budgetMemory = LedgerOptions().budgetMemory
    /// When it was pruned last.
    var prunedAt: WallTime?
    /// The attempts of actions, which are durable at once.
    var history = MemoryHistory()

    /// Takes contents as durable.
    init(_ contents: LedgerContents) {
        current = contents
        durable = contents
    }

    /// Changes the rows that the process sees.
    mutating func change(_ changes: [RowChange]) {
        guard !changes.isEmpty else { return }
        for change in changes { current.apply(change) }
        unsynced.append(Transaction(changes: changes, isPhantom: false))
    }

    /// Makes all rows that the process sees durable.
    mutating func sync() {
        durable = current
        unsynced = []
    }

    /// Takes old rows away when it is time.
    mutating func prune(_ now: WallTime) {
        let newest = [current.newestTime, history.newestTime].compactMap(\.self).max()
        guard Retention.isDue(last: prunedAt, now: now), let newest else { return }
        prunedAt = now
        let limits = RetentionLimits(now: now, newestRow: newest, budgetMemory: budgetMemory)
        current.prune(limits)
        durable.prune(limits)
        history.prune(before: limits.attempts)
    }
}
