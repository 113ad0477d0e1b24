import RetryCore

/// What ``Ledger`` guards with its lock.
struct LedgerState: Sendable {
    /// Where the files are.
    let paths: LedgerPaths
    /// The file's limits and format.
    let options: LedgerOptions
    /// The own pid.
    let processID: Int32
    /// The lock against a second instance; nil once closed.
    var lock: LockFile?
    /// The open file; nil after an error that leaves it in doubt.
    var connection: LedgerConnection?
    /// All that should be stored.
    var contents: LedgerContents
    /// What of it may not be stored yet, by row.
    var unsaved: [RowKey: RowChange] = [:]
    /// Whether the last write failed.
    var isTroubled = false
    /// The file that was open last.
    var lastIdentity: FileIdentity?
    /// The write-ahead log of that file.
    var lastLog: FileIdentity?
    /// When a damaged file was set aside last.
    var setAsideAt: WallTime?
    /// When old rows were pruned last.
    var prunedAt: WallTime?
    /// What nobody has taken yet.
    var notices: [LedgerNotice] = []
    /// Whether ``close()`` was called.
    var isClosed = false

    /// Takes an opened ledger and prunes it; the deletions go with the first write.
    init(
        paths: LedgerPaths,
        options: LedgerOptions,
        processID: Int32,
        lock: LockFile,
        connection: LedgerConnection,
        contents: LedgerContents,
        now: WallTime
    ) {
        self.paths = paths
        self.options = options
        self.processID = processID
        self.lock = lock
        self.connection = connection
        self.contents = contents
        lastIdentity = connection.identity
        prune(now)
    }

    /// Holds changes until a write brings them to the disk.
    mutating func keep(_ changes: [RowChange]) {
        for change in changes {
            contents.apply(change)
            unsaved[change.key] = change
        }
    }

    /// Takes old rows away when it is time.
    mutating func prune(_ now: WallTime) {
        guard Retention.isDue(last: prunedAt, now: now) else { return }
        prunedAt = now
        keep(contents.prunable(now: now))
    }

    /// Writes what is unsaved, then `changes`, in one transaction.
    mutating func commit(_ changes: [RowChange], now: WallTime) throws(LedgerError) {
        do throws(LedgerError) {
            try commitOnce(changes)
        } catch {
            isTroubled = true
            guard error == .corrupt, maySetAside(now) else { throw error }
            notices.append(.setAside(file: try paths.setAside(now: now)))
            setAsideAt = now
            lastIdentity = nil
            try commitOnce(changes)
        }
        isTroubled = false
        unsaved = [:]
    }

    /// A disk that damages every file would fill up with the damaged ones: one an hour.
    private func maySetAside(_ now: WallTime) -> Bool {
        setAsideAt.map { now < $0 || now - $0 >= .seconds(3600) } ?? true
    }

    /// One try; an error that leaves the connection in doubt closes it.
    private mutating func commitOnce(_ changes: [RowChange]) throws(LedgerError) {
        do throws(LedgerError) {
            try usableConnection().commit(Array(unsaved.values) + changes)
            lastLog = try paths.logIdentity()
        } catch {
            if error.breaksConnection { dropConnection() }
            throw error
        }
    }

    /// The connection, opened anew when it is broken or another file stands at its path.
    mutating func usableConnection() throws(LedgerError) -> LedgerConnection {
        try holdLock()
        if let connection {
            if try paths.databaseIdentity() == connection.identity { return connection }
            dropConnection()
        }
        try removeStaleLog()
        let opened = try LedgerConnection(paths: paths, options: options)
        if let lastIdentity, opened.isFresh || lastIdentity != opened.identity {
            notices.append(opened.isFresh ? .missing : .replaced)
        }
        if opened.isFresh || lastIdentity != opened.identity {
            for change in contents.snapshot.changes where unsaved[change.key] == nil {
                unsaved[change.key] = change
            }
        }
        lastIdentity = opened.identity
        connection = opened
        return opened
    }

    /// Takes away a log that stayed behind when another file took the database's place.
    ///
    /// It would be read into that file and damage it; all that it holds is known here.
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

    /// Closes the connection, whatever it says to that.
    private mutating func dropConnection() {
        guard let old = connection else { return }
        connection = nil
        do throws(LedgerError) {
            try old.close()
        } catch {
            // The error that led here is the one to report; the descriptor goes with `old`.
            return
        }
    }

    /// Ends it; what is unsaved gets a last try.
    mutating func close() {
        guard !isClosed else { return }
        isClosed = true
        if !unsaved.isEmpty {
            do throws(LedgerError) {
                try commitOnce([])
            } catch {
                // Every failure before it was reported; a shutdown has nobody to report to.
                isTroubled = true
            }
        }
        dropConnection()
        lock = nil
    }
}
