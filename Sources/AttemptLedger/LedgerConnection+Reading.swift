import Primitives
import RetryCore

/// Queries of the file; all except ``snapshot()`` use an index.
extension LedgerConnection {
    /// Reads what a start needs: open episodes with their intents, pauses, and the retries that
    /// budgets count.
    ///
    /// Budgets count from `memory` before the newest intent or `now`, whichever is earlier.
    mutating func opening(now: WallTime, memory: Duration) throws(LedgerError) -> LedgerSnapshot {
        try read { (database) throws(SQLiteError) in
            var snapshot = LedgerSnapshot()
            snapshot.episodes = try database.rows(EpisodeRecord.self, EpisodeRecord.selectOpen)
            for (index, record) in snapshot.episodes.enumerated() {
                snapshot.episodes[index].causes = try CauseRow.causes(of: record.key, &database)
                snapshot.intents += try database.rows(Intent.self, Intent.selectOf, record.key)
            }
            snapshot.pauses = try database.rows(Pause.self, Pause.selectAll)
            snapshot.spent = try Self.spent(
                &database,
                now: now,
                memory: memory,
                but: snapshot.intents
            )
            return snapshot
        }
    }

    /// The stored record of one episode.
    mutating func recall(_ key: EpisodeKey) throws(LedgerError) -> Recollection {
        try read { (database) throws(SQLiteError) in
            let found = try database.first(EpisodeRecord.self, EpisodeRecord.selectOne, key)
            guard var record = found else { return .new }
            if let outcome = record.outcome { return .ended(outcome) }
            record.causes = try CauseRow.causes(of: key, &database)
            return .open(record, try database.rows(Intent.self, Intent.selectOf, key))
        }
    }

    /// Refuses an intent whose number is taken, or whose episode has ended.
    mutating func checkNew(_ intent: Intent) throws(LedgerError) {
        if case .ended = try recall(intent.episode) { throw .episodeEnded }
        let known = try read { (database) throws(SQLiteError) in
            try database.first(Intent.self, Intent.selectOne, intent.episode, intent.sequence)
        }
        guard let known, known != intent else { return }
        throw .intentExists(sequence: intent.sequence)
    }

    /// The latest time that any row carries; nil without rows.
    mutating func newestTime() throws(LedgerError) -> WallTime? {
        let newest: [SQLiteQuery] = [
            "SELECT max(recorded_at) FROM intents",
            "SELECT max(first_seen) FROM episodes WHERE outcome IS NULL",
            "SELECT max(ended_at) FROM episodes WHERE outcome IS NOT NULL AND newest = 0",
            "SELECT max(ended_at) FROM episodes WHERE outcome IS NOT NULL AND newest = 1",
            "SELECT max(started) FROM attempts",
        ]
        return try read { (database) throws(SQLiteError) in
            var times: [WallTime] = []
            for query in newest {
                times += [try database.first(WallTime?.self, query) ?? nil].compactMap(\.self)
            }
            return times.max()
        }
    }

    /// Reads everything.
    mutating func snapshot() throws(LedgerError) -> LedgerSnapshot {
        try read { (database) throws(SQLiteError) in
            var snapshot = LedgerSnapshot(
                episodes: try database.rows(EpisodeRecord.self, EpisodeRecord.selectAll),
                intents: try database.rows(Intent.self, Intent.selectAll),
                pauses: try database.rows(Pause.self, Pause.selectAll)
            )
            for (index, record) in snapshot.episodes.enumerated() {
                snapshot.episodes[index].causes = try CauseRow.causes(of: record.key, &database)
            }
            return snapshot
        }
    }

    /// The retries that budgets count, except those of already known intents.
    private static func spent(
        _ database: inout SQLiteDatabase,
        now: WallTime,
        memory: Duration,
        but known: [Intent]
    ) throws(SQLiteError) -> [SpentRetry] {
        let last: SQLiteQuery = .once("SELECT max(recorded_at) FROM intents")
        guard let newest = try database.first(WallTime?.self, last) ?? nil else { return [] }
        let since = min(now, newest) + (.zero - memory)
        // One copy of each policy's name, however many retries it made.
        var names: [PolicyName: PolicyName] = [:]
        var left: [SpentRetry: Int] = [:]
        for intent in known { left[SpentRetry(intent), default: 0] += 1 }
        var spent: [SpentRetry] = []
        let recent: SQLiteQuery = .once(
            """
            SELECT recorded_at, policy, \(CostColumns.columns) FROM intents WHERE recorded_at >= ?
            """
        )
        try database.forEachRow(recent, since) { (row) throws(SQLiteError) in
            let at = try row.next(WallTime.self)
            let name = try row.next(PolicyName.self)
            let policy = names[name] ?? name
            names[name] = policy
            let cost = try row.next(CostColumns.self).cost
            let retry = SpentRetry(at: at, policy: policy, cost: cost)
            if let count = left[retry], count > 0 {
                left[retry] = count - 1
            } else {
                spent.append(retry)
            }
        }
        return spent
    }
}

extension EpisodeRecord {
    fileprivate static let selectAll: SQLiteQuery = .once("SELECT \(columns) FROM episodes")
    fileprivate static let selectOpen: SQLiteQuery = .once(
        "SELECT \(columns) FROM episodes WHERE outcome IS NULL"
    )
    fileprivate static let selectOne: SQLiteQuery =
        "SELECT \(columns) FROM episodes WHERE \(EpisodeKey.match)"
}

extension Intent {
    fileprivate static let selectAll: SQLiteQuery = .once("SELECT \(columns) FROM intents")
    static let selectOf: SQLiteQuery =
        "SELECT \(columns) FROM intents WHERE \(EpisodeKey.match) ORDER BY sequence"
    fileprivate static let selectOne: SQLiteQuery =
        "SELECT \(columns) FROM intents WHERE \(EpisodeKey.match) AND sequence = ?"
}

extension Pause {
    fileprivate static let selectAll: SQLiteQuery = .once("SELECT \(columns) FROM pauses")
}
