import GRDB
import Primitives
import RetryCore

/// A row of the index over intents by their time.
struct LooseIntent: Sendable {
    /// The index's columns.
    let place: [DatabaseValue]
}

/// Old rows go in small transactions; the pages that they leave are used again, so the file keeps
/// its size and does not grow.
extension LedgerConnection {
    /// Does one step of a pass; false when the pass is over.
    func prune(
        _ pass: inout PruningPass,
        _ options: LedgerOptions
    ) throws(LedgerError) -> Bool {
        var current = pass
        let mayBeMore = try write { db in
            let limits = current.limits
            switch current.stage {
            case .ended:
                return try Self.take(db, Self.ended, limits.ended, intents: limits.loose)
            case .surplus:
                let isEnded = Self.ended
                return try Self.takeSurplus(db, options, isEnded, .distantFuture, limits)
            case .stale:
                return try Self.takeSurplus(db, options, Self.newest, limits.ended, limits)
            case .newest:
                return try Self.take(db, Self.newest, limits.newest, intents: limits.loose)
            case .loose:
                current.cursor = try Self.takeLoose(db, limits.loose, after: current.cursor)
                return current.cursor != nil
            }
        }
        pass = current
        return mayBeMore ? true : pass.advance()
    }

    private static let ended = "outcome IS NOT NULL AND newest = 0"
    private static let newest = "outcome IS NOT NULL AND newest = 1"

    /// How many ended episodes are too many, by their number or by the pages that are in use.
    private static func surplus(_ db: Database, _ options: LedgerOptions) throws -> Int {
        let count = try Int.fetchOne(db, sql: "SELECT ended FROM totals") ?? 0
        let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
        let free = try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
        let isFull = pages - free > options.maximumPages / 4 * 3
        return isFull ? Retention.batch : count - options.maximumEnded
    }

    /// Takes the oldest of some episodes while there are too many; whether there may be more.
    private static func takeSurplus(
        _ db: Database,
        _ options: LedgerOptions,
        _ kind: String,
        _ before: WallTime,
        _ limits: RetentionLimits
    ) throws -> Bool {
        let count = min(try surplus(db, options), Retention.batch)
        return try count > 0 && take(db, kind, before, count, intents: limits.budgets)
    }

    /// Takes the oldest of some episodes, each with those of its intents that are older than a
    /// time; whether there may be more.
    private static func take(
        _ db: Database,
        _ kind: String,
        _ before: WallTime,
        _ count: Int = Retention.batch,
        intents: WallTime
    ) throws -> Bool {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT target, pipeline, stage, execution FROM episodes \
                    WHERE \(kind) AND ended_at < ? ORDER BY ended_at LIMIT ?
                    """
            ),
            arguments: [before.milliseconds, count]
        )
        for row in rows {
            let key = try EpisodeKey(row).values
            try db.cachedStatement(sql: "DELETE FROM episodes WHERE \(EpisodeKey.match)")
                .execute(arguments: StatementArguments(key))
            try db.cachedStatement(
                sql: "DELETE FROM intents WHERE \(EpisodeKey.match) AND recorded_at < ?"
            ).execute(arguments: StatementArguments(key + [intents.milliseconds]))
        }
        if !rows.isEmpty {
            try db.cachedStatement(sql: "UPDATE totals SET ended = ended - ?")
                .execute(arguments: [rows.count])
        }
        return rows.count == count
    }

    private static let looseColumns =
        "recorded_at, policy, target, pipeline, stage, execution, sequence"

    /// Deletes those of the next old intents whose episodes no longer exist; returns the last one
    /// checked, nil when there are no more.
    private static func takeLoose(
        _ db: Database,
        _ before: WallTime,
        after cursor: LooseIntent?
    ) throws -> LooseIntent? {
        let start = cursor?.place.map { $0 as (any DatabaseValueConvertible)? } ?? []
        let isLater = cursor == nil ? "" : "AND (\(looseColumns)) > (?, ?, ?, ?, ?, ?, ?)"
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT \(looseColumns) FROM intents WHERE recorded_at < ? \(isLater) \
                    ORDER BY \(looseColumns) LIMIT ?
                    """
            ),
            arguments: StatementArguments([before.milliseconds] + start + [Retention.batch])
        )
        for row in rows {
            let key = try EpisodeKey(row).values
            let sequence: Int = try row.required("sequence")
            try db.cachedStatement(
                sql: """
                    DELETE FROM intents WHERE \(EpisodeKey.match) AND sequence = ? AND NOT EXISTS \
                    (SELECT 1 FROM episodes WHERE \(EpisodeKey.match))
                    """
            ).execute(arguments: StatementArguments(key + [sequence] + key))
        }
        guard rows.count == Retention.batch, let last = rows.last else { return nil }
        return LooseIntent(place: Array(last.databaseValues))
    }
}
