import Primitives

/// Where the ledger's files are.
struct LedgerPaths: Hashable, Sendable {
    /// The state directory.
    var directory: String

    /// The database.
    var database: String { directory + "/ledger.sqlite" }
    /// The database's write-ahead log.
    private var log: String { database + "-wal" }
    /// The lock, which also contains the pid of its holder.
    var lock: String { directory + "/ledger.lock" }

    /// Creates the directory when only its last component is missing.
    /// - Throws: ``LedgerError/cannotCreate(path:errno:)``.
    func makeDirectory() throws(LedgerError) {
        do throws(PosixError) {
            _ = try PosixFile.makeDirectory(directory)
        } catch {
            throw .cannotCreate(path: directory, errno: error.errno)
        }
    }

    /// Refuses a directory in which another user could replace the ledger: one that they own, or
    /// that everyone may write to, sticky or not.
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

    /// Refuses symbolic links at the paths of the database and its log: SQLite would follow them.
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

    /// The file at the database's path; nil when there is none.
    /// - Throws: ``LedgerError/cannotCreate(path:errno:)`` when that cannot be determined.
    func databaseIdentity() throws(LedgerError) -> FileIdentity? {
        do throws(PosixError) {
            return try PosixFile.identity(database)
        } catch {
            throw .cannotCreate(path: database, errno: error.errno)
        }
    }

    /// The file at the path of the write-ahead log; nil when there is none.
    /// - Throws: ``LedgerError/cannotCreate(path:errno:)`` when that cannot be determined.
    func logIdentity() throws(LedgerError) -> FileIdentity? {
        do throws(PosixError) {
            return try PosixFile.identity(log)
        } catch {
            throw .cannotCreate(path: log, errno: error.errno)
        }
    }

    /// Removes the write-ahead log.
    /// - Throws: ``LedgerError/cannotCreate(path:errno:)``.
    func removeLog() throws(LedgerError) {
        do throws(PosixError) {
            try PosixFile.remove(log)
        } catch {
            throw .cannotCreate(path: log, errno: error.errno)
        }
    }

    /// Creates an empty database file, with a durable name, when there is none.
    /// - Throws: ``LedgerError/cannotCreate(path:errno:)``.
    func makeDatabaseFile() throws(LedgerError) {
        do throws(PosixError) {
            try PosixFile.makeFile(database)
            try PosixFile.syncDirectory(directory)
        } catch {
            throw .cannotCreate(path: database, errno: error.errno)
        }
    }

    /// Renames the damaged database and its companions to unused names.
    ///
    /// The connection is closed before, and SQLite then merges the log into the damaged file if it
    /// can. The database moves first: SQLite deletes a `-wal` that a crash leaves without its
    /// database.
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
