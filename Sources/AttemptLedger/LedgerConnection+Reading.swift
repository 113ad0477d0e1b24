import GRDB
import Primitives
import RetryCore

/// Queries of the file; all except ``snapshot()`` use an index.
extension LedgerConnection {
    /// Reads what a start needs: open episodes with their intents, pauses, and the retries that
    /// budgets count.
    ///
    /// Budgets count from `memory` before the newest intent or `now`, whichever is earlier.
    func opening(now: WallTime, memory: Duration) throws(LedgerError) -> LedgerSnapshot {
        try read { db in
            var snapshot = LedgerSnapshot()
            snapshot.episodes = try Self.rows(
                db,
                "SELECT * FROM episodes WHERE outcome IS NULL",
                EpisodeRecord.init(_:)
            )
            for record in snapshot.episodes {
                snapshot.intents += try Self.intents(db, of: record.key)
            }
            snapshot.pauses = try Self.rows(db, "SELECT * FROM pauses", Pause.init(_:))
            snapshot.spent = try Self.spent(db, now: now, memory: memory, but: snapshot.intents)
            return snapshot
        }
    }

    /// The stored record of one episode.
    func recall(_ key: EpisodeKey) throws(LedgerError) -> Recollection {
        try read { db in
            let found = try Self.rows(
                db,
                "SELECT * FROM episodes WHERE \(EpisodeKey.match)",
                arguments: StatementArguments(key.values),
                EpisodeRecord.init(_:)
            )
            guard let record = found.first else { return .new }
            if let outcome = record.outcome { return .ended(outcome) }
            return .open(record, try Self.intents(db, of: key))
        }
    }

    /// Refuses an intent whose number is taken, or whose episode has ended.
    func checkNew(_ intent: Intent) throws(LedgerError) {
        if case .ended = try recall(intent.episode) { throw .episodeEnded }
        let known = try read { db in
            try Self.rows(
                db,
                "SELECT * FROM intents WHERE \(EpisodeKey.match) AND sequence = ?",
                arguments: StatementArguments(intent.episode.values + [intent.sequence]),
                Intent.init(_:)
            ).first
        }
        guard let known, known != intent else { return }
        throw .intentExists(sequence: intent.sequence)
    }

    /// The latest time that any row carries; nil without rows.
    func newestTime() throws(LedgerError) -> WallTime? {
        let newest = [
            "SELECT max(recorded_at) FROM intents",
            "SELECT max(first_seen) FROM episodes WHERE outcome IS NULL",
            "SELECT max(ended_at) FROM episodes WHERE outcome IS NOT NULL AND newest = 0",
            "SELECT max(ended_at) FROM episodes WHERE outcome IS NOT NULL AND newest = 1",
        ]
        let times = try read { db in
            try newest.compactMap { try Int64.fetchOne(db, sql: $0) }
        }
        return times.max().map(WallTime.init(milliseconds:))
    }

    /// Reads everything.
    func snapshot() throws(LedgerError) -> LedgerSnapshot {
        try read { db in
            LedgerSnapshot(
                episodes: try Self.rows(db, "SELECT * FROM episodes", EpisodeRecord.init(_:)),
                intents: try Self.rows(db, "SELECT * FROM intents", Intent.init(_:)),
                pauses: try Self.rows(db, "SELECT * FROM pauses", Pause.init(_:))
            )
        }
    }

    private static func intents(_ db: Database, of key: EpisodeKey) throws -> [Intent] {
        try rows(
            db,
            "SELECT * FROM intents WHERE \(EpisodeKey.match) ORDER BY sequence",
            arguments: StatementArguments(key.values),
            Intent.init(_:)
        )
    }

    /// The retries that budgets count, except those of already known intents.
    private static func spent(
        _ db: Database,
        now: WallTime,
        memory: Duration,
        but known: [Intent]
    ) throws -> [SpentRetry] {
        let newest = try Int64.fetchOne(db, sql: "SELECT max(recorded_at) FROM intents")
        guard let newest else { return [] }
        let reference = min(now, WallTime(milliseconds: newest))
        let since = reference + (.zero - memory)
        // One copy of each policy's name, however many retries it made.
        var names: [String: PolicyName] = [:]
        var left: [SpentRetry: Int] = [:]
        for intent in known { left[SpentRetry(intent), default: 0] += 1 }
        let all = try rows(
            db,
            "SELECT recorded_at, policy FROM intents WHERE recorded_at >= ?",
            arguments: [since.milliseconds]
        ) { (row) throws(LedgerError) in
            let text: String = try row.required("policy")
            let policy = names[text] ?? PolicyName(text)
            names[text] = policy
            return SpentRetry(
                at: WallTime(milliseconds: try row.required("recorded_at")),
                policy: policy
            )
        }
        return all.filter { spent in
            guard let count = left[spent], count > 0 else { return true }
            left[spent] = count - 1
            return false
        }
    }

    /// Reads the rows of one query, one at a time.
    private static func rows<Value>(
        _ db: Database,
        _ sql: String,
        arguments: StatementArguments = StatementArguments(),
        _ read: (Row) throws(LedgerError) -> Value
    ) throws -> [Value] {
        var values: [Value] = []
        let cursor = try Row.fetchCursor(db, sql: sql, arguments: arguments)
        while let row = try cursor.next() { values.append(try read(row)) }
        return values
    }
}
