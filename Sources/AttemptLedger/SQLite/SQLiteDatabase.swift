import CSQLite

/// One open database file, which is closed at the end of its only owner.
///
/// Who has it for writing (`inout`) has it alone, so a row or a statement cannot be in use when the
/// next one begins. It is safe: the pointer never leaves the value and lives as long.
@safe
struct SQLiteDatabase: ~Copyable {
    private let handle: OpaquePointer
    /// The compiled statements by their text.
    private var kept: [String: SQLiteStatement] = [:]

    /// How a transaction begins.
    enum Transaction {
        /// Takes a lock when the first statement needs it.
        case deferred
        /// Takes the lock for writing at once.
        case immediate

        fileprivate var begin: SQLiteQuery {
            switch self {
            case .deferred: "BEGIN DEFERRED"
            case .immediate: "BEGIN IMMEDIATE"
            }
        }
    }

    /// Opens a file that exists, for reading and writing; a lock of another program is waited for
    /// so many milliseconds.
    init(path: String, patience: Int32) throws(SQLiteError) {
        var opened: OpaquePointer?
        // The owner is the only user, so SQLite needs no lock of its own around each call.
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        var code = unsafe sqlite3_open_v2(path, &opened, flags, nil)
        if code == SQLITE_OK { code = unsafe retryd_sqlite_refuse_quoted_texts(opened) }
        if code == SQLITE_OK { code = unsafe sqlite3_busy_timeout(opened, patience) }
        guard code == SQLITE_OK, let handle = unsafe opened else {
            let error = unsafe SQLiteError(code, of: opened)
            // A file that could not be opened has a handle all the same.
            unsafe sqlite3_close_v2(opened)
            throw error
        }
        unsafe self.handle = handle
    }

    deinit {
        // It ends with the last statement, which ends with this value.
        unsafe sqlite3_close_v2(handle)
    }

    /// Runs a statement to its end.
    mutating func run<each Value: Storable>(
        _ query: SQLiteQuery,
        _ values: repeat each Value
    ) throws(SQLiteError) {
        let statement = try statement(query)
        defer { statement.reset() }
        try bind(repeat each values, to: statement)
        while try statement.step() {}
    }

    /// Hands each row of a query to a body.
    mutating func forEachRow<each Value: Storable>(
        _ query: SQLiteQuery,
        _ values: repeat each Value,
        body: (inout SQLiteRow) throws(SQLiteError) -> Void
    ) throws(SQLiteError) {
        let statement = try statement(query)
        defer { statement.reset() }
        try bind(repeat each values, to: statement)
        while try statement.step() {
            var row = SQLiteRow(of: statement)
            try body(&row)
            row.finish()
        }
    }

    /// All rows of a query.
    mutating func rows<Element: Storable, each Value: Storable>(
        _ type: Element.Type,
        _ query: SQLiteQuery,
        _ values: repeat each Value
    ) throws(SQLiteError) -> [Element] {
        var elements: [Element] = []
        try forEachRow(query, repeat each values) { (row) throws(SQLiteError) in
            elements.append(try row.next())
        }
        return elements
    }

    /// The first row of a query; nil without rows.
    mutating func first<Element: Storable, each Value: Storable>(
        _ type: Element.Type,
        _ query: SQLiteQuery,
        _ values: repeat each Value
    ) throws(SQLiteError) -> Element? {
        let statement = try statement(query)
        defer { statement.reset() }
        try bind(repeat each values, to: statement)
        guard try statement.step() else { return nil }
        var row = SQLiteRow(of: statement)
        let element: Element = try row.next()
        row.finish()
        return element
    }

    /// Runs a body in one transaction: all of it is stored, or with an error none.
    mutating func transaction<Result>(
        _ kind: Transaction,
        _ body: (inout SQLiteDatabase) throws(SQLiteError) -> Result
    ) throws(SQLiteError) -> Result {
        try run(kind.begin)
        do throws(SQLiteError) {
            let result = try body(&self)
            try run("COMMIT")
            return result
        } catch {
            rollBack()
            throw error
        }
    }

    /// Gives up the open transaction, if SQLite did not do it by itself.
    private mutating func rollBack() {
        guard unsafe sqlite3_get_autocommit(handle) == 0 else { return }
        do throws(SQLiteError) {
            try run("ROLLBACK")
        } catch {
            // The first error is the one to report. The next transaction then fails at its start.
            return
        }
    }

    /// The compiled statement, kept or new.
    private mutating func statement(_ query: SQLiteQuery) throws(SQLiteError) -> SQLiteStatement {
        if query.isKept, let known = kept[query.text] { return known }
        let made = unsafe try SQLiteStatement(query, in: handle)
        if query.isKept { kept[query.text] = made }
        return made
    }

    private func bind<each Value: Storable>(
        _ values: repeat each Value,
        to statement: SQLiteStatement
    ) throws(SQLiteError) {
        var parameters = SQLiteParameters(of: statement)
        repeat try (each values).bind(to: &parameters)
        parameters.finish()
    }
}
