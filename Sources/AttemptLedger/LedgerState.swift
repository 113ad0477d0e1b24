import Primitives
import RetryCore

/// The state that ``Ledger`` guards with its lock.
struct LedgerState: ~Copyable {
    /// Where the files are.
    let paths: LedgerPaths
    /// The file's limits and format.
    var options: LedgerOptions
    /// The own pid.
    let processID: Int32
    /// The lock against a second instance; nil once closed.
    var lock: LockFile?
    /// The open file; nil after an error that leaves its state uncertain.
    var connection: LedgerConnection?
    /// The open rows: all that a new file must have when this one is lost.
    var held: LedgerContents
    /// Changes that may not be stored yet, by row.
    var unsaved: [RowKey: RowChange] = [:]
    /// Whether the last write failed.
    var isFailing = false
    /// The file that was open last.
    var lastIdentity: FileIdentity?
    /// The write-ahead log of that file.
    var lastLog: FileIdentity?
    /// When a damaged file was set aside last.
    var setAsideAt: WallTime?
    /// When the last pass over old rows began.
    var prunedAt: WallTime?
    /// The pass over old rows that is not over.
    var pass: PruningPass?
    /// Notices that were not taken yet.
    var notices: [LedgerNotice] = []
    /// Whether ``close()`` was called.
    var isClosed = false

    /// Takes an opened ledger.
    init(
        paths: LedgerPaths,
        options: LedgerOptions,
        processID: Int32,
        lock: LockFile,
        connection: consuming LedgerConnection,
        held: LedgerContents
    ) {
        lastIdentity = connection.identity
        self.paths = paths
        self.options = options
        self.processID = processID
        self.lock = lock
        self.connection = consume connection
        self.held = held
    }

    /// Keeps changes in memory until a write stores them.
    mutating func keep(_ changes: [RowChange]) {
        for change in changes {
            // An end that waits for the disk is as final as one that is on it.
            if case .episode(let key) = change.key, unsavedEnd(key) != nil { continue }
            held.applyOpen(change)
            unsaved[change.key] = change
        }
    }

    /// Writes the unsaved changes, then a new intent, in one transaction; an intent that the file
    /// refuses is no failure of the disk.
    mutating func commit(_ intent: Intent? = nil, now: WallTime) throws(LedgerError) {
        do throws(LedgerError) {
            try commitOnce(intent)
        } catch {
            if error.isOfIntent { throw error }
            isFailing = true
            guard error == .corrupt, maySetAside(now) else { throw error }
            try setAside(now)
            try commitOnce(intent)
        }
        isFailing = false
        unsaved = [:]
    }

    /// Refuses an intent whose number is taken, or whose episode has ended, as far as the rows in
    /// memory tell.
    func checkNew(_ intent: Intent) throws(LedgerError) {
        guard unsavedEnd(intent.episode) == nil else { throw .episodeEnded }
        try held.checkNew(intent)
    }

    /// The outcome of an episode whose end is not on disk yet.
    private func unsavedEnd(_ key: EpisodeKey) -> Outcome? {
        guard case .putEpisode(let record)? = unsaved[.episode(key)] else { return nil }
        return record.outcome
    }

    private mutating func setAside(_ now: WallTime) throws(LedgerError) {
        notices.append(.setAside(file: try paths.setAside(now: now)))
        setAsideAt = now
        lastIdentity = nil
    }

    /// A disk that damages every file would fill up with the damaged ones: one an hour.
    private func maySetAside(_ now: WallTime) -> Bool {
        setAsideAt.map { now < $0 || now - $0 >= .seconds(3600) } ?? true
    }

    /// One attempt; an error that leaves the connection's state uncertain closes it.
    private mutating func commitOnce(_ intent: Intent? = nil) throws(LedgerError) {
        do throws(LedgerError) {
            try restoreConnection()
            var changes = unsaved.values.sorted { $0.order < $1.order }
            if let intent {
                try connection?.checkNew(intent)
                changes.append(.putIntent(intent))
            }
            try connection?.commit(changes)
            lastLog = try paths.logIdentity()
        } catch {
            if error.breaksConnection { connection = nil }
            throw error
        }
    }

    /// The record of an episode.
    mutating func recall(_ key: EpisodeKey, now: WallTime) throws(LedgerError) -> Recollection {
        let known = held.recall(key)
        if known != .new { return known }
        if let outcome = unsavedEnd(key) { return .ended(outcome) }
        do throws(LedgerError) {
            return try stored(key)
        } catch {
            try replaceDamaged(after: error, now)
            return try stored(key)
        }
    }

    /// The record of an episode in the file.
    private mutating func stored(_ key: EpisodeKey) throws(LedgerError) -> Recollection {
        try restoreConnection()
        guard let found = try connection?.recall(key) else { throw .closed }
        return found
    }

    /// Does work on attempts; an error is the caller's, and only a damaged file concerns the rest.
    mutating func history<Value>(
        _ now: WallTime,
        _ body: (inout LedgerConnection?, LedgerOptions) throws(LedgerError) -> Value?
    ) throws(LedgerError) -> Value {
        do throws(LedgerError) {
            try restoreConnection()
            guard let found = try body(&connection, options) else { throw .closed }
            return found
        } catch {
            try replaceDamaged(after: error, now)
            throw error
        }
    }

    /// Everything in the file, and what failed writes hold back.
    mutating func contents() throws(LedgerError) -> LedgerContents {
        try restoreConnection()
        guard let found = try connection?.snapshot() else { throw .closed }
        var contents = LedgerContents(found)
        for change in unsaved.values { contents.apply(change) }
        return contents
    }

    /// Does one step of taking old rows away; false when nothing is to be done for a while.
    mutating func prune(_ now: WallTime) throws(LedgerError) -> Bool {
        do throws(LedgerError) {
            if pass == nil { try beginPass(now) }
            guard var current = pass else { return false }
            pass = nil
            guard try connection?.prune(&current, options) ?? false else { return false }
            pass = current
            return true
        } catch {
            try replaceDamaged(after: error, now)
            return false
        }
    }

    /// A damaged page means that the file is damaged.
    ///
    /// Such a file is set aside, and the open rows go into a new one with the next write. Any other
    /// error is rethrown.
    private mutating func replaceDamaged(
        after error: LedgerError,
        _ now: WallTime
    ) throws(LedgerError) {
        if error.breaksConnection { connection = nil }
        guard error == .corrupt, maySetAside(now) else { throw error }
        try setAside(now)
    }

    /// Begins a pass when it is time: old pauses go with the next write, the rest in steps.
    private mutating func beginPass(_ now: WallTime) throws(LedgerError) {
        // A full file accepts writes again once its oldest rows are deleted.
        guard isFailing || Retention.isDue(last: prunedAt, now: now), connection != nil else {
            return
        }
        prunedAt = now
        guard let newest = try connection?.newestTime() else { return }
        let limits = RetentionLimits(
            now: now,
            newestRow: newest,
            budgetMemory: options.budgetMemory
        )
        let old = held.snapshot.pauses.filter { $0.isOld(limits) }
        keep(old.map { .deletePause($0.scope) })
        pass = PruningPass(limits: limits)
    }

    /// Opens the file again when the connection is broken or another file is at its path.
    private mutating func restoreConnection() throws(LedgerError) {
        try holdLock()
        if let identity = connection?.identity {
            if try paths.databaseIdentity() == identity { return }
            connection = nil
        }
        try removeStaleLog()
        let opened = try LedgerConnection(paths: paths, options: options)
        let (identity, isFresh) = (opened.identity, opened.isFresh)
        if let lastIdentity, isFresh || lastIdentity != identity {
            notices.append(isFresh ? .missing : .replaced)
        }
        if isFresh || lastIdentity != identity {
            for change in held.snapshot.changes where unsaved[change.key] == nil {
                unsaved[change.key] = change
            }
        }
        lastIdentity = identity
        connection = consume opened
        pass = nil
    }

    /// Removes a log that stayed behind when another file replaced the database.
    ///
    /// SQLite would apply it to that file and damage it; all its content is in memory.
    private func removeStaleLog() throws(LedgerError) {
        guard let lastIdentity, let lastLog, try paths.databaseIdentity() != lastIdentity,
            try paths.logIdentity() == lastLog
        else { return }
        try paths.removeLog()
    }

    /// Takes the lock again when its file was removed or replaced.
    private mutating func holdLock() throws(LedgerError) {
        if try lock?.stillHolds() ?? false { return }
        lock = nil
        try paths.makeDirectory()
        lock = try LockFile(path: paths.lock, processID: processID)
    }

    /// Closes it; unsaved changes get a last attempt.
    mutating func close() {
        guard !isClosed else { return }
        isClosed = true
        if !unsaved.isEmpty {
            do throws(LedgerError) {
                try commitOnce()
            } catch {
                // Every earlier failure was reported; at shutdown there is no one to report to.
                isFailing = true
            }
        }
        connection = nil
        lock = nil
    }
}
