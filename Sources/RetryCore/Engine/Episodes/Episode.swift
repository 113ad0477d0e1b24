import Primitives

/// One failed stage execution from its first failure to its end: a value that takes inputs and
/// returns the steps that follow.
///
/// It knows nothing of other episodes, calls and the ledger; everything else that it may know comes
/// with each input.
struct Episode: Hashable, Sendable {
    /// An error, and how many consecutive attempts ended with it.
    struct ErrorRun: Hashable, Sendable {
        var fingerprint: Fingerprint?
        /// The same of the causes, if all of them were read.
        var cause: Fingerprint?
        var run: Int

        /// Whether another error is the same: by the causes, if both were read, since they tell
        /// more; else by CodePipeline's words, so that a read that failed makes no difference.
        func isSame(_ error: Fingerprint?, cause other: Fingerprint?) -> Bool {
            guard let error, fingerprint != nil else { return false }
            guard let cause, let other else { return error == fingerprint }
            return cause == other
        }
    }

    /// What the ledger stores of it.
    var record: EpisodeRecord
    /// Its current phase.
    var phase: EpisodePhase
    /// Its intents, in order.
    var intents: [Intent] = []
    /// The stage as the newest poll showed it.
    var stage: StageSnapshot { didSet { baseline = stage.baseline } }
    /// Its baseline, which nearly every decision compares with.
    private(set) var baseline: StageBaseline
    /// The attempts that newer ones replaced: they never come back.
    var replaced: Set<ActionExecutionID> = []
    /// Since when polls have been stale reads; nil while they are not.
    var olderSince: Instant?
    /// The edition of the pipeline that last showed it; nil before the first poll after a start.
    var edition: PipelineEdition?
    /// What ran in this execution, and the progress of reading it.
    var history = HistoryReading()
    /// What services say of the failed actions.
    var tracing: CauseTracing
    /// What the ledger says of failures like the newest one.
    var comparison = Comparison()
    /// The failure as the newest decision read it.
    var reading: KeptReading?
    /// The answers to the pattern questions.
    var findings: [PatternQuery: PatternFinding] = [:]
    /// The pattern questions that are being evaluated.
    var asked: [PatternQuery] = []
    /// The newest failure's facts, once decided.
    var failure = FailureFacts()
    /// The error before the newest attempt, and how many times in a row it had occurred by then.
    ///
    /// After a restart nil until another attempt fails: an attempt that was seen in part before
    /// then counts as one with another error.
    var errorBefore: ErrorRun?
    /// The causes of the newest failure as one error; nil: not all of them were read.
    var causeError: Fingerprint?
    /// The plan reported last for the newest failure.
    var reportedPlan: ReportedPlan?
    /// The deferral reported last, until a retry is accepted or the stage fails again.
    var reportedReason: Reason?
    /// Refusals in a row that did not count, for their growing waits.
    var refusals = 0
    /// StageNotRetryableException in a row.
    var notRetryable = 0
    /// The newest StageNotRetryableException in a PARALLEL pipeline, until the stage fails again.
    var parallelRefusal: CallFailure?
    /// The sequence of the newest intent, written or not.
    var lastSequence = 0
    /// A poll requested at or after this call confirms that another execution took the stage.
    var overtakenAfter: CallID?
    /// A poll requested at or after this call confirms that the stage is no longer there.
    var missingAfter: CallID?
    /// The most retries that the episode can have, by the plan of the newest intent.
    var limit = 0
    /// The failure that was counted into an outage last.
    var notedFailure: StageBaseline?

    /// What `retry_scheduled` or `would_retry` reported.
    struct ReportedPlan: Hashable, Sendable {
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

    /// Creates an episode from what is known when it begins, or from its record in the ledger.
    init(
        record: EpisodeRecord,
        phase: EpisodePhase,
        intents: [Intent] = [],
        stage: StageSnapshot
    ) {
        self.record = record
        self.phase = phase
        self.intents = intents
        self.stage = stage
        baseline = stage.baseline
        tracing = CauseTracing(known: record.causes)
    }

    /// The stage execution that it is about.
    var key: EpisodeKey { record.key }

    /// Whether its outcome is reported.
    var isEnded: Bool { phase == .ended }

    /// Whether an intent is being written or sent: only its answer changes the phase.
    var isCommitted: Bool {
        switch phase.name {
        case .recording, .calling: true
        case .resuming, .gathering, .tracing, .matching, .comparing, .pending, .deferred,
            .rechecking,
            .queued, .verifying, .settling, .running, .ended:
            false
        }
    }

    /// Whether an intent is being written or waits for its call.
    var isUnsent: Bool {
        switch phase.name {
        case .recording, .queued: true
        case .resuming, .gathering, .tracing, .matching, .comparing, .pending, .deferred,
            .rechecking,
            .calling, .verifying, .settling, .running, .ended:
            false
        }
    }

    /// Whether it waits for a sign of a retry of ours.
    var awaitsEffect: Bool {
        switch phase.name {
        case .verifying, .settling: true
        case .resuming, .gathering, .tracing, .matching, .comparing, .pending, .deferred,
            .rechecking,
            .recording, .queued, .calling, .running, .ended:
            false
        }
    }

    /// The retries that limits count.
    var countedRetries: Int { record.counts.foreign + ownRetries }

    /// The retries that the daemon itself caused, for the outcome's entry.
    var ownRetries: Int { intents.count { $0.state.counts } }

    /// The past as the evaluator needs it.
    var past: EpisodeHistory {
        var byRule: [RuleName?: Int] = [:]
        for intent in intents where intent.state.counts {
            byRule[intent.rule, default: 0] += 1
        }
        if record.counts.foreign > 0 {
            byRule[nil, default: 0] += record.counts.foreign
        }
        return EpisodeHistory(
            firstFailure: record.firstFailure,
            firstSeen: record.firstSeen,
            retries: countedRetries,
            retriesByRule: byRule,
            counts: record.counts,
            ranVersions: history.versions,
            sameErrorRun: record.sameErrorRun,
            lastFingerprint: record.lastFingerprint
        )
    }

    /// Takes one input; the steps that follow from it, in order.
    mutating func take(_ input: EpisodeInput, _ world: EpisodeEnvironment) -> [EpisodeStep] {
        var steps: [EpisodeStep] = []
        switch input {
        case .began: gatherAnew(world, &steps)
        case .shown(let stage, let edition, let id): shown(stage, edition, by: id, world, &steps)
        case .missing(let id): missing(by: id, world, &steps)
        case .definitionRead: gather(world, &steps)
        case .attributed(let retriesItself): attribute(retriesItself: retriesItself, &steps)
        case .evidenceRead(let id, let answer): evidenceRead(id, answer, world, &steps)
        case .causesRead(let id, let answers): causesRead(id, answers, world, &steps)
        case .patternsMatched(let id, let findings): matched(id, findings, world, &steps)
        case .patternsLost(let id): patternsLost(id, world, &steps)
        case .precedentsRead(let id, let found): compared(id, found, world, &steps)
        case .decided(let decision, let checked): follow(decision, checked, world, &steps)
        case .intentRecorded(let id, let durability, let isCalling):
            recorded(id, durability, isCalling: isCalling, world, &steps)
        case .turn: send(world, &steps)
        case .retryAnswered(let id, let answer): answered(id, answer, world, &steps)
        case .due: due(world, &steps)
        case .reconsider: reconsider(world, &steps)
        case .outageBegan:
            if case .pending = phase { decide(world, &steps) }
        case .released(let instant): release(at: instant)
        case .letThrough: letThrough(world.now)
        case .resumed: settleOpenIntents(&steps)
        case .over(let outcome, let reason): end(outcome, reason, world, &steps)
        }
        return steps
    }

    /// Enters another phase, or the same one with other data.
    mutating func enter(_ next: EpisodePhase) {
        let isAllowed =
            phase.name == next.name
            || EpisodePhase.transitions[phase.name]?.contains(next.name) == true
        precondition(isAllowed, "no way from \(phase) to \(next) for \(key): \(self)")
        phase = next
    }

    /// Moves the phase's deadline.
    mutating func wait(until instant: Instant) {
        enter(phase.with(deadline: instant))
    }

    /// Requests a poll of the pipeline, or a read of the execution, before anything else.
    func check(_ steps: inout [EpisodeStep]) {
        steps.append(.ask(.showing(key, isParallel: record.isParallel), .check))
    }

    /// Puts the newest record into the ledger.
    func save(_ steps: inout [EpisodeStep]) {
        steps.append(.write(.episode(record)))
    }

    /// Notes the new state of an intent, here and in the ledger.
    @discardableResult
    mutating func change(
        _ intent: Intent,
        to state: IntentState,
        _ steps: inout [EpisodeStep]
    ) -> Intent {
        var changed = intent
        changed.state = state
        if state == .notExecuted, intent.cost != nil {
            changed.cost = .nothing
            steps.append(.charge(intent, .nothing))
        }
        let index = intents.lastIndex { $0.sequence == intent.sequence }
        if let index { intents[index] = changed }
        steps.append(.write(.intent(changed)))
        return changed
    }
}
