import CSQLite

/// A compiled statement; it belongs to one ``SQLiteDatabase``, which uses it alone.
///
/// It is safe: the pointer never leaves the object and lives as long.
@safe
final class SQLiteStatement {
    /// The SQL.
    let text: String
    private let pointer: OpaquePointer

    /// Compiles one statement.
    /// - Throws: an error with ``SQLiteError/isMisfit`` when it names what the tables lack.
    init(_ query: SQLiteQuery, in database: OpaquePointer) throws(SQLiteError) {
        var text = query.text
        var made: OpaquePointer?
        var length = 0
        let flags = query.isKept ? UInt32(SQLITE_PREPARE_PERSISTENT) : 0
        let code = text.withUTF8 { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) { characters in
                var rest: UnsafePointer<CChar>?
                let code = unsafe sqlite3_prepare_v3(
                    database,
                    characters.baseAddress,
                    Int32(characters.count),
                    flags,
                    &made,
                    &rest
                )
                if let start = characters.baseAddress, let rest = unsafe rest {
                    length = unsafe start.distance(to: rest)
                }
                return code
            }
        }
        guard code == SQLITE_OK, let pointer = unsafe made else {
            var error = unsafe SQLiteError(code, of: database, statement: query.text)
            error.isMisfit = code == SQLITE_ERROR
            throw error
        }
        self.text = query.text
        unsafe self.pointer = pointer
        precondition(length == text.utf8.count, "one statement at a time: \(query.text)")
    }

    deinit {
        unsafe sqlite3_finalize(pointer)
    }

    /// Runs on to the next row; false when there is none.
    func step() throws(SQLiteError) -> Bool {
        let code = unsafe sqlite3_step(pointer)
        if code == SQLITE_ROW { return true }
        try check(code == SQLITE_DONE ? SQLITE_OK : code)
        return false
    }

    /// Makes it ready for the next time, without a value.
    func reset() {
        // It answers the error of the last step, which was thrown there.
        unsafe sqlite3_reset(pointer)
        unsafe sqlite3_clear_bindings(pointer)
    }

    /// How many values it takes.
    var parameterCount: Int32 { unsafe sqlite3_bind_parameter_count(pointer) }

    /// How many columns its rows have.
    var columnCount: Int32 { unsafe sqlite3_column_count(pointer) }

    func bind(integer: Int64, at index: Int32) throws(SQLiteError) {
        try check(unsafe sqlite3_bind_int64(pointer, index, integer))
    }

    func bind(text: String, at index: Int32) throws(SQLiteError) {
        var text = text
        try check(
            text.withUTF8 { bytes in
                unsafe bytes.withMemoryRebound(to: CChar.self) { characters in
                    unsafe retryd_sqlite_bind_text(
                        pointer,
                        index,
                        characters.baseAddress,
                        characters.count
                    )
                }
            }
        )
    }

    func bindNull(at index: Int32) throws(SQLiteError) {
        try check(unsafe sqlite3_bind_null(pointer, index))
    }

    /// Whether a column of the row is NULL.
    func isNull(_ column: Int32) -> Bool {
        unsafe sqlite3_column_type(pointer, column) == SQLITE_NULL
    }

    func integer(_ column: Int32) throws(SQLiteError) -> Int64 {
        guard unsafe sqlite3_column_type(pointer, column) == SQLITE_INTEGER else {
            throw SQLiteError(damaged: text)
        }
        return unsafe sqlite3_column_int64(pointer, column)
    }

    func text(_ column: Int32) throws(SQLiteError) -> String {
        guard unsafe sqlite3_column_type(pointer, column) == SQLITE_TEXT else {
            throw SQLiteError(damaged: text)
        }
        guard let start = unsafe sqlite3_column_text(pointer, column) else {
            throw unsafe SQLiteError(SQLITE_NOMEM, of: nil, statement: text)
        }
        let count = Int(unsafe sqlite3_column_bytes(pointer, column))
        let bytes = unsafe UnsafeBufferPointer(start: start, count: count)
        guard let value = unsafe String(validating: bytes, as: UTF8.self) else {
            throw SQLiteError(damaged: text)
        }
        return value
    }

    private func check(_ code: Int32) throws(SQLiteError) {
        guard code == SQLITE_OK else {
            throw unsafe SQLiteError(code, of: sqlite3_db_handle(pointer), statement: text)
        }
    }
}
