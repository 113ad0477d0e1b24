/// The values of a statement while they are bound, from the first to the last.
struct SQLiteParameters: ~Copyable {
    private let statement: SQLiteStatement
    /// How many are bound.
    private var count: Int32 = 0

    init(of statement: SQLiteStatement) {
        self.statement = statement
    }

    /// Binds the next values.
    mutating func bind<Value: Storable>(_ value: Value) throws(SQLiteError) {
        try value.bind(to: &self)
    }

    mutating func bind(integer: Int64) throws(SQLiteError) {
        count += 1
        try statement.bind(integer: integer, at: count)
    }

    mutating func bind(text: String) throws(SQLiteError) {
        count += 1
        try statement.bind(text: text, at: count)
    }

    mutating func bindNull() throws(SQLiteError) {
        count += 1
        try statement.bindNull(at: count)
    }

    /// Ends the binding: every `?` has its value.
    consuming func finish() {
        let expected = statement.parameterCount
        precondition(count == expected, "\(count) values for \(expected): \(statement.text)")
    }
}
