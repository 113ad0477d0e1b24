package import Primitives
package import RetryCore

/// Which past episodes are asked for.
package struct HistoryQuery: Hashable, Sendable {
    /// The most episodes of one answer.
    package static let page = 200

    /// The targets, pipelines and stages.
    package var scope: PauseScope
    /// Those that ended, or failed last, at this time or later.
    package var since: WallTime
    /// Only those that ended so; empty: all.
    package var ends: Set<PastEpisode.End>
    /// The last one of the answer before; nil: the newest are asked for.
    package var after: PastEpisode.Position?

    /// Creates a query for the newest.
    package init(
        scope: PauseScope = PauseScope(),
        since: WallTime,
        ends: Set<PastEpisode.End> = [],
        after: PastEpisode.Position? = nil
    ) {
        self.scope = scope
        self.since = since
        self.ends = ends
        self.after = after
    }

    /// Makes the answer from what was found: at least the first ``page`` of each kind that come
    /// after the last answer, in any order.
    package func answer(_ found: [PastEpisode]) -> HistoryAnswer {
        let meant = found.filter { episode in
            scope.contains(episode.key) && episode.at >= since
                && after.map { $0 < episode.position } ?? true
        }
        let shown = meant.sorted { $0.position < $1.position }.prefix(HistoryQuery.page)
        return HistoryAnswer(
            episodes: shown.filter { ends.isEmpty || ends.contains($0.end) },
            next: shown.count == HistoryQuery.page ? shown.last?.position : nil
        )
    }
}

/// Some past episodes, newest first.
package struct HistoryAnswer: Hashable, Sendable {
    /// The episodes.
    package var episodes: [PastEpisode]
    /// Where the next answer goes on; nil: there are no more.
    package var next: PastEpisode.Position?

    /// Creates an answer.
    package init(episodes: [PastEpisode], next: PastEpisode.Position? = nil) {
        self.episodes = episodes
        self.next = next
    }
}
