package import Primitives

/// What the engine knows of one live episode.
package struct EpisodeStatus: Hashable, Sendable {
    /// The episode.
    package var key: EpisodeKey
    /// The phase, as docs/STATES.md has it.
    package var phase: EpisodePhase.Name
    /// The retries that count.
    package var retries: Int
    /// The most that there can be, once a retry is decided.
    package var limit: Int?
    /// The rule that decided on the newest retry.
    package var rule: RuleName?
    /// When the decided retry is due.
    package var due: WallTime?
    /// Why it waits, when it does not wait for its time.
    package var reason: Reason?
    /// What the service of a failed action says; nil: nothing was read.
    package var cause: RootCause?

    /// Creates a status.
    package init(
        key: EpisodeKey,
        phase: EpisodePhase.Name,
        retries: Int,
        limit: Int?,
        rule: RuleName?,
        due: WallTime?,
        reason: Reason?,
        cause: RootCause? = nil
    ) {
        self.key = key
        self.phase = phase
        self.retries = retries
        self.limit = limit
        self.rule = rule
        self.due = due
        self.reason = reason
        self.cause = cause
    }
}
