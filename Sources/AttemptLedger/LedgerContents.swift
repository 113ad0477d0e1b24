import Primitives
package import RetryCore

/// Rows in memory: for ``Ledger`` those that a new file must have when the old one was lost.
package struct LedgerContents: Hashable, Sendable {
    /// The episodes.
    private(set) var episodes: [EpisodeKey: EpisodeRecord] = [:]
    /// The intents of each episode by sequence number.
    private(set) var intents: [EpisodeKey: [Int: Intent]] = [:]
    /// The pauses.
    private(set) var pauses: [PauseScope: Pause] = [:]

    /// Takes a snapshot's rows; of two with one key the later wins, but for an ended episode.
    package init(_ snapshot: LedgerSnapshot = LedgerSnapshot()) {
        for change in snapshot.changes { apply(change) }
    }

    /// Changes one row.
    package mutating func apply(_ change: RowChange) {
        switch change {
        case .putEpisode(let record):
            // How an episode ended is never changed.
            guard episodes[record.key]?.outcome == nil else { return }
            episodes[record.key] = record
        case .putIntent(let intent): intents[intent.episode, default: [:]][intent.sequence] = intent
        case .putPause(let pause): pauses[pause.scope] = pause
        case .deletePause(let scope): pauses[scope] = nil
        }
    }

    /// Changes one row, and drops an episode that has ended.
    mutating func applyOpen(_ change: RowChange) {
        apply(change)
        if case .putEpisode(let record) = change, record.outcome != nil { remove(record.key) }
    }

    /// Removes an episode with those of its intents that are older than a time; nil: all.
    mutating func remove(_ key: EpisodeKey, intentsBefore time: WallTime? = nil) {
        episodes[key] = nil
        removeIntents(of: key, before: time)
    }

    /// Removes the intents of an episode that are older than a time; nil: all.
    mutating func removeIntents(of key: EpisodeKey, before time: WallTime?) {
        let stays = (intents[key] ?? [:]).filter { _, intent in
            time.map { intent.recordedAt >= $0 } ?? false
        }
        intents[key] = stays.isEmpty ? nil : stays
    }

    /// The record of one episode.
    package func recall(_ key: EpisodeKey) -> Recollection {
        guard let record = episodes[key] else { return .new }
        if let outcome = record.outcome { return .ended(outcome) }
        let own = (intents[key] ?? [:]).values.sorted { $0.sequence < $1.sequence }
        return .open(record, own)
    }

    /// Refuses an intent whose number is taken, or whose episode has ended.
    package func checkNew(_ intent: Intent) throws(LedgerError) {
        guard episodes[intent.episode]?.outcome == nil else { throw .episodeEnded }
        guard let known = intents[intent.episode]?[intent.sequence], known != intent else { return }
        throw .intentExists(sequence: intent.sequence)
    }

    /// The rows in a fixed order.
    package var snapshot: LedgerSnapshot {
        LedgerSnapshot(
            episodes: episodes.values.sorted { $0.key < $1.key },
            intents: intents.values.flatMap(\.values).sorted {
                ($0.episode, $0.sequence) < ($1.episode, $1.sequence)
            },
            pauses: pauses.values.sorted { $0.scope.description < $1.scope.description }
        )
    }
}

extension LedgerSnapshot {
    /// The changes that bring an empty ledger to this.
    var changes: [RowChange] {
        episodes.map(RowChange.putEpisode) + intents.map(RowChange.putIntent)
            + pauses.map(RowChange.putPause)
    }
}
