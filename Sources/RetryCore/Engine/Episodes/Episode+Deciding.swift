import Primitives

/// From a verdict to the next phase, each reported once.
extension Episode {
    /// Decides once the evidence is complete.
    ///
    /// It is `checked` when the facts were just polled again because the retry is due.
    mutating func decide(
        checked: Bool = false,
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        let isKnown = world.definition != .unread && history.baseline == baseline
        guard isKnown, let counted = countFailure(world, &steps) else {
            return gatherAnew(world, &steps)
        }
        let situation = recount(counted, world, &steps)
        guard notRetryable <= 1 else {
            let detail = "twice, and the state did not change"
            return leave(.notRetryable, detail: detail, world, &steps)
        }
        // Patterns of another configuration, or a text that the state has only now: ask first.
        guard situation.unanswered.isEmpty else { return gatherAnew(world, &steps) }
        // A guard that objected does so no more, or another configuration asks for causes.
        guard !awaitsCauses(situation, world) else { return gatherAnew(world, &steps) }
        let decision = PolicyEvaluator.decide(situation)
        failure = decision.failure
        if let rival = world.rival {
            let detail = "target \(rival) watches it too"
            return leave(.duplicateTarget, detail: detail, world, &steps)
        }
        if let parallelRefusal, decision.verdict.isRetry {
            steps.append(.refusedInParallel(parallelRefusal))
            let detail = "StageNotRetryableException, and the stage is still Failed"
            return leave(.parallelRefused, detail: detail, world, &steps)
        }
        guard let informed = informed(decision, situation, checked: checked, world, &steps)
        else { return }
        steps.append(.decided(informed, checked: checked))
    }

    /// Carries out the decision.
    mutating func follow(
        _ decision: Decision,
        _ checked: Bool,
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        switch decision.verdict {
        case .retry(let plan):
            if checked, plan.due <= world.time {
                recordIntent(plan, world, &steps)
            } else {
                schedule(plan, decision.failure, world, &steps)
            }
        case .wait(let reason, let until):
            wait(reason, until: until, nil, detail: decision.stopDetail, world, &steps)
        case .hold(let reason, let until, let plan):
            wait(reason, until: until, plan, detail: decision.stopDetail, world, &steps)
        case .wouldRetry(let plan): reportOnly(plan, decision.failure, world, &steps)
        case .leave(let reason): leave(reason, detail: decision.stopDetail, world, &steps)
        case .exhausted(let reason):
            exhaust(reason, decision.failure, world, &steps)
        }
    }

    /// Counts a failure, once, among the consecutive equal errors, and reports it.
    ///
    /// The state may change without another attempt: a sibling that fails later, or an approval
    /// beside it, is part of the failure that was counted.
    mutating func countFailure(
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) -> Situation? {
        guard var situation = situation(world) else { return nil }
        guard stage.latest?.status == .failed, record.lastFailure != baseline else {
            return situation
        }
        let failure = PolicyEvaluator.failure(of: situation)
        let isNew = situation.read.facts.isNewAttempt(since: record.lastFailure, baseline)
        if record.lastFailure == nil {
            record.firstFailure = failure.failedAt ?? record.firstFailure
        }
        countError(failure.fingerprint, cause: situation.read.causeFingerprint, isNew: isNew)
        record.lastFailure = baseline
        if isNew {
            measure(world, &steps)
            reportedPlan = nil
            reportedReason = nil
            refusals = 0
            notRetryable = 0
            parallelRefusal = nil
        }
        save(&steps)
        if isNew { steps.append(.report(.stageFailed(world.context, failure))) }
        situation.history = past
        return situation
    }

    /// Counts consecutive attempts with the same error, by the final error of each.
    private mutating func countError(_ error: Fingerprint?, cause: Fingerprint?, isNew: Bool) {
        if isNew {
            errorBefore = ErrorRun(
                fingerprint: record.lastFingerprint,
                cause: causeError,
                run: record.sameErrorRun
            )
        }
        guard isNew || error != record.lastFingerprint || error == nil else { return }
        let isSame = errorBefore?.isSame(error, cause: cause) == true
        record.sameErrorRun = isSame ? (errorBefore?.run ?? 0) + 1 : 1
        record.lastFingerprint = error
        causeError = cause
    }

    /// Counts the error of a failure anew where what was read since tells another one.
    ///
    /// A failure may be counted before the definition is read, and only the definition tells which
    /// failures are of the newest attempt.
    private mutating func recount(
        _ situation: Situation,
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) -> Situation {
        let error = situation.read.fingerprint
        guard stage.latest?.status == .failed, record.lastFailure == baseline,
            record.lastFingerprint != error
        else { return situation }
        countError(error, cause: situation.read.causeFingerprint, isNew: false)
        save(&steps)
        return self.situation(world) ?? situation
    }

    /// Whether `give_up_after` is over for an episode that cannot be decided on.
    func isGivenUp(_ world: EpisodeEnvironment) -> Bool {
        let policy = world.policy
        let end = WindowCalendar(policy.windows)
            .time(after: policy.giveUpAfter, from: record.firstFailure)
        return world.time > end
    }

    private mutating func schedule(
        _ plan: RetryPlan,
        _ failure: FailureFacts,
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        let reported = ReportedPlan(plan)
        if reportedPlan != reported {
            reportedPlan = reported
            steps.append(.report(.retryScheduled(world.context, plan, failure)))
        }
        let due = world.instant(of: plan.due)
        if due <= world.now {
            recheck(plan, world, &steps)
        } else {
            enter(.pending(plan, until: due))
        }
    }

    /// It is due: the facts are polled once more before anything is sent.
    mutating func recheck(
        _ plan: RetryPlan,
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        guard plan.due <= world.time else {
            // AWS's clock was found to be behind: the retry is not due yet.
            return enter(.pending(plan, until: world.instant(of: plan.due)))
        }
        enter(.rechecking(after: world.nextCall, until: world.now + Timing.call))
        check(&steps)
    }

    private mutating func wait(
        _ reason: Reason,
        until: WallTime,
        _ plan: RetryPlan?,
        detail: String,
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        let now = world.now
        // A hold that should already have lifted must not cause a busy loop.
        var deadline = min(max(world.instant(of: until), now + .seconds(1)), now + Timing.lift)
        // A poll that shows nothing new must not delay what happens at the deadline.
        if case .deferred(reason, _, let until) = phase, until > now {
            deadline = min(deadline, until)
        }
        let reportedUntil = reason == .paused ? min(world.pauseEnd(of: key) ?? until, until) : until
        reportWait(deferred: reason, until: reportedUntil, plan, detail: detail, world, &steps)
        enter(.deferred(reason, pinned: false, until: deadline))
    }

    /// Defers for a cause of the engine's own; polls do not trigger a new decision before it is
    /// over.
    mutating func deferPinned(
        _ reason: Reason,
        for wait: Duration,
        detail: String,
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        reportWait(deferred: reason, until: world.time + wait, nil, detail: detail, world, &steps)
        enter(.deferred(reason, pinned: true, until: world.now + wait))
    }

    mutating func reportWait(
        deferred reason: Reason,
        until: WallTime,
        _ plan: RetryPlan?,
        detail: String,
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        guard reportedReason != reason else { return }
        reportedReason = reason
        // A permission that is missing is an error once for a pipeline, however many stages fail.
        let isDenied = world.definition == .denied
        let isError =
            reason == .definitionUnavailable && isDenied && !world.isDenialReported
        if isError { steps.append(.denialReported) }
        steps.append(
            .report(
                .retryDeferred(
                    world.context,
                    reason,
                    until: until,
                    plan,
                    detail: detail,
                    isError: isError
                )
            )
        )
    }

    /// A dry run or shadow policy reports what it would do and waits for the stage to change.
    private mutating func reportOnly(
        _ plan: RetryPlan,
        _ failure: FailureFacts,
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        let reported = ReportedPlan(plan)
        if reportedPlan != reported {
            reportedPlan = reported
            steps.append(.report(.wouldRetry(world.context, plan, failure)))
        }
        enter(.deferred(.shadow, pinned: false, until: world.now + Timing.lift))
    }

    /// Decides again under another configuration or after a pause was lifted.
    mutating func reconsider(_ world: EpisodeEnvironment, _ steps: inout [EpisodeStep]) {
        switch phase {
        case .pending, .deferred: gatherAnew(world, &steps)
        case .queued(let intent, _):
            withdraw(intent, &steps)
            gatherAnew(world, &steps)
        case .recording: phase = phase.uncertain
        case .resuming, .gathering, .tracing, .matching, .comparing, .rechecking, .calling,
            .verifying,
            .settling, .running, .ended:
            // Each of these decides by the configuration active at that time.
            break
        }
    }

    /// The hold is lifted: it continues at its time, and not before.
    ///
    /// A pinned deferral keeps its time: it waits for something other than the hold that was
    /// lifted.
    mutating func release(at instant: Instant) {
        guard case .deferred(let reason, pinned: false, _) = phase else { return }
        enter(.deferred(reason, pinned: true, until: instant))
    }

    /// Of the episodes that an outage holds, this one is tried now.
    mutating func letThrough(_ now: Instant) {
        guard case .deferred(.outageHold, _, _) = phase else { return }
        enter(.deferred(.outageHold, pinned: true, until: now))
    }
}

extension Episode {
    /// Whether only a time, or a change of its own, ends its wait.
    var isPinned: Bool {
        if case .deferred(_, pinned: true, _) = phase { true } else { false }
    }

    /// Whether a new configuration cannot have changed what it waits for.
    ///
    /// A reload may fix a denied permission, refused credentials or an endpoint that does not
    /// answer; it does not change AWS's load or the disk's errors.
    var outlastsReload: Bool {
        if case .deferred(let reason, pinned: true, _) = phase {
            Episode.outlastingReload.contains(reason)
        } else {
            false
        }
    }

    private static let outlastingReload: Set<Reason> = [
        .busy, .executionLimit, .throttled, .notRetryable, .ledgerUnavailable,
        // Already released, each at its time.
        .paused, .outageHold,
    ]
}

extension Verdict {
    /// Whether nothing but its time or a hold keeps a retry from being sent.
    fileprivate var isRetry: Bool {
        switch self {
        case .retry, .hold: true
        case .wait, .wouldRetry, .leave, .exhausted: false
        }
    }
}

extension Decision {
    /// What the check that stopped it saw.
    var stopDetail: String {
        (guards + holds).last { $0.result == .stop }?.detail ?? ""
    }
}
