package import Primitives

/// One episode as the ledger stores it; the newest record of a key replaces the older.
package struct EpisodeRecord: Hashable, Sendable {
    /// The episode.
    package var key: EpisodeKey
    /// When its first failure happened, by AWS's clock.
    package var firstFailure: WallTime
    /// When it was first seen, by AWS's clock.
    package var firstSeen: WallTime
    /// Whether it was found among the executions of a PARALLEL pipeline, of which GetPipelineState
    /// shows nothing; then a stage has one for each of its executions.
    package var isParallel: Bool
    /// How CodePipeline's counter of retries is explained.
    package var counts: RetryCounts
    /// How many times in a row the newest fingerprint has occurred.
    package var sameErrorRun: Int
    /// The newest fingerprint.
    package var lastFingerprint: Fingerprint?
    /// The state at the failure that was counted last into ``sameErrorRun``.
    package var lastFailure: StageBaseline?
    /// What services said of its newest failed attempts, by action; empty once it has ended.
    package var causes: [AttemptCause]
    /// How it ended; nil while it is live.
    package var outcome: Outcome?
    /// Why it ended so.
    package var reason: Reason?
    /// When it ended, by AWS's clock.
    package var endedAt: WallTime?

    /// Creates the record of an episode that was just seen.
    package init(
        key: EpisodeKey,
        firstFailure: WallTime,
        firstSeen: WallTime,
        foreignRetries: Int,
        isParallel: Bool = false
    ) {
        self.key = key
        self.firstFailure = firstFailure
        self.firstSeen = firstSeen
        self.isParallel = isParallel
        counts = RetryCounts(foreign: foreignRetries)
        sameErrorRun = 0
        lastFingerprint = nil
        lastFailure = nil
        causes = []
        outcome = nil
        reason = nil
        endedAt = nil
    }
}
