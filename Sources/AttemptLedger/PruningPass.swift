package import Primitives
import RetryCore

/// How long rows are kept once they no longer matter, and how many.
package enum Retention {
    /// Ended episodes, by ``EpisodeRecord/endedAt``.
    static let endedEpisodes = Duration.seconds(30 * 86_400)
    /// The newest ended episode of a stage, which the stage may show for as long as nothing new
    /// enters it.
    static let newestEpisodes = Duration.seconds(400 * 86_400)
    /// Intents without an episode, unless a budget counts them for longer.
    static let looseIntents = Duration.seconds(32 * 86_400)
    /// Attempts of actions: longer than AWS keeps them, so that none is imported again.
    static let attempts = Duration.seconds(400 * 86_400)
    /// Pauses that have ended.
    static let pauses = Duration.seconds(32 * 86_400)
    /// The shortest time between two passes of one process.
    static let interval = Duration.seconds(3600)
    /// The most rows that one step checks.
    static let batch = 200

    /// Whether an interval passed since the last pass, or the clock was set back.
    package static func isDue(last: WallTime?, now: WallTime) -> Bool {
        guard let last else { return true }
        return now < last || now - last >= interval
    }
}

/// The times before which rows may be deleted.
///
/// Ages are computed from the newest time in the rows when that is earlier than the clock, so a
/// clock in the far future deletes nothing.
package struct RetentionLimits: Hashable, Sendable {
    /// Ended episodes that their stages no longer show.
    let ended: WallTime
    /// The newest ended episodes of their stages.
    let newest: WallTime
    /// Intents without an episode.
    let loose: WallTime
    /// Pauses that have ended.
    let pauses: WallTime
    /// Attempts of actions, which are then in the sums of their days.
    package let attempts: WallTime
    /// Intents that no budget counts any more, when there is too much of everything.
    let budgets: WallTime

    /// Reckons the limits of a pass at a time of day.
    package init(now: WallTime, newestRow: WallTime, budgetMemory: Duration) {
        let reference = min(now, newestRow)
        ended = reference + (.zero - Retention.endedEpisodes)
        newest = reference + (.zero - Retention.newestEpisodes)
        loose = reference + (.zero - max(budgetMemory, Retention.looseIntents))
        pauses = reference + (.zero - Retention.pauses)
        attempts = reference + (.zero - Retention.attempts)
        budgets = reference + (.zero - budgetMemory)
    }
}

/// One pass over the old rows, in steps.
struct PruningPass: Sendable {
    /// The work of a step.
    enum Stage: Int, CaseIterable, Sendable {
        /// Takes attempts of actions that are too old.
        case oldAttempts
        /// Takes the oldest attempts while the file is too full.
        case surplusAttempts
        /// Takes ended episodes that are too old.
        case ended
        /// Takes the oldest ended episodes while there are too many or the file is too full.
        case surplus
        /// Takes, while that is not enough, the newest of their stages that are as old as the rest
        /// may get.
        case stale
        /// Takes the newest ended episodes of stages that have shown nothing else for very long.
        case newest
        /// Deletes old intents whose episodes no longer exist.
        case loose
    }

    /// Before which times rows may go.
    let limits: RetentionLimits
    /// The current work.
    var stage = Stage.oldAttempts
    /// The last loose intent that was checked.
    var cursor: LooseIntent?

    init(limits: RetentionLimits) {
        self.limits = limits
    }

    /// Advances to the next stage; false when the pass is over.
    mutating func advance() -> Bool {
        guard let next = Stage(rawValue: stage.rawValue + 1) else { return false }
        stage = next
        return true
    }
}

extension LedgerContents {
    /// The latest time that any row carries; nil without rows.
    package var newestTime: WallTime? {
        let ofEpisodes = episodes.values.map { max($0.firstSeen, $0.endedAt ?? $0.firstSeen) }.max()
        let ofIntents = intents.values.flatMap(\.values).map(\.recordedAt).max()
        return [ofEpisodes, ofIntents].compactMap { $0 }.max()
    }

    /// Removes all old rows, as the file's steps do it.
    package mutating func prune(_ limits: RetentionLimits) {
        let newest = newestEnded
        for (key, record) in episodes {
            guard record.outcome != nil, let endedAt = record.endedAt else { continue }
            let bound = newest.contains(key) ? limits.newest : limits.ended
            if endedAt < bound { remove(key, intentsBefore: limits.loose) }
        }
        for key in intents.keys where episodes[key] == nil {
            removeIntents(of: key, before: limits.loose)
        }
        for scope in pauses.values.filter({ $0.isOld(limits) }).map(\.scope) {
            apply(.deletePause(scope))
        }
    }

    /// The ended episodes after which their stages had no other.
    private var newestEnded: Set<EpisodeKey> {
        var newest: Set<EpisodeKey> = []
        let byStage = Dictionary(grouping: episodes.values) {
            [$0.key.pipeline.description, $0.key.stage.text]
        }
        for records in byStage.values where records.allSatisfy({ $0.outcome != nil }) {
            let last = records.max { left, right in
                (left.endedAt ?? left.firstSeen, left.key)
                    < (right.endedAt ?? right.firstSeen, right.key)
            }
            if let last { newest.insert(last.key) }
        }
        return newest
    }
}

extension Pause {
    /// Whether it ran out so long ago that it may go.
    func isOld(_ limits: RetentionLimits) -> Bool { until.map { $0 < limits.pauses } ?? false }
}
