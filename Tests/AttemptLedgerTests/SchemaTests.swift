import RetryCore
import Testing

@testable import AttemptLedger

@Suite("The ledger's format")
struct SchemaTests {
    /// Reads or changes the file of a closed ledger.
    private func inspect<Value>(
        _ directory: TemporaryDirectory,
        _ body: (inout SQLiteDatabase) throws(SQLiteError) -> Value
    ) throws(SQLiteError) -> Value {
        var database = try SQLiteDatabase(
            path: directory.path + "/ledger.sqlite",
            patience: 0
        )
        return try body(&database)
    }

    /// The schema as `.schema` shows it.
    private func schema(_ directory: TemporaryDirectory) throws -> [String] {
        try inspect(directory) { (database) throws(SQLiteError) in
            try database.rows(
                String.self,
                "SELECT sql FROM sqlite_master WHERE sql NOT NULL ORDER BY name"
            )
        }
    }

    /// A step as a later release may add it.
    private let later = ["ALTER TABLE pauses ADD COLUMN placed_at INTEGER"]

    @Test
    func `a new ledger has the newest format`() throws {
        let directory = TemporaryDirectory()
        try open(directory).ledger.close()
        let (version, owner, journal) = try inspect(directory) { (database) throws(SQLiteError) in
            (
                try database.first(Int.self, "PRAGMA user_version"),
                try database.first(Int64.self, "PRAGMA application_id"),
                try database.first(String.self, "PRAGMA journal_mode")
            )
        }
        #expect(version == 7)
        #expect(Schema.version == 7)
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
        if version > 0 {
            directory.write([], to: "ledger.sqlite")
            try inspect(directory) { (database) throws(SQLiteError) in
                for step in Schema.steps.prefix(version).joined() {
                    try database.run(.once(step))
                }
                try database.run(.once("PRAGMA application_id = \(Schema.applicationID)"))
                try database.run(.once("PRAGMA user_version = \(version)"))
            }
        }
        try open(directory).ledger.close()
        #expect(try schema(directory) == newestSchema)
    }

    @Test
    func `an episode of the format before causes goes on with none, and takes them`() throws {
        let directory = TemporaryDirectory()
        directory.write([], to: "ledger.sqlite")
        try inspect(directory) { (database) throws(SQLiteError) in
            for step in Schema.steps.prefix(3).joined() { try database.run(.once(step)) }
            try database.run(.once("PRAGMA application_id = \(Schema.applicationID)"))
            try database.run("PRAGMA user_version = 3")
            try database.run(
                """
                INSERT INTO episodes (target, pipeline, stage, execution, first_failure, \
                first_seen, foreign_retries, known_manual_retries, late_retries, same_error_run) \
                VALUES ('prod', 'web', 'Deploy', 'e1', 0, 0, 0, 0, 0, 1)
                """
            )
        }
        let opening = try open(directory)
        let record = try #require(opening.snapshot.episodes.first)
        #expect(record.causes.isEmpty)
        var told = record
        told.causes = [cause()]
        try opening.ledger.apply([.episode(told)], now: time(0))
        opening.ledger.close()
        #expect(try open(directory).snapshot.episodes == [told])
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
        let refusal = #expect(throws: LedgerError.newer(version: 8, known: 7)) {
            try open(directory)
        }
        #expect(refusal?.exitStatus == 73)
        #expect(directory.read("ledger.sqlite") == before)
        #expect(directory.names == ["ledger.lock", "ledger.sqlite"])
    }

    @Test
    func `a database of another program is refused and not touched`() throws {
        let directory = TemporaryDirectory()
        directory.write([], to: "ledger.sqlite")
        try inspect(directory) { (database) throws(SQLiteError) in
            try database.run("PRAGMA user_version = 1")
            try database.run("CREATE TABLE intents (x)")
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
        try inspect(directory) { (database) throws(SQLiteError) in
            try database.run("UPDATE episodes SET reason = 'later'")
        }
        var expected = fullEpisode()
        expected.reason = nil
        #expect(try stored(directory).episodes == [expected])
    }

    @Test(arguments: [
        "UPDATE pauses SET uid = -1", "UPDATE pauses SET reason = CAST(x'ff' AS TEXT)",
        "ALTER TABLE pauses RENAME COLUMN reason TO raeson", "DROP TABLE pauses",
        "ALTER TABLE intents RENAME TO others",
    ])
    func `a value out of its range and a table of another form count as damage`(
        _ change: String
    ) throws {
        let directory = TemporaryDirectory()
        let first = try open(directory).ledger
        try first.apply([.pause(pause()), .episode(episode())], now: time(0))
        first.close()
        try inspect(directory) { (database) throws(SQLiteError) in
            try database.run(.once(change))
        }
        let second = try open(directory)
        #expect(second.setAside != nil)
        #expect(second.snapshot == LedgerSnapshot())
        second.ledger.close()
    }

    @Test
    func `a table that lost its form under a running ledger is replaced with what is open`() throws
    {
        let directory = TemporaryDirectory()
        let ledger = try open(directory).ledger
        try ledger.apply([.episode(episode())], now: time(0))
        ledger.close()
        try inspect(directory) { (database) throws(SQLiteError) in
            try database.run("DROP TABLE totals")
        }
        let second = try open(directory)
        #expect(second.setAside == nil)
        try second.ledger.apply([.episode(episode(endedAt: time(1)))], now: time(1))
        #expect(second.ledger.takeNotices().count == 1)
        second.ledger.close()
        #expect(try stored(directory).episodes == [episode(endedAt: time(1))])
    }
}
