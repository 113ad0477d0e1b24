import Testing

@testable import AttemptLedger

@Suite("SQLite")
struct SQLiteDatabaseTests {
    private let directory = TemporaryDirectory()

    /// A new database with one table of every type.
    private func open() throws(SQLiteError) -> SQLiteDatabase {
        directory.write([], to: "test.sqlite")
        var database = try reopen()
        try database.run("CREATE TABLE t (number INTEGER, name TEXT, rest ANY) STRICT")
        return database
    }

    private func reopen() throws(SQLiteError) -> SQLiteDatabase {
        try SQLiteDatabase(path: directory.path + "/test.sqlite", patience: 0)
    }

    @Test(
        arguments: [
            (nil, nil), (0, ""), (.max, "é\u{1F600}"), (.min, "a\0b"), (-1, "'); DROP TABLE t --"),
            (42, String(repeating: "x", count: 100_000)),
        ] as [(Int64?, String?)]
    )
    func `values come back as they were`(_ number: Int64?, _ name: String?) throws {
        var database = try open()
        try database.run("INSERT INTO t (number, name) VALUES (?, ?)", number, name)
        #expect(try database.first(Int64?.self, "SELECT number FROM t") == .some(number))
        #expect(try database.first(String?.self, "SELECT name FROM t") == .some(name))
        let isFound = "SELECT count(*) FROM t WHERE number IS ? AND name IS ?" as SQLiteQuery
        #expect(try database.first(Int.self, isFound, number, name) == 1)
    }

    @Test(arguments: [("1", true), ("0", false)])
    func `a truth is a number`(_ stored: String, _ value: Bool) throws {
        var database = try open()
        try database.run("INSERT INTO t (number) VALUES (?)", value)
        #expect(try database.first(Bool.self, .once("SELECT number = \(stored) FROM t")) == true)
        #expect(try database.first(Bool.self, "SELECT number FROM t") == value)
    }

    @Test(arguments: ["NULL", "1.5", "'1'", "x'31'"])
    func `what is no whole number is damage`(_ value: String) throws {
        var database = try open()
        try database.run(.once("INSERT INTO t (rest) VALUES (\(value))"))
        let query = "SELECT rest FROM t" as SQLiteQuery
        let error = #expect(throws: SQLiteError.self) { try database.first(Int64.self, query) }
        #expect(error?.plainCode == 11)
        #expect(error?.statement == query.text)
    }

    @Test(arguments: ["NULL", "1.5", "1", "x'31'", "CAST(x'ff' AS TEXT)", "CAST(x'c3' AS TEXT)"])
    func `what is no text of UTF-8 is damage`(_ value: String) throws {
        var database = try open()
        try database.run(.once("INSERT INTO t (rest) VALUES (\(value))"))
        let error = #expect(throws: SQLiteError.self) {
            try database.rows(String.self, "SELECT rest FROM t")
        }
        #expect(error?.plainCode == 11)
    }

    @Test
    func `an error has both codes, SQLite's text and the statement, and the next one works`() throws
    {
        var database = try open()
        let query = "INSERT INTO t (number) VALUES (?)" as SQLiteQuery
        let error = #expect(throws: SQLiteError.self) { try database.run(query, "x") }
        // SQLITE_CONSTRAINT_DATATYPE
        #expect(error?.code == 3091)
        #expect(error?.plainCode == 19)
        #expect(error?.message == "cannot store TEXT value in INTEGER column t.number")
        #expect(error?.statement == query.text)
        #expect(error?.isMisfit == false)
        try database.run(query, 7)
        #expect(try database.rows(Int.self, "SELECT number FROM t") == [7])
    }

    @Test(arguments: [
        ("SELECT \"no such column\" FROM t", true), ("SELECT x FROM t", true),
        ("SELECT 1 FROM nowhere", true), ("COMMIT", false),
    ])
    func `a statement that does not fit the tables is told from one that fails`(
        _ sql: String,
        _ isMisfit: Bool
    ) throws {
        var database = try open()
        let error = #expect(throws: SQLiteError.self) { try database.run(.once(sql)) }
        #expect(error?.code == 1)
        #expect(error?.isMisfit == isMisfit)
    }

    @Test
    func `a transaction that fails leaves nothing, and the next one works`() throws {
        var database = try open()
        for kind in [.deferred, .immediate] as [SQLiteDatabase.Transaction] {
            #expect(throws: SQLiteError.self) {
                try database.transaction(kind) { (database) throws(SQLiteError) in
                    try database.run("INSERT INTO t (number) VALUES (1)")
                    try database.run("INSERT INTO t (number) VALUES ('x')")
                }
            }
            #expect(try database.first(Int.self, "SELECT count(*) FROM t") == 0)
        }
        let number = try database.transaction(.immediate) { (database) throws(SQLiteError) in
            try database.run("INSERT INTO t (number) VALUES (5)")
            return try database.first(Int.self, "SELECT number FROM t")
        }
        #expect(number == 5)
        #expect(try database.first(Int.self, "SELECT count(*) FROM t") == 1)
    }

    @Test
    func `a row that is not read to its end ends with its error`() throws {
        var database = try open()
        for number in 1...3 { try database.run("INSERT INTO t (number) VALUES (?)", number) }
        var seen: [Int] = []
        let stop = #expect(throws: SQLiteError.self) {
            try database.forEachRow("SELECT number, name FROM t") { (row) throws(SQLiteError) in
                seen.append(try row.next())
                throw row.damage
            }
        }
        #expect(stop?.plainCode == 11)
        #expect(seen == [1])
        try database.run("DELETE FROM t")
    }

    @Test
    func `a lock of another program is an error, and its end is seen`() throws {
        var first = try open()
        var second = try reopen()
        try first.run("BEGIN EXCLUSIVE")
        let error = #expect(throws: SQLiteError.self) { try second.run("BEGIN IMMEDIATE") }
        #expect(error?.code == 5)
        try first.run("ROLLBACK")
        try second.run("BEGIN IMMEDIATE")
    }

    @Test
    func `a file is released at the end of its owner, with compiled statements too`() throws {
        do {
            var first = try open()
            try first.run("PRAGMA locking_mode = EXCLUSIVE")
            try first.run("INSERT INTO t (number) VALUES (1)")
        }
        var second = try reopen()
        try second.run("INSERT INTO t (number) VALUES (2)")
        #expect(try second.rows(Int.self, "SELECT number FROM t ORDER BY number") == [1, 2])
    }

    @Test
    func `a missing file is not made`() {
        let error = #expect(throws: SQLiteError.self) { _ = try reopen() }
        #expect(error?.plainCode == 14)
        #expect(error?.statement == nil)
        #expect(error?.message == "unable to open database file")
        #expect(directory.names.isEmpty)
    }
}
