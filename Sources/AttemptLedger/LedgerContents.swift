import RetryCore

/// All rows in memory: what ``MemoryLedger`` holds, and what ``Ledger`` writes into a new file when
/// the old one was lost.
struct LedgerContents: Hashable, Sendable {
    /// The episodes.
    private(set) var episodes: [EpisodeKey: EpisodeRecord] = [:]
    /// The intents of each episode by sequence number.
    private(set) var intents: [EpisodeKey: [Int: Intent]] = [:]
    /// The pauses.
    private(set) var pauses: [PauseScope: Pause] = [:]

    /// Takes a snapshot's rows; of two with one key the later wins.
    init(_ snapshot: LedgerSnapshot = LedgerSnapshot()) {
        for change in snapshot.changes { apply(change) }
    }

    /// Changes one row.
    mutating func apply(_ change: RowChange) {
        switch change {
        case .putEpisode(let record): episodes[record.key] = record
        case .putIntent(let intent): intents[intent.episode, default: [:]][intent.sequence] = intent
        case .putPause(let pause): pauses[pause.scope] = pause
        case .delete(.episode(let key)): episodes[key] = nil
        case .delete(.intent(let key, let sequence)):
            intents[key]?[sequence] = nil
            if intents[key]?.isEmpty ?? false { intents[key] = nil }
        case .delete(.pause(let scope)): pauses[scope] = nil
        }
    }

    /// Refuses an intent whose number another one has.
    func checkNew(_ intent: Intent) throws(LedgerError) {
        guard let known = intents[intent.episode]?[intent.sequence], known != intent else { return }
        throw .intentExists(sequence: intent.sequence)
    }

    /// The rows in a fixed order.
    var snapshot: LedgerSnapshot {
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
