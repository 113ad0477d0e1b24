import Primitives
import RetryCore
import Testing

@testable import AttemptLedger

@Suite("What a start reads")
struct StartTests {
    /// Rows of every kind: an open and an ended episode, and intents of both and of neither.
    private let rows: [LedgerWrite] = [
        .episode(episode("open", seen: time(days(3)))),
        .intent(intent(1, of: "open", at: time(0))),
        .intent(intent(2, of: "open", at: time(days(3)))),
        .episode(episode("ended", endedAt: time(days(3)))),
        .intent(intent(1, of: "ended", at: time(days(1)))),
        .intent(intent(2, of: "ended", at: time(days(3)))),
        .intent(intent(1, of: "loose", at: time(days(3)))),
        .pause(pause()),
    ]

    private func opening(
        at now: WallTime,
        _ options: LedgerOptions = LedgerOptions()
    ) throws -> LedgerSnapshot {
        let directory = TemporaryDirectory()
        let first = try open(directory).ledger
        try first.apply(rows, now: time(0))
        first.close()
        let second = try open(directory, now: now, options: options)
        second.ledger.close()
        return second.snapshot
    }

    @Test
    func `it reads the open rows, and of the others those that budgets count`() throws {
        let read = try opening(at: time(days(3)))
        #expect(read.episodes == [episode("open", seen: time(days(3)))])
        let own = [intent(1, of: "open", at: time(0)), intent(2, of: "open", at: time(days(3)))]
        #expect(read.intents == own)
        let bare = SpentRetry(at: time(days(3)), policy: "default")
        var dear = bare
        dear.cost = intent(1).cost
        #expect(read.spent == [bare, dear])
        #expect(read.pauses == [pause()])
    }

    @Test
    func `a clock in the future hides nothing from the budgets`() throws {
        #expect(try opening(at: time(days(9000))) == opening(at: time(days(3))))
    }

    @Test
    func `a longer budget reads further back`() throws {
        let options = LedgerOptions(budgetMemory: .seconds(days(3)))
        #expect(try opening(at: time(days(3)), options).spent.count == 3)
    }

    @Test(arguments: StoreKind.allCases)
    func `an episode is queried by its key`(_ kind: StoreKind) throws {
        try kind.withStore { store in
            try store.apply(rows, now: time(0))
            let own = [
                intent(1, of: "open", at: time(0)), intent(2, of: "open", at: time(days(3))),
            ]
            let record = episode("open", seen: time(days(3)))
            #expect(try store.recall(key("open"), now: time(0)) == .open(record, own))
            #expect(try store.recall(key("ended"), now: time(0)) == .ended(.recovered))
            #expect(try store.recall(key("loose"), now: time(0)) == .new)
            #expect(try store.recall(key("never"), now: time(0)) == .new)
        }
    }

    @Test
    func `an end that a full disk held back is still known`() throws {
        let directory = TemporaryDirectory()
        let ledger = try open(directory).ledger
        try ledger.apply([.episode(episode())], now: time(0))
        directory.remove("ledger.sqlite")
        directory.makeDirectory("ledger.sqlite")
        #expect(throws: LedgerError.self) {
            try ledger.apply([.episode(episode(endedAt: time(1)))], now: time(1))
        }
        #expect(try ledger.recall(key(), now: time(1)) == .ended(.recovered))
        directory.removeDirectory("ledger.sqlite")
        ledger.close()
    }

    @Test(arguments: ["ledger.sqlite", "ledger.sqlite-wal"])
    func `links at the paths of the ledger and its log are not followed`(_ name: String) throws {
        let directory = TemporaryDirectory()
        try open(directory).ledger.close()
        directory.write(Array("a log".utf8), to: "ledger.sqlite-wal")
        directory.move(name, toPath: directory.path + "/elsewhere")
        directory.link(name, to: "elsewhere")
        let before = directory.read("elsewhere")
        let path = directory.path + "/" + name
        let refusal = #expect(throws: LedgerError.self) { try open(directory) }
        #expect(refusal == .unsafe(path: path, why: "it is a symbolic link"))
        #expect(refusal?.exitStatus == 73)
        #expect(directory.read("elsewhere") == before)
    }

    @Test(.enabled(if: TemporaryDirectory.mayGiveAway))
    func `another user's directory is not used`() throws {
        let directory = TemporaryDirectory()
        directory.giveAway()
        let refusal = LedgerError.unsafe(path: directory.path, why: "it belongs to another user")
        #expect(throws: refusal) { try open(directory) }
        #expect(directory.names.isEmpty)
    }

    @Test(arguments: [0o777, 0o1777, 0o757] as [UInt32])
    func `a world-writable directory is not used, sticky or not`(_ mode: UInt32) throws {
        let directory = TemporaryDirectory()
        directory.setMode(mode)
        let refusal = LedgerError.unsafe(path: directory.path, why: "any user may write in it")
        #expect(throws: refusal) { try open(directory) }
        #expect(directory.names.isEmpty)
        directory.setMode(0o775)
        try open(directory).ledger.close()
    }

    @Test
    func `the released format is migrated with its rows, baselines and count`() throws {
        let directory = TemporaryDirectory()
        let old = LedgerOptions(steps: Array(Schema.steps.prefix(1)))
        let path = directory.path + "/ledger.sqlite"
        directory.write([], to: "ledger.sqlite")
        try Self.release(path, old.steps[0])
        #expect(try stored(directory).episodes.count == Self.released.count)
        var after = try SQLiteDatabase(path: path, patience: 0)
        let newest = try after.rows(
            String.self,
            "SELECT execution FROM episodes WHERE newest = 1 ORDER BY execution"
        )
        let total = try after.first(Int.self, "SELECT ended FROM totals")
        #expect(newest == ["a2", "c1"])
        #expect(total == 5)
    }

    /// Fills a file as the released program did.
    private static func release(_ path: String, _ statements: [String]) throws(SQLiteError) {
        var database = try SQLiteDatabase(path: path, patience: 0)
        try database.transaction(.immediate) { (database) throws(SQLiteError) in
            for sql in statements { try database.run(.once(sql)) }
            try database.run(.once("PRAGMA application_id = \(Schema.applicationID)"))
            try database.run("PRAGMA user_version = 1")
            for (stage, execution, outcome, endedAt) in released {
                try database.run(
                    """
                    INSERT INTO episodes VALUES ('prod', 'web', ?, ?, 0, 0, 0, 0, 0, 0, NULL, \
                    NULL, NULL, NULL, ?, NULL, ?)
                    """,
                    stage,
                    execution,
                    outcome,
                    endedAt
                )
            }
        }
    }

    /// Episodes of the released format: stage, execution, outcome, end.
    private static let released: [(String, String, String?, Int?)] = [
        ("A", "a1", "recovered", 5), ("A", "a2", "left", 9), ("A", "a3", "gone", 7),
        ("B", "b1", "exhausted", 5), ("B", "b2", nil, nil), ("C", "c1", "superseded", 1),
    ]
}
