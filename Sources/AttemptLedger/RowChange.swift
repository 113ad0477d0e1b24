import Primitives
package import RetryCore

/// Names one row.
enum RowKey: Hashable, Sendable {
    /// An episode.
    case episode(EpisodeKey)
    /// One intent of an episode, by its sequence number.
    case intent(EpisodeKey, Int)
    /// The pause of a scope.
    case pause(PauseScope)
}

/// One change of one row; applying it twice is the same as once.
package enum RowChange: Hashable, Sendable {
    /// Stores an episode, replacing an older record, unless that one has ended.
    case putEpisode(EpisodeRecord)
    /// Stores an intent, replacing an older one.
    case putIntent(Intent)
    /// Stores a pause, replacing an older one.
    case putPause(Pause)
    /// Removes a pause.
    case deletePause(PauseScope)

    /// The row that it changes.
    var key: RowKey {
        switch self {
        case .putEpisode(let record): .episode(record.key)
        case .putIntent(let intent): .intent(intent.episode, intent.sequence)
        case .putPause(let pause): .pause(pause.scope)
        case .deletePause(let scope): .pause(scope)
        }
    }

    /// Smaller first in one transaction: episodes in the order of their ends, and open ones last,
    /// so that each stage's newest is determined whatever the order in which they were kept.
    var order: Int64 {
        switch self {
        case .putEpisode(let record): record.endedAt?.milliseconds ?? .max
        case .putIntent, .putPause, .deletePause: 0
        }
    }

    /// Creates a change from a write, with its texts cut.
    /// - Throws: ``LedgerError/unstorable(_:row:)`` when a text that must not be cut is too long.
    package init(bounding write: LedgerWrite) throws(LedgerError) {
        switch write {
        case .episode(let record): self = .putEpisode(try record.bounded())
        case .intent(let intent): self = .putIntent(try intent.bounded())
        case .pause(let pause): self = .putPause(try pause.bounded())
        case .resume(let scope):
            try scope.checkBounds()
            self = .deletePause(scope)
        }
    }
}

extension RowChange {
    /// Takes a batch of writes; `refused` is the first that cannot be stored.
    package static func bounding(_ writes: [LedgerWrite]) -> (
        changes: [RowChange], refused: LedgerError?
    ) {
        var changes: [RowChange] = []
        var refused: LedgerError?
        for write in writes {
            do {
                changes.append(try RowChange(bounding: write))
            } catch {
                refused = refused ?? error
            }
        }
        return (changes, refused)
    }
}
