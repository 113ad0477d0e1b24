import Primitives

/// What the engine keeps of one target.
struct TargetWatch: Hashable, Sendable {
    /// The target as configured.
    var target: Target
    /// AWS's clock for this target.
    var clock: ServerClock
    /// Why and since when calls fail; nil while they work.
    var trouble: Trouble?
    /// Why and since when ListPipelines fails; nil while it works.
    var listTrouble: Trouble?
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
    var isExecutionsDenialSaid = false
    /// The patterns of the file of which it was said that they take no pipeline.
    var unmatched: Set<Glob> = []
    /// The account, once a definition said it; a target is one account and Region.
    var account: String?
    /// The ARN's partition, once a definition said it.
    var partition: String?

    /// A condition that is said once when it starts and once when it ends.
    struct Trouble: Hashable, Sendable {
        /// What failed.
        var failure: CallFailure
        /// Since when.
        var since: Instant
    }

    var context: TargetContext {
        TargetContext(target: target.name, region: target.region)
    }

    /// Whether pipelines must be found by name pattern.
    var needsList: Bool { Roster(self).needsList }
}

/// What the engine keeps of one pipeline: some two hundred bytes and its definition.
struct PipelineWatch: Hashable, Sendable {
    /// What is known of the definition.
    enum Definition: Hashable, Sendable {
        /// Not read yet, or outdated.
        case unread
        /// Read.
        case read(PackedDefinition)
        /// The permission `codepipeline:GetPipeline` is missing.
        case denied
    }

    /// The entry of the config file that took it.
    var entry: PipelineEntry
    /// What is known of the definition.
    var definition = Definition.unread
    /// What answers without stages have said of the pipeline since the newest state: only the
    /// definition tells whether it is so.
    var stageless: PipelineEdition?
    /// When a definition that was denied is asked for again where no episode does it.
    var deniedUntil: Instant?
    /// It was said as an error that the definition is denied.
    var isDenialSaid = false
    /// The stages of the file of which it was said that the pipeline has them not.
    var unmatched: Set<StageName> = []
    /// The version of the newest state.
    var version: Int?
    /// When the pipeline of the newest state was created.
    var created: WallTime?
    /// Why it can not be watched; nil while it can.
    var lost: PipelineLoss?
    /// Its mode has no state to act on.
    var isUnsupported = false
    /// Failed looks in a row.
    var failures = 0
    /// Since when AWS says that there is no such pipeline; nil while it does not.
    var missingSince: Instant?
    /// Since when the answers after a start have lacked what the ledger has; nil while they do not.
    var lacksSince: Instant?
    /// The current episode of each stage, ended ones included.
    var stages: [StageName: EpisodeKey] = [:]
    /// What is kept of its executions as such.
    var executions = ExecutionsWatch()
    /// The look that waits or is under way, if any.
    var look = Look.none
    /// Something moved at the last look.
    var isMoving = false
    /// The bytes of the newest state; nil before the first one.
    var digest: StateDigest?
    /// Since when the looks have shown the same.
    var restsSince: Instant

    init(_ entry: PipelineEntry, now: Instant) {
        self.entry = entry
        restsSince = now
    }

    /// Whether a look at the state waits or is under way.
    enum Look: Hashable, Sendable {
        /// Neither.
        case none
        /// It waits for its turn.
        case queued
        /// It is under way; another one is wanted right after it when `again` is set.
        case inFlight(CallID, again: Bool)
    }

    /// Which pipeline the newest state is of, and which definition.
    var edition: PipelineEdition { PipelineEdition(version: version, created: created) }

    var knownDefinition: PipelineDefinition? {
        switch definition {
        case .read(let packed): packed.definition
        case .unread, .denied: nil
        }
    }
}

extension PipelineWatch {
    /// Whether a definition is not older than the one that the newest state speaks of.
    ///
    /// One without version or stages is no definition: nothing could be read from it. What an
    /// answer without stages said of itself may be older, if PARALLEL bears it out.
    func accepts(_ new: PipelineDefinition) -> Bool {
        guard let read = new.version, !new.stages.isEmpty else { return false }
        let isBorneOut = new.executionMode == .parallel && read == stageless?.version
        return isBorneOut || version.map { read >= $0 } ?? true
    }
}

/// What the engine keeps of one episode.
struct Episode: Hashable, Sendable {
    /// An error, and how many attempts in a row have come to it.
    struct ErrorRun: Hashable, Sendable {
        var fingerprint: Fingerprint?
        var run: Int
    }

    /// What the ledger keeps of it.
    var record: EpisodeRecord
    /// Where it stands.
    var phase: EpisodePhase
    /// Its intents, in order.
    var intents: [Intent] = []
    /// The stage as the newest poll showed it.
    var stage: StageSnapshot
    /// The attempts that newer ones took the place of: they never come back.
    var replaced: Set<ActionExecutionID> = []
    /// Since when the looks have shown it older than it was seen; nil while they do not.
    var olderSince: Instant?
    /// Which edition of the pipeline last showed it; nil before the first look after a start.
    var edition: PipelineEdition?
    /// What ran in this execution, once read.
    var evidence: Evidence?
    /// The newest decision's reading of what failed.
    var reading: KeptReading?
    /// The answers to the pattern questions.
    var findings: [PatternQuery: PatternFinding] = [:]
    /// The pattern questions that are being evaluated.
    var asked: [PatternQuery] = []
    /// The newest failure's facts, once decided.
    var failure = FailureFacts()
    /// The error before the newest attempt, and how often it had come in a row by then.
    ///
    /// After a restart nil until another attempt fails: an attempt that was seen in part before
    /// then counts as one with another error.
    var errorBefore: ErrorRun?
    /// The plan that was said last for the newest failure.
    var saidPlan: SaidPlan?
    /// The deferral that was said last, until a retry is accepted or the stage fails anew.
    var saidReason: Reason?
    /// Refusals in a row that did not count, for their growing waits.
    var refusals = 0
    /// StageNotRetryableException in a row.
    var notRetryable = 0
    /// What the newest history lacked of the state; nil when it lacked nothing.
    var lag: String?
    /// Reads of the history in a row that brought nothing, for their growing waits.
    var evidenceTries = 0
    /// Evaluations of patterns in a row that did not come back.
    var patternTries = 0
    /// The definition's versions that the history named.
    var ranVersions: Set<Int> = []
    /// The state that ``evidence`` was asked for; of another one it says nothing.
    var evidenceMark: StateMark?
    /// Evidence from a call before this one is too old.
    var evidenceAfter = CallID(number: 0)
    /// The sequence of the newest intent, written or not.
    var lastSequence = 0
    /// Something changed while its intent was being written: it is decided anew, not sent.
    var isDoubted = false
    /// A look asked for at or after this call confirms that another execution took the stage.
    var overtakenAfter: CallID?
    /// A look asked for at or after this call confirms that the stage is no longer there.
    var missingAfter: CallID?
    /// The most retries that the episode can have, by the plan of the newest intent.
    var limit = 0
    /// The failure that was counted into an outage last.
    var notedFailure: StateMark?
    /// The newest look at the stage that showed nothing new after a call of ours.
    var lastVainLook = CallID(number: 0)

    /// What `retry_scheduled` or `would_retry` said.
    struct SaidPlan: Hashable, Sendable {
        /// The retry's number.
        var number: Int
        /// When it is due.
        var due: WallTime
        /// How the stage is retried.
        var mode: RetryMode

        init(_ plan: RetryPlan) {
            number = plan.number
            due = plan.due
            mode = plan.mode
        }
    }

    /// The retries that limits count.
    var countedRetries: Int {
        record.foreignRetries + intents.count { $0.state.counts }
    }

    /// The retries that the daemon itself caused, for the outcome's entry.
    var ownRetries: Int {
        intents.count { $0.state.counts }
    }

    /// What the evaluator needs of the past.
    func history(firstFailure: WallTime) -> EpisodeHistory {
        var byRule: [RuleName?: Int] = [:]
        for intent in intents where intent.state.counts {
            byRule[intent.rule, default: 0] += 1
        }
        if record.foreignRetries > 0 {
            byRule[nil, default: 0] += record.foreignRetries
        }
        return EpisodeHistory(
            firstFailure: firstFailure,
            firstSeen: record.firstSeen,
            retries: countedRetries,
            retriesByRule: byRule,
            knownManualRetries: record.knownManualRetries,
            lateRetries: record.lateRetries,
            foreignRetries: record.foreignRetries,
            ranVersions: ranVersions,
            sameErrorRun: record.sameErrorRun,
            lastFingerprint: record.lastFingerprint
        )
    }
}
