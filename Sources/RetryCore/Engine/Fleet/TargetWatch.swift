import Primitives

/// What the engine keeps of one target.
struct TargetWatch: Hashable, Sendable {
    /// The target as configured.
    var target: Target
    /// AWS's clock for this target.
    var clock: ServerClock
    /// Why and since when calls fail; nil while they work.
    var degradation: Degradation?
    /// Why and since when ListPipelines fails; nil while it works.
    var listDegradation: Degradation?
    /// ListPipelines calls in a row that came to nothing.
    var listFailures = 0
    /// The pipelines that ListPipelines showed last, and those that it no longer shows but that AWS
    /// has not said to be gone; nil before the first answer.
    var listed: [PipelineName]?
    /// Answers of ListPipelines in a row that lost most of the known names.
    var partialLists = 0
    /// Until when ListPipelineExecutions is not called, since the permission is missing.
    var executionsDeniedUntil: Instant?
    /// It was said that it is missing.
    var isExecutionsDenialReported = false
    /// The patterns of the file of which it was said that they take no pipeline.
    var unmatched: Set<Glob> = []
    /// The account, once a definition said it; a target is one account and Region.
    var account: String?
    /// The ARN's partition, once a definition said it.
    var partition: String?

    /// A condition that is said once when it starts and once when it ends.
    struct Degradation: Hashable, Sendable {
        /// What failed.
        var failure: CallFailure
        /// Since when.
        var since: Instant
    }

    /// Takes AWS's time of an answer; whether it is the first that she told.
    mutating func answered(at time: WallTime?, _ now: Instant) -> Bool {
        guard let time else { return false }
        let wasConfirmed = clock.isConfirmed
        clock.observe(time, now: now)
        return clock.isConfirmed && !wasConfirmed
    }

    /// Ends a trouble that was said, if there is one; what is to be said of its end.
    mutating func endTrouble() -> (context: TargetContext, since: Instant)? {
        guard let degradation else { return nil }
        self.degradation = nil
        return (context, degradation.since)
    }

    var context: TargetContext {
        TargetContext(target: target.name, region: target.region)
    }

    /// Whether pipelines must be found by name pattern.
    var needsList: Bool { PipelineMatcher(self).needsList }
}
