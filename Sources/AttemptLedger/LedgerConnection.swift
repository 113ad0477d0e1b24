import GRDB
import RetryCore

/// One open database file.
///
/// It is held in exclusive locking mode: then the index of the write-ahead log is in memory and no
/// `-shm` file is created, so the ledger can be read even when the disk is full, and no other
/// program can write into it.
struct LedgerConnection: Sendable {
    /// GRDB's serial access to the one connection.
    private let queue: DatabaseQueue
    /// The file that was opened.
    let identity: FileIdentity
    /// Whether the file was empty or missing.
    let isFresh: Bool

    /// Opens the file, checks it and brings it to the newest version.
    /// - Throws: ``LedgerError/corrupt`` for a damaged file, ``LedgerError/newer(version:known:)``
    ///   and ``LedgerError/notALedger`` for one that must not be touched.
    init(paths: LedgerPaths, options: LedgerOptions) throws(LedgerError) {
        try paths.refuseLinks()
        let known = try paths.databaseIdentity()
        isFresh = (known?.size ?? 0) == 0
        if known == nil { try paths.makeDatabaseFile() }
        var configuration = GRDB.Configuration()
        configuration.label = "ledger"
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(2)
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA locking_mode = EXCLUSIVE")
            try db.execute(sql: "PRAGMA trusted_schema = OFF")
        }
        let opened = try LedgerError.translating {
            try DatabaseQueue(path: paths.database, configuration: configuration)
        }
        queue = opened
        guard let identity = try paths.databaseIdentity() else {
            throw .other(code: 14, message: "the file vanished while it was opened")
        }
        self.identity = identity
        try LedgerError.translating {
            try opened.writeWithoutTransaction { db in
                try Self.prepare(db, options)
            }
        }
    }

    /// Checks the file before anything is written to it, then sets the connection up.
    private static func prepare(_ db: Database, _ options: LedgerOptions) throws {
        let steps = options.steps
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        let owner = try Int64.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let objects = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        guard owner == Schema.applicationID || (owner == 0 && version == 0 && objects == 0) else {
            throw LedgerError.notALedger
        }
        guard version <= steps.count else {
            throw LedgerError.newer(version: version, known: steps.count)
        }
        // It reads every page, so a large file is believed until a page of it is needed.
        let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
        if pages <= options.checkedPages {
            let findings = try String.fetchAll(db, sql: "PRAGMA quick_check(1)")
            guard findings == ["ok"] else { throw LedgerError.corrupt }
        }
        let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
        // A file system that cannot do WAL keeps the rollback journal, whose deletion is only
        // durable with EXTRA.
        try db.execute(sql: "PRAGMA synchronous = \(mode == "wal" ? "FULL" : "EXTRA")")
        // Half a megabyte of log at most: SQLite's own limit of four would fill a small disk before
        // the first checkpoint, which then has no room to write.
        try db.execute(sql: "PRAGMA wal_autocheckpoint = 128")
        try db.execute(sql: "PRAGMA journal_size_limit = 524288")
        try db.execute(sql: "PRAGMA max_page_count = \(options.maximumPages)")
        try db.execute(sql: "PRAGMA cache_size = \(-options.cacheKibibytes)")
        // Sorting a large table for a new index needs room that memory may not have.
        try db.execute(sql: "PRAGMA temp_store = FILE")
        try migrate(db, from: version, steps: steps)
        try db.execute(sql: "PRAGMA temp_store = MEMORY")
    }

    /// Runs the migrations that the file lacks, each in one transaction.
    private static func migrate(_ db: Database, from version: Int, steps: [[String]]) throws {
        for (index, statements) in steps.enumerated() where index >= version {
            try db.inTransaction(.immediate) {
                for sql in statements { try db.execute(sql: sql) }
                try db.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
                try db.execute(sql: "PRAGMA user_version = \(index + 1)")
                return .commit
            }
        }
    }

    /// Writes changes in one transaction; returns when they are on disk.
    func commit(_ changes: [RowChange]) throws(LedgerError) {
        try LedgerError.translating {
            try queue.writeWithoutTransaction { db in
                try db.inTransaction(.immediate) {
                    // Without a change the version is written again, which tries the disk.
                    if changes.isEmpty {
                        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
                        try db.execute(sql: "PRAGMA user_version = \(version)")
                    }
                    for change in changes { try change.write(db) }
                    return .commit
                }
            }
        }
    }

    /// Runs a body that only reads, in one transaction.
    func read<Value>(_ body: (Database) throws -> Value) throws(LedgerError) -> Value {
        try LedgerError.translating { try queue.read(body) }
    }

    /// Runs a body that writes, in one transaction.
    func write<Value>(_ body: (Database) throws -> Value) throws(LedgerError) -> Value {
        try LedgerError.translating { try queue.write(body) }
    }

    /// Closes the file.
    /// - Throws: when SQLite refuses; the connection ends all the same with its last reference.
    func close() throws(LedgerError) {
        try LedgerError.translating { try queue.close() }
    }
}

extension LedgerError {
    /// Runs a body and turns GRDB's errors into ours.
    static func translating<Value>(
        _ body: () throws -> Value
    ) throws(LedgerError) -> Value {
        do {
            return try body()
        } catch let error as LedgerError {
            throw error
        } catch let error as DatabaseError {
            throw LedgerError(error)
        } catch {
            throw .other(code: 1, message: "\(type(of: error))")
        }
    }

    /// Takes SQLite's error; without its SQL and values.
    private init(_ error: DatabaseError) {
        switch error.resultCode {
        case .SQLITE_FULL: self = .full
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM: self = .readOnly
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .corrupt
        default:
            self = .other(
                code: error.extendedResultCode.rawValue,
                message: error.message ?? error.extendedResultCode.description
            )
        }
    }
}
