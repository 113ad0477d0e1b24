import Primitives
import RetryCore

/// A row of the index over intents by their time.
struct LooseIntent: Sendable {
    let recordedAt: WallTime
    let policy: PolicyName
    let episode: EpisodeKey
    let sequence: Int
}

extension LooseIntent: Storable {
    /// The index's columns.
    fileprivate static let columns = "recorded_at, policy, \(EpisodeKey.columns), sequence"

    func bind(to parameters: inout SQLiteParameters) throws(SQLiteError) {
        try parameters.bind(recordedAt)
        try parameters.bind(policy)
        try parameters.bind(episode)
        try parameters.bind(sequence)
    }

    init(from row: inout SQLiteRow) throws(SQLiteError) {
        recordedAt = try row.next()
        policy = try row.next()
        episode = try row.next()
        sequence = try row.next()
    }
}

/// Old rows go in small transactions; the pages that they leave are used again, so the file keeps
/// its size and does not grow.
extension LedgerConnection {
    /// Does one step of a pass; false when the pass is over.
    mutating func prune(
        _ pass: inout PruningPass,
        _ options: LedgerOptions
    ) throws(LedgerError) -> Bool {
        var current = pass
        let mayBeMore = try write { (database) throws(SQLiteError) in
            let limits = current.limits
            switch current.stage {
            case .oldAttempts: return try Self.takeAttempts(&database, limits.attempts)
            case .surplusAttempts:
                guard try Self.isFull(&database, options) else { return false }
                return try Self.takeAttempts(&database, .distantFuture)
            case .ended: return try Self.take(&database, .ended, limits.ended, limits.loose)
            case .surplus:
                return try Self.takeSurplus(&database, options, .ended, .distantFuture, limits)
            case .stale:
                return try Self.takeSurplus(&database, options, .newest, limits.ended, limits)
            case .newest: return try Self.take(&database, .newest, limits.newest, limits.loose)
            case .loose:
                let last = try Self.takeLoose(&database, limits.loose, after: current.cursor)
                current.cursor = last
                return last != nil
            }
        }
        pass = current
        return mayBeMore ? true : pass.advance()
    }

    /// Some of the ended episodes.
    private enum Ended {
        /// Those that their stages no longer show.
        case ended
        /// The newest of their stages.
        case newest

        /// The keys of the oldest; takes the time before which they ended, and how many.
        var oldest: SQLiteQuery {
            switch self {
            case .ended: Self.oldestEnded
            case .newest: Self.oldestNewest
            }
        }

        private static let oldestEnded = oldest("newest = 0")
        private static let oldestNewest = oldest("newest = 1")

        private static func oldest(_ kind: String) -> SQLiteQuery {
            """
            SELECT \(EpisodeKey.columns) FROM episodes WHERE outcome IS NOT NULL AND \(kind) \
            AND ended_at < ? ORDER BY ended_at LIMIT ?
            """
        }
    }

    /// How many ended episodes are too many, by their number or by the pages that are in use.
    private static func surplus(
        _ database: inout SQLiteDatabase,
        _ options: LedgerOptions
    ) throws(SQLiteError) -> Int {
        let count = try database.first(Int.self, "SELECT ended FROM totals") ?? 0
        return try isFull(&database, options) ? Retention.batch : count - options.maximumEnded
    }

    /// Takes the oldest of some episodes while there are too many; whether there may be more.
    private static func takeSurplus(
        _ database: inout SQLiteDatabase,
        _ options: LedgerOptions,
        _ kind: Ended,
        _ before: WallTime,
        _ limits: RetentionLimits
    ) throws(SQLiteError) -> Bool {
        let count = min(try surplus(&database, options), Retention.batch)
        guard count > 0 else { return false }
        return try take(&database, kind, before, limits.budgets, count)
    }

    private static let deleteEpisode: SQLiteQuery =
        "DELETE FROM episodes WHERE \(EpisodeKey.match)"
    private static let deleteIntents: SQLiteQuery =
        "DELETE FROM intents WHERE \(EpisodeKey.match) AND recorded_at < ?"

    /// Takes the oldest of some episodes, each with those of its intents that are older than a
    /// time; whether there may be more.
    private static func take(
        _ database: inout SQLiteDatabase,
        _ kind: Ended,
        _ before: WallTime,
        _ intentsBefore: WallTime,
        _ count: Int = Retention.batch
    ) throws(SQLiteError) -> Bool {
        let keys = try database.rows(EpisodeKey.self, kind.oldest, before, count)
        for key in keys {
            try database.run(deleteEpisode, key)
            try CauseRow.delete(of: key, &database)
            try database.run(deleteIntents, key, intentsBefore)
        }
        if !keys.isEmpty { try database.run("UPDATE totals SET ended = ended - ?", keys.count) }
        return keys.count == count
    }

    private static let firstLoose: SQLiteQuery = """
        SELECT \(LooseIntent.columns) FROM intents WHERE recorded_at < ? \
        ORDER BY \(LooseIntent.columns) LIMIT ?
        """
    private static let nextLoose: SQLiteQuery = """
        SELECT \(LooseIntent.columns) FROM intents WHERE recorded_at < ? \
        AND (\(LooseIntent.columns)) > (?, ?, ?, ?, ?, ?, ?) ORDER BY \(LooseIntent.columns) LIMIT ?
        """
    private static let deleteLoose: SQLiteQuery = """
        DELETE FROM intents WHERE \(EpisodeKey.match) AND sequence = ? AND NOT EXISTS \
        (SELECT 1 FROM episodes WHERE \(EpisodeKey.match))
        """

    /// Deletes those of the next old intents whose episodes no longer exist; returns the last one
    /// checked, nil when there are no more.
    private static func takeLoose(
        _ database: inout SQLiteDatabase,
        _ before: WallTime,
        after cursor: LooseIntent?
    ) throws(SQLiteError) -> LooseIntent? {
        let intents = try loose(&database, before, after: cursor)
        for intent in intents {
            try database.run(deleteLoose, intent.episode, intent.sequence, intent.episode)
        }
        return intents.count == Retention.batch ? intents.last : nil
    }

    /// The next old intents.
    private static func loose(
        _ database: inout SQLiteDatabase,
        _ before: WallTime,
        after cursor: LooseIntent?
    ) throws(SQLiteError) -> [LooseIntent] {
        guard let cursor else {
            return try database.rows(LooseIntent.self, firstLoose, before, Retention.batch)
        }
        return try database.rows(LooseIntent.self, nextLoose, before, cursor, Retention.batch)
    }
}
