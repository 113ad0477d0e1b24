import Primitives
import RetryCore
import Testing

@testable import AttemptLedger

@Suite("The ledger's times, settings and errors")
struct RetentionTests {
    @Test(
        arguments: [
            (nil, 0, true), (0, 0, false), (0, 3599, false), (0, 3600, true), (10, 9, true),
        ] as [(Int64?, Int64, Bool)]
    )
    func `a pass begins an hour after the last, or when the clock was set back`(
        _ last: Int64?,
        _ now: Int64,
        _ isDue: Bool
    ) {
        #expect(Retention.isDue(last: last.map { time($0) }, now: time(now)) == isDue)
    }

    @Test(arguments: [(0, 100), (100, 0)] as [(Int64, Int64)])
    func `ages count from the clock or the newest row, whichever is earlier`(
        _ now: Int64,
        _ newest: Int64
    ) {
        let limits = RetentionLimits(
            now: time(days(now)),
            newestRow: time(days(newest)),
            budgetMemory: .seconds(days(2))
        )
        #expect(limits.ended == time(days(-30)))
        #expect(limits.newest == time(days(-400)))
        #expect(limits.loose == time(days(-32)))
        #expect(limits.attempts == time(days(-400)))
        #expect(limits.budgets == time(days(-2)))
        let longest = RetentionLimits(
            now: time(0),
            newestRow: time(0),
            budgetMemory: .seconds(days(99))
        )
        #expect(longest.budgets == time(days(-99)))
        #expect(longest.loose == time(days(-99)))
        #expect(longest.pauses == time(days(-32)))
    }

    @Test func `the newest time is the latest that any row has`() {
        func newest(_ episodes: [EpisodeRecord], _ intents: [Intent]) -> WallTime? {
            LedgerContents(LedgerSnapshot(episodes: episodes, intents: intents)).newestTime
        }
        #expect(newest([], []) == nil)
        #expect(newest([], [intent(1, at: time(2)), intent(2, at: time(1))]) == time(2))
        let episodes = [episode("a", seen: time(3)), episode("b", seen: time(4))]
        #expect(newest(episodes, []) == time(4))
        #expect(newest(episodes, [intent(1, at: time(5))]) == time(5))
        #expect(newest(episodes, [intent(1, at: time(1))]) == time(4))
        let ended = episode("c", seen: time(1), endedAt: time(6))
        #expect(newest(episodes + [ended], [intent(1, at: time(5))]) == time(6))
        // The clock was set back before it ended.
        let back = episode("d", seen: time(9), endedAt: time(7))
        #expect(newest([back], []) == time(9))
    }

    @Test func `a pass goes through its stages and ends`() {
        let limits = RetentionLimits(now: time(0), newestRow: time(0), budgetMemory: .zero)
        var pass = PruningPass(limits: limits)
        var stages = [pass.stage]
        while pass.advance() { stages.append(pass.stage) }
        #expect(stages == PruningPass.Stage.allCases)
    }

    @Test(arguments: [
        ("locking_mode", "exclusive"), ("trusted_schema", "0"), ("journal_mode", "wal"),
        ("synchronous", "2"), ("wal_autocheckpoint", "128"), ("journal_size_limit", "524288"),
        ("max_page_count", "77"), ("cache_size", "-88"), ("temp_store", "2"),
        ("foreign_keys", "0"), ("busy_timeout", "2000"),
        ("application_id", "\(Schema.applicationID)"), ("user_version", "\(Schema.version)"),
    ])
    func `the connection is set up`(_ pragma: String, _ value: String) throws {
        let directory = TemporaryDirectory()
        var connection = try LedgerConnection(
            paths: LedgerPaths(directory: directory.path),
            options: LedgerOptions(maximumPages: 77, cacheKibibytes: 88)
        )
        let found = try connection.read { (database) throws(SQLiteError) in
            try database.first(AnyColumn.self, .once("PRAGMA \(pragma)"))
        }
        #expect(found?.text == value)
    }

    /// A column of any type, as text.
    private struct AnyColumn: Storable {
        let text: String

        func bind(to parameters: inout SQLiteParameters) throws(SQLiteError) {
            try parameters.bind(text)
        }

        init(from row: inout SQLiteRow) throws(SQLiteError) {
            do throws(SQLiteError) {
                text = try row.next()
            } catch {
                text = "\(try row.next(Int64.self))"
            }
        }
    }

    @Test(arguments: [
        (LedgerError.cannotCreate(path: "/x", errno: 1), false, true),
        (.unsafe(path: "/x", why: ""), false, true), (.heldByOther(pid: 1), false, true),
        (.newer(version: 2, known: 1), false, true), (.notALedger, false, true),
        (.full, false, false), (.readOnly, false, true), (.corrupt, false, true),
        (.intentExists(sequence: 1), true, false), (.episodeEnded, true, false),
        (.unstorable("", row: ""), false, false), (.closed, false, false),
        (.noRoomForHistory, false, false), (.other(code: 5, message: ""), false, false),
        (.other(code: 261, message: ""), false, false),
        (.other(code: 10, message: ""), false, true),
    ])
    func `an error concerns one intent, or leaves the connection uncertain, or neither`(
        _ error: LedgerError,
        _ isOfIntent: Bool,
        _ breaksConnection: Bool
    ) {
        #expect(error.isOfIntent == isOfIntent)
        #expect(error.breaksConnection == breaksConnection)
    }
}
