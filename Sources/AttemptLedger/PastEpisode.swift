package import Primitives
package import RetryCore

/// One failure of a stage that is over, as the ledger has it: an episode of its own, or one that
/// only AWS's history shows.
package struct PastEpisode: Hashable, Sendable {
    /// How it ended; the raw values are those of `history --outcome`.
    package enum End: String, Hashable, Sendable, CaseIterable {
        /// The stage succeeded after all.
        case recovered
        /// A limit ended it.
        case exhausted
        /// The policy, a guard or AWS ruled a retry out.
        case notRetried = "not_retried"
        /// Another execution took the stage.
        case superseded
        /// The stage or pipeline is no longer there.
        case removed
        /// The daemon did not watch it, and it stayed failed as far as the history goes.
        case failed
    }

    /// Its place in a list, newest first.
    package struct Position: Hashable, Comparable, Sendable {
        /// When it ended, or failed last.
        package var at: WallTime
        /// The episode.
        package var key: EpisodeKey

        /// Creates a position.
        package init(at: WallTime, key: EpisodeKey) {
            self.at = at
            self.key = key
        }

        /// The newer first; of two of one time by their keys.
        package static func < (left: Position, right: Position) -> Bool {
            left.at == right.at ? left.key < right.key : left.at > right.at
        }
    }

    /// The stage and execution.
    package var key: EpisodeKey
    /// When it failed first.
    package var failedAt: WallTime
    /// When it ended; of one that the daemon did not watch, when it failed last.
    package var at: WallTime
    /// How it ended.
    package var end: End
    /// Why, for one that the daemon watched.
    package var reason: Reason?
    /// The error, without its variable parts.
    package var cause: Fingerprint?
    /// The daemon's retries.
    package var ownRetries: Int
    /// Everybody else's.
    package var otherRetries: Int
    /// How long it took from the first failure to the success, or to the end.
    package var duration: Duration

    /// Its place in the list.
    package var position: Position { Position(at: at, key: key) }
}

extension PastEpisode {
    /// Takes an episode of the daemon; nil: it has not ended.
    ///
    /// - Parameters:
    ///   - record: The episode.
    ///   - intents: Its intents.
    package init?(_ record: EpisodeRecord, intents: [Intent]) {
        guard let outcome = record.outcome, let endedAt = record.endedAt else { return nil }
        key = record.key
        failedAt = record.firstFailure
        at = endedAt
        end = End(outcome)
        reason = record.reason
        cause = record.lastFingerprint
        ownRetries = Set(intents.filter(\.state.counts).map(\.number)).count
        otherRetries = record.counts.foreign
        duration = max(.zero, endedAt - record.firstFailure)
    }

    /// Takes the attempts of a stage in one execution, labelled; nil: none failed.
    package init?(_ attempts: [ActionAttempt], of key: EpisodeKey) {
        let failed = attempts.filter { $0.status == .failed }
        let ends = failed.compactMap(\.ended)
        guard let first = ends.min(), let last = ends.max() else { return nil }
        var newest: [ActionName: ActionAttempt] = [:]
        for attempt in attempts {
            let known = newest[attempt.action.action]
            if known.map({ $0.started <= attempt.started }) ?? true {
                newest[attempt.action.action] = attempt
            }
        }
        let hasRecovered = newest.values.allSatisfy { $0.status == .succeeded }
        let success = hasRecovered ? newest.values.compactMap(\.ended).max() : nil
        let retries = Dictionary(grouping: failed.filter { $0.retry != nil }, by: \.action)
        let most = retries.values.max { $0.count < $1.count } ?? []
        self.key = key
        failedAt = first
        at = last
        end = hasRecovered ? .recovered : .failed
        reason = nil
        let latest = failed.max { ($0.started, $0.id) < ($1.started, $1.id) }
        cause = latest?.causeFingerprint ?? latest?.fingerprint
        ownRetries = most.count { $0.retry?.isOwn ?? false }
        otherRetries = most.count - ownRetries
        duration = max(.zero, (success ?? last) - first)
    }
}

extension PastEpisode.End {
    fileprivate init(_ outcome: Outcome) {
        switch outcome {
        case .recovered: self = .recovered
        case .exhausted: self = .exhausted
        case .notRetried: self = .notRetried
        case .superseded: self = .superseded
        case .removed: self = .removed
        }
    }
}
