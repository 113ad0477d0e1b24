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
    /// ListPipelines calls in a row that failed.
    var listFailures = 0
    /// The pipelines that ListPipelines showed last, and those that it no longer shows but that AWS
    /// has not reported as removed; nil before the first answer.
    var listed: [PipelineName]?
    /// Consecutive ListPipelines answers without most of the known names.
    var partialLists = 0
    /// Until when ListPipelineExecutions is not called, since the permission is missing.
    var executionsDeniedUntil: Instant?
    /// The missing permission was reported.
    var isExecutionsDenialReported = false
    /// The services that could not be asked for causes, which was reported.
    var causeFailures: Set<String> = []
    /// The configured patterns that were reported to match no pipeline.
    var unmatched: Set<Glob> = []
    /// The account, once a definition gave it; a target is one account and Region.
    var account: String?
    /// The ARN's partition, once a definition gave it.
    var partition: String?
    /// The account that was known last, also while it is determined again.
    var lastAccount: String?
    /// The Region that was known last; empty before the first.
    var lastRegion = ""
    /// The same of the endpoint.
    var lastEndpoint = ""

    /// A condition that is reported once when it starts and once when it ends.
    struct Degradation: Hashable, Sendable {
        /// The error.
        var failure: CallFailure
        /// Since when.
        var since: Instant
    }

    /// Takes AWS's time of an answer; returns whether it is the first known one.
    mutating func answered(at time: WallTime?, _ now: Instant) -> Bool {
        guard let time else { return false }
        let wasConfirmed = clock.isConfirmed
        clock.observe(time, now: now)
        return clock.isConfirmed && !wasConfirmed
    }

    /// Ends a reported error, if there is one; returns what is to be reported at its end.
    mutating func endDegradation() -> (context: TargetContext, since: Instant)? {
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
