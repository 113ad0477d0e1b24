import Primitives

/// Where the ledger's files are.
struct LedgerPaths: Hashable, Sendable {
    /// The state directory.
    var directory: String

    /// The database.
    var database: String { directory + "/ledger.sqlite" }
    /// The database's write-ahead log.
    private var log: String { database + "-wal" }
    /// The lock, which also holds the pid of its holder.
    var lock: String { directory + "/ledger.lock" }

    /// Makes the directory when only it is missing.
    /// - Throws: ``LedgerError/cannotCreate(path:errno:)``.
    func makeDirectory() throws(LedgerError) {
        do throws(PosixError) {
            _ = try PosixFile.makeDirectory(directory)
        } catch {
            throw .cannotCreate(path: directory, errno: error.errno)
        }
    }

    /// Refuses a directory in which another user may put what they like in the ledger's place: one
    /// that is theirs, or that takes files from everyone, sticky or not.
    ///
    /// A link to a directory is followed: `DynamicUser=` makes one.
    /// - Throws: ``LedgerError/unsafe(path:why:)``, ``LedgerError/cannotCreate(path:errno:)``.
    func checkDirectory() throws(LedgerError) {
        var why: String?
        do throws(PosixError) {
            if try PosixFile.isOfAnotherUser(directory) {
                why = "it belongs to another user"
            } else if try PosixFile.isWritableByOthers(directory) {
                why = "any user may write in it"
            }
        } catch {
            throw .cannotCreate(path: directory, errno: error.errno)
        }
        if let why { throw .unsafe(path: directory, why: why) }
    }

    /// Refuses symbolic links in the place of the database and its log: SQLite would follow them.
    /// - Throws: ``LedgerError/unsafe(path:why:)``, ``LedgerError/cannotCreate(path:errno:)``.
    func refuseLinks() throws(LedgerError) {
        for path in [database, log] {
            do throws(PosixError) {
                guard try PosixFile.isLink(path) else { continue }
            } catch {
                throw .cannotCreate(path: path, errno: error.errno)
            }
            throw .unsafe(path: path, why: "it is a symbolic link")
        }
    }

    /// Which file stands at the database's path; nil when there is none.
    /// - Throws: ``LedgerError/cannotCreate(path:errno:)`` when it cannot be told.
    func databaseIdentity() throws(LedgerError) -> FileIdentity? {
        do throws(PosixError) {
            return try PosixFile.identity(database)
        } catch {
            throw .cannotCreate(path: database, errno: error.errno)
        }
    }

    /// Which file stands at the path of the write-ahead log; nil when there is none.
    /// - Throws: ``LedgerError/cannotCreate(path:errno:)`` when it cannot be told.
    func logIdentity() throws(LedgerError) -> FileIdentity? {
        do throws(PosixError) {
            return try PosixFile.identity(log)
        } catch {
            throw .cannotCreate(path: log, errno: error.errno)
        }
    }

    /// Takes the write-ahead log away.
    /// - Throws: ``LedgerError/cannotCreate(path:errno:)``.
    func removeLog() throws(LedgerError) {
        do throws(PosixError) {
            try PosixFile.remove(log)
        } catch {
            throw .cannotCreate(path: log, errno: error.errno)
        }
    }

    /// Makes an empty database file with its name durable, when there is none.
    /// - Throws: ``LedgerError/cannotCreate(path:errno:)``.
    func makeDatabaseFile() throws(LedgerError) {
        do throws(PosixError) {
            try PosixFile.makeFile(database)
            try PosixFile.syncDirectory(directory)
        } catch {
            throw .cannotCreate(path: database, errno: error.errno)
        }
    }

    /// Gives the damaged database and its companions names that nothing has yet.
    ///
    /// The connection is closed before, and SQLite then folds the log into the damaged file where
    /// it can. The database moves first: SQLite deletes a `-wal` that a crash leaves without it.
    /// - Returns: the new file name, without the directory.
    func setAside(now: WallTime) throws(LedgerError) -> String {
        let stamp = String(now.rfc3339.prefix(19).filter { $0 != "-" && $0 != ":" }) + "Z"
        do throws(PosixError) {
            for number in 1...100 {
                let name =
                    "ledger.sqlite.corrupt-\(stamp)" + (number == 1 ? "" : "-\(number)")
                let target = "\(directory)/\(name)"
                guard try PosixFile.identity(target) == nil else { continue }
                for suffix in ["", "-wal", "-shm"] {
                    _ = try PosixFile.move(database + suffix, to: target + suffix)
                }
                try PosixFile.syncDirectory(directory)
                return name
            }
        } catch {
            throw .cannotCreate(path: database, errno: error.errno)
        }
        throw .corrupt
    }
}
