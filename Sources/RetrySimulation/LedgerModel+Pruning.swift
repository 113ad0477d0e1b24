import Primitives
import RetryCore

/// Old rows, and what a start reads; as docs/decisions/0009-the-ledger.md has it.
extension LedgerModel {
    /// For how long ended episodes stay, and the newest of a stage.
    private static let ended = Duration.seconds(30 * 86_400)
    private static let newest = Duration.seconds(400 * 86_400)
    /// For how long intents without an episode stay, and pauses that are over.
    private static let loose = Duration.seconds(32 * 86_400)
    /// Between two passes.
    private static let interval = Duration.seconds(3600)

    /// Deletes old rows when an hour has passed since the last time, by the host's clock, and
    /// nothing waits to be written.
    ///
    /// - Parameters:
    ///   - now: The host's time of day.
    ///   - memory: How far back a budget may count.
    mutating func prune(now: WallTime, memory: Duration) {
        guard isIdle, isDue(now), let newestTime = durable.newestTime else { return }
        prunedAt = now
        let reference = min(now, newestTime)
        prune(memory: memory) { reference + (.zero - $0) }
        notePruning(now, memory: memory)
    }

    private func isDue(_ now: WallTime) -> Bool {
        guard let prunedAt else { return true }
        return now < prunedAt || now - prunedAt >= LedgerModel.interval
    }

    private mutating func prune(memory: Duration, before age: (Duration) -> WallTime) {
        let newest = durable.newestEnded
        for (key, record) in durable.episodes {
            guard record.outcome != nil, let endedAt = record.endedAt else { continue }
            let isNewest = newest[StageOfEpisode(key)] == key
            guard endedAt < age(isNewest ? LedgerModel.newest : LedgerModel.ended) else { continue }
            durable.episodes[key] = nil
            pruned[key] = record
        }
        let counted = max(LedgerModel.loose, memory)
        for key in durable.intents.keys where durable.episodes[key] == nil {
            let kept = (durable.intents[key] ?? [:])
                .filter { $0.value.recordedAt >= age(counted) }
            durable.intents[key] = kept.isEmpty ? nil : kept
        }
        for (scope, pause) in durable.pauses {
            if let until = pause.until, until < age(LedgerModel.loose) {
                durable.pauses[scope] = nil
            }
        }
    }

    /// The rows with the ended episodes that were deleted: what the daemon once knew.
    var remembered: Rows {
        var rows = durable
        rows.episodes.merge(pruned) { kept, _ in kept }
        return rows
    }

    /// What the daemon reads at its start: open episodes, their intents, pauses, and the retries
    /// of others that a budget may count.
    func opening(now: WallTime, memory: Duration) -> LedgerSnapshot {
        let open = durable.episodes.values.filter { $0.outcome == nil }.sorted { $0.key < $1.key }
        let keys = Set(open.map(\.key))
        let newest = durable.intents.values.flatMap(\.values).map(\.recordedAt).max() ?? now
        let since = min(now, newest) + (.zero - memory)
        let all = durable.intents.sorted { $0.key < $1.key }
            .flatMap { $0.value.values.sorted { $0.sequence < $1.sequence } }
        return LedgerSnapshot(
            episodes: open,
            intents: all.filter { keys.contains($0.episode) },
            spent: all.filter { !keys.contains($0.episode) && $0.recordedAt >= since }
                .map { SpentRetry($0) },
            pauses: durable.pauses.values.sorted { $0.scope.description < $1.scope.description }
        )
    }
}

/// A stage, whatever its execution.
private struct StageOfEpisode: Hashable {
    var pipeline: PipelineKey
    var stage: StageName

    init(_ key: EpisodeKey) {
        pipeline = key.pipeline
        stage = key.stage
    }
}

extension LedgerModel.Rows {
    /// The latest time that a row has.
    fileprivate var newestTime: WallTime? {
        let ofEpisodes = episodes.values.map { max($0.firstSeen, $0.endedAt ?? $0.firstSeen) }
        let ofIntents = intents.values.flatMap { $0.values.map(\.recordedAt) }
        return (ofEpisodes + ofIntents).max()
    }

    /// The ended episodes after which their stages had no other.
    fileprivate var newestEnded: [StageOfEpisode: EpisodeKey] {
        var newest: [StageOfEpisode: EpisodeRecord] = [:]
        var moving: Set<StageOfEpisode> = []
        for record in episodes.values {
            let stage = StageOfEpisode(record.key)
            guard record.outcome != nil else {
                moving.insert(stage)
                continue
            }
            if let other = newest[stage], !record.ended(after: other) { continue }
            newest[stage] = record
        }
        return newest.filter { !moving.contains($0.key) }.mapValues(\.key)
    }
}

extension EpisodeRecord {
    /// Whether it ended later than another; of two at one time, the one with the later key.
    fileprivate func ended(after other: EpisodeRecord) -> Bool {
        (endedAt ?? firstSeen, key) > (other.endedAt ?? other.firstSeen, other.key)
    }
}
