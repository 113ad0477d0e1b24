import CSQLite
import RetryCore

/// One open database file.
///
/// It is held in exclusive locking mode: then the index of the write-ahead log is in memory and no
/// `-shm` file is created, so the ledger can be read even when the disk is full, and no other
/// program can write into it. The file is closed at the end of its only owner.
struct LedgerConnection: ~Copyable {
    private var database: SQLiteDatabase
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
        if known == nil { try paths.makeDatabaseFile() }
        var opened = try LedgerError.translating { () throws(SQLiteError) in
            try SQLiteDatabase(path: paths.database, patience: 2000)
        }
        guard let identity = try paths.databaseIdentity() else {
            throw .other(code: SQLITE_CANTOPEN, message: "the file vanished while it was opened")
        }
        try Self.prepare(&opened, options)
        self.identity = identity
        isFresh = (known?.size ?? 0) == 0
        database = opened
    }

    /// Checks the file, sets the connection up and runs the missing migrations.
    private static func prepare(
        _ database: inout SQLiteDatabase,
        _ options: LedgerOptions
    ) throws(LedgerError) {
        let steps = options.steps
        let header = try LedgerError.translating { () throws(SQLiteError) in
            try database.run(.once("PRAGMA locking_mode = EXCLUSIVE"))
            try database.run(.once("PRAGMA trusted_schema = OFF"))
            return try FileHeader(reading: &database)
        }
        let isNew = header.owner == 0 && header.version == 0 && header.objects == 0
        guard header.owner == Schema.applicationID || isNew else { throw .notALedger }
        guard header.version <= steps.count else {
            throw .newer(version: header.version, known: steps.count)
        }
        // It reads every page, so a large file is believed until a page of it is needed.
        if header.pages <= options.checkedPages {
            let isSound = try LedgerError.translating { () throws(SQLiteError) in
                try database.rows(String.self, .once("PRAGMA quick_check(1)")) == ["ok"]
            }
            guard isSound else { throw .corrupt }
        }
        try LedgerError.translating { () throws(SQLiteError) in
            try configure(&database, options)
            // Sorting a large table for a new index needs room that memory may not have.
            try database.run(.once("PRAGMA temp_store = FILE"))
            try migrate(&database, from: header.version, steps: steps)
            try database.run(.once("PRAGMA temp_store = MEMORY"))
        }
    }

    /// Sets how the connection writes and how much memory it takes.
    private static func configure(
        _ database: inout SQLiteDatabase,
        _ options: LedgerOptions
    ) throws(SQLiteError) {
        let mode = try database.first(String.self, .once("PRAGMA journal_mode = WAL"))
        // A file system that cannot do WAL keeps the rollback journal, whose deletion is only
        // durable with EXTRA.
        try database.run(.once("PRAGMA synchronous = \(mode == "wal" ? "FULL" : "EXTRA")"))
        // Half a megabyte of log at most: SQLite's own limit of four would fill a small disk before
        // the first checkpoint, which then has no room to write.
        try database.run(.once("PRAGMA wal_autocheckpoint = 128"))
        try database.run(.once("PRAGMA journal_size_limit = 524288"))
        try database.run(.once("PRAGMA max_page_count = \(options.maximumPages)"))
        try database.run(.once("PRAGMA cache_size = \(-options.cacheKibibytes)"))
    }

    /// Runs the migrations that the file lacks, each in one transaction.
    private static func migrate(
        _ database: inout SQLiteDatabase,
        from version: Int,
        steps: [[String]]
    ) throws(SQLiteError) {
        for (index, statements) in steps.enumerated() where index >= version {
            try database.transaction(.immediate) { (database) throws(SQLiteError) in
                for sql in statements { try database.run(.once(sql)) }
                try database.run(.once("PRAGMA application_id = \(Schema.applicationID)"))
                try database.run(.once("PRAGMA user_version = \(index + 1)"))
            }
        }
    }

    /// Writes changes in one transaction; returns when they are on disk.
    mutating func commit(_ changes: [RowChange]) throws(LedgerError) {
        try write { (database) throws(SQLiteError) in
            // Without a change the version is written again, which tries the disk.
            if changes.isEmpty {
                let version = try database.first(Int.self, "PRAGMA user_version") ?? 0
                try database.run(.once("PRAGMA user_version = \(version)"))
            }
            for change in changes { try change.write(&database) }
        }
    }

    /// Runs a body that only reads, in one transaction.
    mutating func read<Value>(
        _ body: (inout SQLiteDatabase) throws(SQLiteError) -> Value
    ) throws(LedgerError) -> Value {
        try LedgerError.translating(isOfRows: true) { () throws(SQLiteError) in
            try database.transaction(.deferred, body)
        }
    }

    /// Runs a body that writes, in one transaction.
    mutating func write<Value>(
        _ body: (inout SQLiteDatabase) throws(SQLiteError) -> Value
    ) throws(LedgerError) -> Value {
        try LedgerError.translating(isOfRows: true) { () throws(SQLiteError) in
            try database.transaction(.immediate, body)
        }
    }
}

/// What tells whose file it is.
private struct FileHeader {
    let version: Int
    let owner: Int64
    let objects: Int
    let pages: Int

    init(reading database: inout SQLiteDatabase) throws(SQLiteError) {
        version = try database.first(Int.self, .once("PRAGMA user_version")) ?? 0
        owner = try database.first(Int64.self, .once("PRAGMA application_id")) ?? 0
        objects = try database.first(Int.self, .once("SELECT count(*) FROM sqlite_master")) ?? 0
        pages = try database.first(Int.self, .once("PRAGMA page_count")) ?? 0
    }
}

extension LedgerError {
    /// Runs a body and turns SQLite's errors into ours.
    ///
    /// Every statement on rows fits the tables of the newest version. If one does not, the schema
    /// is not what this program wrote.
    fileprivate static func translating<Value: ~Copyable>(
        isOfRows: Bool = false,
        _ body: () throws(SQLiteError) -> Value
    ) throws(LedgerError) -> Value {
        do throws(SQLiteError) {
            return try body()
        } catch {
            throw isOfRows && error.isMisfit ? .corrupt : LedgerError(error)
        }
    }

    /// Takes SQLite's error, without its SQL.
    private init(_ error: SQLiteError) {
        switch error.plainCode {
        case SQLITE_FULL: self = .full
        case SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM: self = .readOnly
        case SQLITE_CORRUPT, SQLITE_NOTADB: self = .corrupt
        default: self = .other(code: error.code, message: error.message)
        }
    }
}
