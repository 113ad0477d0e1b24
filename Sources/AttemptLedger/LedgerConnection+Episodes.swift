import Primitives
import RetryCore

/// Past episodes: those of the daemon, and the failures that only AWS's history shows.
extension LedgerConnection {
    /// The names of a scope; takes target, pipeline and stage, NULL for all.
    private static let inScope = """
        target = coalesce(?, target) AND pipeline = coalesce(?, pipeline) \
        AND stage = coalesce(?, stage)
        """
    /// What comes after a position in the order of a list; takes a ``StoredPosition``.
    private static func isAfter(_ time: String) -> String {
        """
        (\(time) < ? OR \(time) = ? AND (\(EpisodeKey.columns)) > (?, ?, ?, ?))
        """
    }
    private static let selectEnded = ended("newest = 0")
    private static let selectNewest = ended("newest = 1")
    private static let selectFailed: SQLiteQuery = """
        SELECT \(EpisodeKey.columns) FROM \(HistoryRow.joined) \
        WHERE status = 'failed' AND ended >= ? AND \(inScope) AND NOT EXISTS ( \
        SELECT 1 FROM episodes WHERE episodes.target = actions.target \
        AND episodes.pipeline = actions.pipeline AND episodes.stage = actions.stage \
        AND episodes.execution = attempts.execution) \
        GROUP BY \(EpisodeKey.columns) HAVING \(isAfter("max(ended)")) \
        ORDER BY max(ended) DESC, \(EpisodeKey.columns) LIMIT ?
        """
    private static let selectStage: SQLiteQuery = """
        SELECT \(ActionAttempt.columns) FROM \(HistoryRow.joined) WHERE \(EpisodeKey.match)
        """

    private static func ended(_ kind: String) -> SQLiteQuery {
        """
        SELECT \(EpisodeRecord.columns) FROM episodes WHERE outcome IS NOT NULL AND \(kind) \
        AND ended_at >= ? AND \(inScope) AND \(isAfter("ended_at")) \
        ORDER BY ended_at DESC, \(EpisodeKey.columns) LIMIT ?
        """
    }

    /// The past episodes that a query asks for.
    mutating func pastEpisodes(_ query: HistoryQuery) throws(LedgerError) -> HistoryAnswer {
        try read { (database) throws(SQLiteError) in
            let after = StoredPosition(query.after)
            let limit = HistoryQuery.page
            var found: [PastEpisode] = []
            for sql in [Self.selectEnded, Self.selectNewest] {
                let records = try database.rows(
                    EpisodeRecord.self,
                    sql,
                    query.since,
                    query.scope,
                    after,
                    limit
                )
                for record in records {
                    let intents = try database.rows(Intent.self, Intent.selectOf, record.key)
                    if let past = PastEpisode(record, intents: intents) { found.append(past) }
                }
            }
            let keys = try database.rows(
                EpisodeKey.self,
                Self.selectFailed,
                query.since,
                query.scope,
                after,
                limit
            )
            for key in keys {
                let attempts = try database.rows(ActionAttempt.self, Self.selectStage, key)
                if let past = PastEpisode(attempts, of: key) { found.append(past) }
            }
            return query.answer(found)
        }
    }
}

/// A position as the values of a condition; without one everything comes after it.
private struct StoredPosition: Storable {
    private let at: WallTime
    private let key: EpisodeKey

    init(_ position: PastEpisode.Position?) {
        at = position?.at ?? WallTime(milliseconds: .max)
        key =
            position?.key
            ?? EpisodeKey(
                pipeline: PipelineKey(target: "", pipeline: ""),
                stage: "",
                execution: ""
            )
    }

    func bind(to parameters: inout SQLiteParameters) throws(SQLiteError) {
        try parameters.bind(at)
        try parameters.bind(at)
        try parameters.bind(key)
    }

    init(from row: inout SQLiteRow) throws(SQLiteError) {
        at = try row.next()
        key = try row.next()
    }
}
