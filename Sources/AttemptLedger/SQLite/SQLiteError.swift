import CSQLite

/// What SQLite answered instead of doing its work.
struct SQLiteError: Error, Hashable, Sendable {
    /// The extended result code (https://www.sqlite.org/rescode.html).
    let code: Int32
    /// SQLite's text, such as "database disk image is malformed".
    let message: String
    /// The SQL that failed, without its values; nil when it was no statement.
    let statement: String?
    /// Whether the statement does not fit the tables of the file: it names what they lack.
    var isMisfit = false

    /// The plain result code, of which the extended one is a kind.
    var plainCode: Int32 { code & 0xff }

    /// An error of a database's last call.
    init(_ code: Int32, of database: OpaquePointer?, statement: String? = nil) {
        self.code = code
        message = unsafe sqlite3_errmsg(database).map { unsafe String(cString: $0) } ?? ""
        self.statement = statement
    }

    /// A value that the program never wrote: the file is damaged.
    init(damaged statement: String) {
        code = SQLITE_CORRUPT
        message = "a value that does not fit its column"
        self.statement = statement
    }
}
