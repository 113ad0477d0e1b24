/// What has a place in a row: one column, or several in a fixed order.
///
/// Values are bound and read in the same order, so one list of columns serves both.
protocol Storable {
    /// Binds the next parameters.
    func bind(to parameters: inout SQLiteParameters) throws(SQLiteError)

    /// Reads the next columns.
    /// - Throws: an error that says that the file is damaged, when one holds what is never written.
    init(from row: inout SQLiteRow) throws(SQLiteError)
}

/// What takes exactly one column.
protocol StorableColumn: Storable {}

extension Int64: StorableColumn {
    func bind(to parameters: inout SQLiteParameters) throws(SQLiteError) {
        try parameters.bind(integer: self)
    }

    init(from row: inout SQLiteRow) throws(SQLiteError) {
        self = try row.integer()
    }
}

extension Int: StorableColumn {
    func bind(to parameters: inout SQLiteParameters) throws(SQLiteError) {
        try parameters.bind(integer: Int64(self))
    }

    init(from row: inout SQLiteRow) throws(SQLiteError) {
        self = Int(try row.integer())
    }
}

extension Bool: StorableColumn {
    func bind(to parameters: inout SQLiteParameters) throws(SQLiteError) {
        try parameters.bind(integer: self ? 1 : 0)
    }

    init(from row: inout SQLiteRow) throws(SQLiteError) {
        self = try row.integer() != 0
    }
}

extension String: StorableColumn {
    func bind(to parameters: inout SQLiteParameters) throws(SQLiteError) {
        try parameters.bind(text: self)
    }

    init(from row: inout SQLiteRow) throws(SQLiteError) {
        self = try row.text()
    }
}

extension Optional: Storable where Wrapped: StorableColumn {
    func bind(to parameters: inout SQLiteParameters) throws(SQLiteError) {
        switch self {
        case .some(let value): try value.bind(to: &parameters)
        case .none: try parameters.bindNull()
        }
    }

    init(from row: inout SQLiteRow) throws(SQLiteError) {
        self = row.skipNull() ? nil : try Wrapped(from: &row)
    }
}
