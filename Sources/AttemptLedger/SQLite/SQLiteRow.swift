/// One row while it is read, from the first column to the last.
///
/// It cannot be kept: it is the statement's until the next step. A value that is not what was asked
/// for stays the next.
struct SQLiteRow: ~Copyable {
    private let statement: SQLiteStatement
    /// The next column.
    private var column: Int32 = 0

    init(of statement: SQLiteStatement) {
        self.statement = statement
    }

    /// Reads the next value.
    mutating func next<Value: Storable>(
        _ type: Value.Type = Value.self
    ) throws(SQLiteError) -> Value {
        try Value(from: &self)
    }

    mutating func integer() throws(SQLiteError) -> Int64 {
        let value = try statement.integer(column)
        column += 1
        return value
    }

    mutating func text() throws(SQLiteError) -> String {
        let value = try statement.text(column)
        column += 1
        return value
    }

    /// Goes past a NULL; false at any other value, which stays the next.
    mutating func skipNull() -> Bool {
        guard statement.isNull(column) else { return false }
        column += 1
        return true
    }

    /// The error for a value that its column never holds.
    var damage: SQLiteError { SQLiteError(damaged: statement.text) }

    /// Ends the reading: every column was read.
    consuming func finish() {
        let expected = statement.columnCount
        precondition(column == expected, "\(column) columns of \(expected): \(statement.text)")
    }
}
