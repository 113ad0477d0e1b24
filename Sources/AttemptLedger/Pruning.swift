import RetryCore

/// How long rows are kept once they no longer matter.
enum Retention {
    /// Ended episodes, by ``EpisodeRecord/endedAt``.
    static let endedEpisodes = Duration.seconds(30 * 86_400)
    /// Intents that belong to no episode any more, for the budgets; and pauses that ran out.
    static let looseIntents = Duration.seconds(32 * 86_400)
    /// The shortest time between two prunings of one process.
    static let interval = Duration.seconds(3600)
    /// The most rows that one pruning takes, so that it never delays an intent for long.
    static let batch = 1000

    /// Whether an interval passed since the last pruning, or the clock was set back.
    static func isDue(last: WallTime?, now: WallTime) -> Bool {
        guard let last else { return true }
        return now < last || now - last >= interval
    }
}

extension LedgerContents {
    /// The rows that may go: ended episodes with their old intents, loose old intents, old pauses.
    ///
    /// An open episode stays with all of its intents however old, since limits count them
    /// (invariant I1). The age is measured from the newest time in the rows when that is earlier
    /// than `now`, so a clock that stands in the far future deletes nothing.
    func prunable(now: WallTime) -> [RowChange] {
        guard let newest = newestTime else { return [] }
        let reference = min(now, newest)
        let ended = reference + (.zero - Retention.endedEpisodes)
        let loose = reference + (.zero - Retention.looseIntents)
        let episodeKeys = episodes.values
            .filter { record in
                record.outcome != nil && (record.endedAt.map { $0 < ended } ?? false)
            }
            .map(\.key)
        let gone = Set(episodeKeys)
        let looseIntents = intents.flatMap { key, rows in
            gone.contains(key) || episodes[key] == nil
                ? rows.values.filter { $0.recordedAt < loose } : []
        }
        let pauseScopes = pauses.values
            .filter { $0.until.map { $0 < loose } ?? false }
            .map(\.scope)
        let keys =
            looseIntents.map { RowKey.intent($0.episode, $0.sequence) }
            + episodeKeys.map(RowKey.episode) + pauseScopes.map(RowKey.pause)
        return keys.prefix(Retention.batch).map(RowChange.delete)
    }

    /// The latest time that any row carries.
    private var newestTime: WallTime? {
        let ofEpisodes = episodes.values.map { max($0.firstSeen, $0.endedAt ?? $0.firstSeen) }.max()
        let ofIntents = intents.values.flatMap(\.values).map(\.recordedAt).max()
        return [ofEpisodes, ofIntents].compactMap { $0 }.max()
    }
}
