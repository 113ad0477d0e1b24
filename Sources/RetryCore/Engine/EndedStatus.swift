import Primitives

/// A stage that is still Failed and is not retried any more.
package struct EndedStatus: Hashable, Sendable {
    /// The episode that ended.
    package var key: EpisodeKey
    /// How; nil: it ended before the daemon started.
    package var outcome: Outcome?
    /// Why, where that is known.
    package var reason: Reason?

    /// Creates a status.
    package init(key: EpisodeKey, outcome: Outcome?, reason: Reason?) {
        self.key = key
        self.outcome = outcome
        self.reason = reason
    }
}
