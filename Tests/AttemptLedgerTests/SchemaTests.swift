import AttemptLedger
import GRDB
import RetryCore
import Testing

@Suite("The ledger's format")
struct SchemaTests {
    /// Reads or changes the file of a closed ledger.
    private func inspect<Value>(
        _ directory: TemporaryDirectory,
        _ body: (Database) throws -> Value
    ) throws -> Value {
        let queue = try DatabaseQueue(path: directory.path + "/ledger.sqlite")
        let value = try queue.writeWithoutTransaction(body)
        try queue.close()
        return value
    }

    /// The schema as `.schema` shows it.
    private func schema(_ directory: TemporaryDirectory) throws -> [String] {
        try inspect(directory) { db in
            try String.fetchAll(
                db,
                sql: "SELECT sql FROM sqlite_master WHERE sql NOT NULL ORDER BY name"
            )
        }
    }

    /// A step as a later release may add it.
    private let later = ["ALTER TABLE pauses ADD COLUMN placed_at INTEGER"]

    @Test
    func `a new ledger has the newest format`() throws {
        let directory = TemporaryDirectory()
        try open(directory).ledger.close()
        let (version, owner, journal) = try inspect(directory) { db in
            (
                try Int.fetchOne(db, sql: "PRAGMA user_version"),
                try Int64.fetchOne(db, sql: "PRAGMA application_id"),
                try String.fetchOne(db, sql: "PRAGMA journal_mode")
            )
        }
        #expect(version == 2)
        #expect(Schema.version == 2)
        #expect(owner == 0x7274_7264)
        #expect(journal == "wal")
    }

    @Test
    func `the schema is the one that was released`() throws {
        let directory = TemporaryDirectory()
        try open(directory).ledger.close()
        #expect(try schema(directory) == newestSchema)
    }

    @Test(arguments: 0..<Schema.version)
    func `every older format is brought to the newest`(_ version: Int) throws {
        let directory = TemporaryDirectory()
        let old = LedgerOptions(steps: Array(Schema.steps.prefix(version)))
        if version > 0 { try open(directory, options: old).ledger.close() }
        try open(directory).ledger.close()
        #expect(try schema(directory) == newestSchema)
    }

    @Test
    func `a later step keeps the rows`() throws {
        let directory = TemporaryDirectory()
        let first = try open(directory).ledger
        try first.record(intent(), now: time(0))
        try first.apply([.pause(pause())], now: time(0))
        first.close()
        let options = LedgerOptions(steps: Schema.steps + [later])
        let after = try stored(directory, options: options)
        #expect(after == LedgerSnapshot(intents: [intent()], pauses: [pause()]))
    }

    @Test
    func `a step that fails leaves the file as it was`() throws {
        let directory = TemporaryDirectory()
        let first = try open(directory).ledger
        try first.record(intent(), now: time(0))
        first.close()
        let broken = LedgerOptions(steps: Schema.steps + [later + ["ALTER TABLE nowhere ADD x"]])
        #expect(throws: LedgerError.self) { try open(directory, options: broken) }
        #expect(try schema(directory) == newestSchema)
        #expect(try stored(directory).intents == [intent()])
    }

    @Test
    func `a newer file is refused and not touched`() throws {
        let directory = TemporaryDirectory()
        try open(directory, options: LedgerOptions(steps: Schema.steps + [later])).ledger.close()
        let before = directory.read("ledger.sqlite")
        let refusal = #expect(throws: LedgerError.newer(version: 3, known: 2)) {
            try open(directory)
        }
        #expect(refusal?.exitStatus == 73)
        #expect(directory.read("ledger.sqlite") == before)
        #expect(directory.names == ["ledger.lock", "ledger.sqlite"])
    }

    @Test
    func `a database of another program is refused and not touched`() throws {
        let directory = TemporaryDirectory()
        try inspect(directory) { db in
            try db.execute(sql: "PRAGMA user_version = 1; CREATE TABLE intents (x)")
        }
        let before = directory.read("ledger.sqlite")
        #expect(throws: LedgerError.notALedger) { try open(directory) }
        #expect(directory.read("ledger.sqlite") == before)
    }

    @Test
    func `a reason of another release is read as none`() throws {
        let directory = TemporaryDirectory()
        let first = try open(directory).ledger
        try first.apply([.episode(fullEpisode())], now: time(90))
        first.close()
        try inspect(directory) { try $0.execute(sql: "UPDATE episodes SET reason = 'later'") }
        var expected = fullEpisode()
        expected.reason = nil
        #expect(try stored(directory).episodes == [expected])
    }

    @Test
    func `a value out of its range counts as damage`() throws {
        let directory = TemporaryDirectory()
        let first = try open(directory).ledger
        try first.apply([.pause(pause())], now: time(0))
        first.close()
        try inspect(directory) { try $0.execute(sql: "UPDATE pauses SET uid = -1") }
        let second = try open(directory)
        #expect(second.setAside != nil)
        #expect(second.snapshot == LedgerSnapshot())
        second.ledger.close()
    }
}
