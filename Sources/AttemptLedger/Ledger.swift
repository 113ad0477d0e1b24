package import Primitives
package import RetryCore
import Synchronization

/// The file's limits and format.
package struct LedgerOptions: Hashable, Sendable {
    /// The largest file, in pages of 4 KiB; beyond it writes fail as on a full disk.
    package var maximumPages: Int
    /// The most ended episodes that are kept, in addition to the newest of each stage.
    ///
    /// Beyond it the oldest are deleted, whatever their age. A million takes some 700 MB with one
    /// intent each.
    package var maximumEnded: Int
    /// How far back a budget may count: the retries of that time are kept, and read at a start.
    package var budgetMemory: Duration
    /// The largest file, in pages of 4 KiB, that is checked as a whole at a start.
    package var checkedPages: Int
    /// The most memory that SQLite keeps pages in, in KiB.
    package var cacheKibibytes: Int
    /// The steps that lead to the newest format; see ``Schema/steps``.
    package var steps: [[String]]

    /// Creates options; the largest file is 1 GiB, budgets count 24 h back, and a file of up to 32
    /// MiB is checked as a whole.
    package init(
        maximumPages: Int = 262_144,
        maximumEnded: Int = 1_000_000,
        budgetMemory: Duration = .seconds(86_400),
        checkedPages: Int = 8192,
        cacheKibibytes: Int = 2048,
        steps: [[String]] = Schema.steps
    ) {
        self.maximumPages = maximumPages
        self.maximumEnded = maximumEnded
        self.budgetMemory = budgetMemory
        self.checkedPages = checkedPages
        self.cacheKibibytes = cacheKibibytes
        self.steps = steps
    }
}

/// The durable ledger: one SQLite file, write-ahead log, every commit synced (synchronous=FULL).
///
/// Open rows also stay in memory: live episodes with their intents, and pauses. So a change that a
/// full disk refused goes into the next successful write, and a file that was damaged, replaced or
/// removed under the running daemon is recreated with all open rows. Ended episodes are only on
/// disk. An intent that could not be recorded is not kept, since no retry follows it.
package final class Ledger: AttemptStore {
    /// The result of ``open(directory:now:processID:options:)``.
    package struct Opening: Sendable {
        /// The ledger, which holds the lock.
        package let ledger: Ledger
        /// The open rows, and the retries that budgets count.
        package let snapshot: LedgerSnapshot
        /// The name that a damaged file now has, in the same directory; nil when there was none.
        package let setAside: String?
    }

    /// Everything that changes, under one lock.
    private let state: Mutex<LedgerState>

    /// Takes an open state.
    init(_ state: consuming sending LedgerState) {
        self.state = Mutex(state)
    }

    /// Locks the directory, then opens the ledger in it, or creates one.
    ///
    /// A full disk does not prevent this unless the file is new or of an older version; then the
    /// first write fails.
    /// - Parameters:
    ///   - directory: The state directory; created (mode 0750) when only its last component is
    ///     missing.
    ///   - now: The host's time, for the name of a damaged file and for pruning.
    ///   - processID: This process's pid, which a second instance is shown.
    ///   - options: The file's limits and format.
    /// - Returns: The ledger with what was stored in it.
    /// - Throws: ``LedgerError/heldByOther(pid:)`` when another instance runs; else an error whose
    ///   ``LedgerError/exitStatus`` is 73.
    package static func open(
        directory: String,
        now: WallTime,
        processID: Int32,
        options: LedgerOptions = LedgerOptions()
    ) throws(LedgerError) -> Opening {
        let paths = LedgerPaths(directory: directory)
        try paths.makeDirectory()
        try paths.checkDirectory()
        let lock = try LockFile(path: paths.lock, processID: processID)
        var aside: String?
        while true {
            do throws(LedgerError) {
                var connection = try LedgerConnection(paths: paths, options: options)
                let snapshot = try connection.opening(now: now, memory: options.budgetMemory)
                let state = LedgerState(
                    paths: paths,
                    options: options,
                    processID: processID,
                    lock: lock,
                    connection: connection,
                    held: LedgerContents(snapshot)
                )
                return Opening(ledger: Ledger(state), snapshot: snapshot, setAside: aside)
            } catch {
                guard error == .corrupt, aside == nil else { throw error }
                aside = try paths.setAside(now: now)
            }
        }
    }

    package func record(_ intent: Intent, now: WallTime) throws(LedgerError) {
        try state.withLock { (state) throws(LedgerError) in
            guard !state.isClosed else { throw .closed }
            let intent = try intent.bounded()
            try state.checkNew(intent)
            try state.commit(intent, now: now)
            state.held.apply(.putIntent(intent))
        }
    }

    package func apply(_ writes: [LedgerWrite], now: WallTime) throws(LedgerError) {
        try state.withLock { (state) throws(LedgerError) in
            guard !state.isClosed else { throw .closed }
            let (changes, refused) = RowChange.bounding(writes)
            state.keep(changes)
            if !state.unsaved.isEmpty || state.isFailing { try state.commit(now: now) }
            if let refused { throw refused }
        }
    }

    package func recall(
        _ key: EpisodeKey,
        now: WallTime
    ) throws(LedgerError) -> Recollection {
        try state.withLock { (state) throws(LedgerError) in
            guard !state.isClosed else { throw .closed }
            return try state.recall(key, now: now)
        }
    }

    package func keepIntents(for memory: Duration) {
        state.withLock { $0.options.budgetMemory = memory }
    }

    package func prune(now: WallTime) throws(LedgerError) -> Bool {
        try state.withLock { (state) throws(LedgerError) in
            guard !state.isClosed else { throw .closed }
            return try state.prune(now)
        }
    }

    package func snapshot() throws(LedgerError) -> LedgerSnapshot {
        try state.withLock { (state) throws(LedgerError) in
            guard !state.isClosed else { throw .closed }
            return try state.contents().snapshot
        }
    }

    package func learn(_ page: LearnedPage, now: WallTime) throws(LedgerError) -> Int {
        try history(now) { (connection, options) throws(LedgerError) in
            try connection?.learn(page, options)
        }
    }

    package func learn(
        _ causes: [AttemptCause],
        of episode: EpisodeKey,
        now: WallTime
    ) throws(LedgerError) {
        try history(now) { (connection, _) throws(LedgerError) in
            try connection?.learn(causes, of: episode)
        }
    }

    package func attempts(
        of execution: ExecutionKey,
        now: WallTime
    ) throws(LedgerError) -> [ActionAttempt] {
        try history(now) { (connection, _) throws(LedgerError) in
            try connection?.attempts(of: execution)
        }
    }

    package func position(
        of pipeline: PipelineKey,
        now: WallTime
    ) throws(LedgerError) -> ImportPosition {
        try history(now) { (connection, _) throws(LedgerError) in
            try connection?.position(of: pipeline)
        }
    }

    package func pastEpisodes(
        _ query: HistoryQuery,
        now: WallTime
    ) throws(LedgerError) -> HistoryAnswer {
        try history(now) { (connection, _) throws(LedgerError) in
            try connection?.pastEpisodes(query)
        }
    }

    package func precedents(
        of question: PrecedentQuestion,
        now: WallTime
    ) throws(LedgerError) -> Precedents {
        try history(now) { (connection, _) throws(LedgerError) in
            try connection?.precedents(of: question)
        }
    }

    package func sums(since day: Int64, now: WallTime) throws(LedgerError) -> [DailySum] {
        try history(now) { (connection, _) throws(LedgerError) in
            try connection?.sums(since: day)
        }
    }

    package func attempts(
        _ query: AttemptQuery,
        now: WallTime
    ) throws(LedgerError) -> AttemptAnswer {
        try history(now) { (connection, _) throws(LedgerError) in
            try connection?.attempts(query)
        }
    }

    package func sums(_ query: SumQuery, now: WallTime) throws(LedgerError) -> SumAnswer {
        try history(now) { (connection, _) throws(LedgerError) in
            try connection?.sums(query)
        }
    }

    private func history<Value: Sendable>(
        _ now: WallTime,
        _ body: @Sendable (inout LedgerConnection?, LedgerOptions) throws(LedgerError) -> Value?
    ) throws(LedgerError) -> Value {
        try state.withLock { (state) throws(LedgerError) in
            guard !state.isClosed else { throw .closed }
            return try state.history(now, body)
        }
    }

    package func takeNotices() -> [LedgerNotice] {
        state.withLock { state in
            defer { state.notices = [] }
            return state.notices
        }
    }

    package func close() {
        state.withLock { $0.close() }
    }
}
