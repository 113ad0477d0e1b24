import Primitives

/// From a verdict to the episode's next phase, each said once.
extension Engine {
    /// Decides on an episode whose evidence is complete.
    ///
    /// It is `checked` when the facts were just looked at again because the retry is due.
    mutating func decide(_ key: EpisodeKey, checked: Bool = false, _ now: Instant) {
        let isKnown =
            pipelines[key.pipeline]?.definition != .unread
            && episodes[key]?.evidenceMark == episodes[key]?.stage.mark
        guard isKnown, let situation = countFailure(key, now) else {
            startGathering(key, now)
            return
        }
        guard episodes[key]?.notRetryable ?? 0 <= 1 else {
            leave(key, .notRetryable, detail: "twice, and the state did not change", now)
            return
        }
        // Another file's patterns, or a text that the state has only now: asked first.
        guard situation.unanswered.isEmpty else {
            startGathering(key, now)
            return
        }
        let decision = PolicyEvaluator.decide(situation)
        episodes[key]?.failure = decision.failure
        if let rival = rival(of: key.pipeline) {
            leave(key, .duplicateTarget, detail: "target \(rival) watches it too", now)
            return
        }
        follow(decision, key, checked: checked, now)
    }

    private mutating func follow(
        _ decision: Decision,
        _ key: EpisodeKey,
        checked: Bool,
        _ now: Instant
    ) {
        noteOutage(key, now)
        switch decision.verdict {
        case .retry(let plan):
            if checked, plan.due <= serverTime(key.pipeline.target, now) {
                recordIntent(key, plan, now)
            } else {
                schedule(key, plan, decision.failure, now)
            }
        case .wait(let reason, let until):
            deferEpisode(key, reason, until: until, nil, detail: decision.stopDetail, now)
        case .hold(let reason, let until, let plan):
            deferEpisode(key, reason, until: until, plan, detail: decision.stopDetail, now)
        case .wouldRetry(let plan): onlySay(key, plan, decision.failure, now)
        case .leave(let reason): leave(key, reason, detail: decision.stopDetail, now)
        case .exhausted(let reason):
            let retries = episodes[key]?.ownRetries ?? 0
            report(
                .retriesExhausted(context(of: key), reason, retries: retries, decision.failure)
            )
            conclude(key, .exhausted, reason, now)
        }
    }

    /// Counts a failure that was not counted yet into the run of same errors, and says it.
    ///
    /// The state may move without another attempt: a sibling that fails later, or an approval
    /// beside it, is part of the failure that was counted.
    mutating func countFailure(_ key: EpisodeKey, _ now: Instant) -> Situation? {
        guard var situation = situation(key, now), var episode = episodes[key] else { return nil }
        let mark = episode.stage.mark
        guard episode.stage.latest?.status == .failed, episode.record.lastFailure != mark
        else { return situation }
        let failure = PolicyEvaluator.failure(of: situation)
        let isNew = situation.read.facts.isNewAttempt(since: episode.record.lastFailure, mark)
        if episode.record.lastFailure == nil {
            episode.record.firstFailure = failure.failedAt ?? episode.record.firstFailure
        }
        countError(failure.fingerprint, isNew: isNew, in: &episode)
        episode.record.lastFailure = mark
        if isNew {
            episode.saidPlan = nil
            episode.saidReason = nil
            episode.refusals = 0
            episode.notRetryable = 0
        }
        episodes[key] = episode
        save(key)
        if isNew { report(.stageFailed(context(of: key), failure)) }
        situation.history = episode.history(firstFailure: episode.record.firstFailure)
        return situation
    }

    /// Counts the attempts in a row that came to one error, by what each came to in the end.
    private func countError(_ error: Fingerprint?, isNew: Bool, in episode: inout Episode) {
        let record = episode.record
        if isNew {
            episode.errorBefore = Episode.ErrorRun(
                fingerprint: record.lastFingerprint,
                run: record.sameErrorRun
            )
        }
        guard isNew || error != record.lastFingerprint || error == nil else { return }
        let before = episode.errorBefore
        let isSame = error != nil && error == before?.fingerprint
        episode.record.sameErrorRun = isSame ? (before?.run ?? 0) + 1 : 1
        episode.record.lastFingerprint = error
    }

    /// Whether `give_up_after` is over for an episode that can not be decided on.
    func isGivenUp(_ key: EpisodeKey, _ now: Instant) -> Bool {
        guard let record = episodes[key]?.record else { return false }
        let policy = policy(of: key)
        let end = WindowCalendar(policy.windows)
            .time(after: policy.giveUpAfter, from: record.firstFailure)
        return serverTime(key.pipeline.target, now) > end
    }

    /// Ends such an episode.
    mutating func giveUp(_ key: EpisodeKey, _ now: Instant) {
        guard let episode = episodes[key] else { return }
        report(
            .retriesExhausted(
                context(of: key),
                .gaveUpAfter,
                retries: episode.ownRetries,
                episode.failure
            )
        )
        conclude(key, .exhausted, .gaveUpAfter, now)
    }

    private mutating func schedule(
        _ key: EpisodeKey,
        _ plan: RetryPlan,
        _ failure: FailureFacts,
        _ now: Instant
    ) {
        let said = Episode.SaidPlan(plan)
        if episodes[key]?.saidPlan != said {
            episodes[key]?.saidPlan = said
            report(.retryScheduled(context(of: key), plan, failure))
        }
        let due = targets[key.pipeline.target]?.clock.instant(of: plan.due, now: now) ?? now
        if due <= now {
            recheck(key, plan, now)
        } else {
            setPhase(key, .pending(plan, until: due))
        }
    }

    /// It is due: the facts are looked at once more before anything is sent.
    mutating func recheck(_ key: EpisodeKey, _ plan: RetryPlan, _ now: Instant) {
        let time = serverTime(key.pipeline.target, now)
        guard plan.due <= time else {
            // AWS's clock was found to be behind: the retry is not due yet.
            let due = targets[key.pipeline.target]?.clock.instant(of: plan.due, now: now) ?? now
            setPhase(key, .pending(plan, until: due))
            return
        }
        setPhase(key, .rechecking(after: calls.nextID, until: now + Timing.call))
        want(.state(key.pipeline), .check)
    }

    private mutating func deferEpisode(
        _ key: EpisodeKey,
        _ reason: Reason,
        until: WallTime,
        _ plan: RetryPlan?,
        detail: String,
        _ now: Instant
    ) {
        let clock = targets[key.pipeline.target]?.clock
        let instant = clock?.instant(of: until, now: now) ?? now
        // A lift time in the past must not make the engine spin.
        var deadline = min(max(instant, now + .seconds(1)), now + Timing.lift)
        // A look that brought nothing new must not put off what happens at the deadline.
        if case .deferred(reason, _, let until) = episodes[key]?.phase, until > now {
            deadline = min(deadline, until)
        }
        let told = reason == .paused ? min(pauseEnd(of: key) ?? until, until) : until
        say(key, deferred: reason, until: told, plan, detail: detail)
        setPhase(key, .deferred(reason, firm: false, until: deadline))
    }

    /// When the last of the pauses that hold an episode ends by itself; nil: that is not known.
    private func pauseEnd(of key: EpisodeKey) -> WallTime? {
        let isByFile =
            policy(of: key).paused || targets[key.pipeline.target]?.target.paused == true
        return isByFile ? nil : holds.pauses.lastEnd(holding: key)
    }

    /// Defers for a cause of the engine's own; polls do not re-decide before it is over.
    mutating func deferFirmly(
        _ key: EpisodeKey,
        _ reason: Reason,
        for wait: Duration,
        detail: String,
        _ now: Instant
    ) {
        let until = serverTime(key.pipeline.target, now) + wait
        say(key, deferred: reason, until: until, nil, detail: detail)
        setPhase(key, .deferred(reason, firm: true, until: now + wait))
    }

    mutating func say(
        _ key: EpisodeKey,
        deferred reason: Reason,
        until: WallTime,
        _ plan: RetryPlan?,
        detail: String
    ) {
        guard episodes[key]?.saidReason != reason else { return }
        episodes[key]?.saidReason = reason
        // A permission that is missing is an error once for a pipeline, however many stages fail.
        let isDenied = pipelines[key.pipeline]?.definition == .denied
        let isError =
            reason == .definitionUnavailable && isDenied
            && pipelines[key.pipeline]?.isDenialSaid == false
        if isError { pipelines[key.pipeline]?.isDenialSaid = true }
        report(
            .retryDeferred(
                context(of: key),
                reason,
                until: until,
                plan,
                detail: detail,
                isError: isError
            )
        )
    }

    /// A dry run or shadow policy says what it would do and waits for the stage to move.
    private mutating func onlySay(
        _ key: EpisodeKey,
        _ plan: RetryPlan,
        _ failure: FailureFacts,
        _ now: Instant
    ) {
        let said = Episode.SaidPlan(plan)
        if episodes[key]?.saidPlan != said {
            episodes[key]?.saidPlan = said
            report(.wouldRetry(context(of: key), plan, failure))
        }
        setPhase(key, .deferred(.shadow, firm: false, until: now + Timing.lift))
    }

    /// Decides anew under another configuration or after a pause was lifted.
    mutating func redecide(_ key: EpisodeKey, _ now: Instant) {
        guard let episode = episodes[key] else { return }
        switch episode.phase {
        case .pending, .deferred: startGathering(key, now)
        case .queued(let intent, _):
            withdraw(intent, now)
            startGathering(key, now)
        case .recording: episodes[key]?.isDoubted = true
        case .resuming, .gathering, .matching, .rechecking, .calling, .verifying, .settling,
            .running, .ended:
            // Each of these decides by the policy in force when it comes to decide.
            break
        }
    }

    mutating func leave(_ key: EpisodeKey, _ reason: Reason, detail: String, _ now: Instant) {
        guard let episode = episodes[key], episode.phase != .ended else { return }
        report(
            .stageLeft(
                context(of: key),
                reason,
                retries: episode.ownRetries,
                episode.failure,
                detail: detail
            )
        )
        conclude(key, .left, reason, now)
    }

    /// Ends an episode with the entry that its outcome wants.
    mutating func end(
        _ key: EpisodeKey,
        _ outcome: Outcome,
        _ reason: Reason?,
        _ now: Instant
    ) {
        guard let episode = episodes[key], episode.phase != .ended else { return }
        settleAtEnd(key)
        let retries = episode.ownRetries
        switch outcome {
        case .left: leave(key, reason ?? .notWatched, detail: "", now)
        case .gone:
            report(.stageGone(context(of: key), retries: retries))
            conclude(key, .gone, nil, now)
        case .superseded:
            report(.stageSuperseded(context(of: key), by: nil, retries: retries))
            conclude(key, .superseded, nil, now)
        case .recovered, .exhausted:
            preconditionFailure("\(outcome) of \(key) has an entry of its own: \(self)")
        }
    }

    /// Writes an outcome; nothing but another execution follows it.
    mutating func conclude(
        _ key: EpisodeKey,
        _ outcome: Outcome,
        _ reason: Reason?,
        _ now: Instant
    ) {
        guard var episode = episodes[key] else { return }
        episode.record.outcome = outcome
        episode.record.reason = reason
        episode.record.endedAt = serverTime(key.pipeline.target, now)
        episodes[key] = episode
        save(key)
        drop(key, now)
    }

    /// Keeps nothing of an episode but that it has ended.
    mutating func drop(_ key: EpisodeKey, _ now: Instant) {
        guard let episode = episodes[key] else { return }
        setPhase(key, .ended)
        probeEnded(key, now)
        episodes[key] = nil
        // Of what a stage does not show, or of a pipeline that nothing watches, only the ledger
        // keeps the end.
        guard pipelines[key.pipeline]?.stages[key.stage] == key else { return }
        ended.put(
            key,
            EndedEpisodes.Bare(
                overtakenAfter: episode.overtakenAfter,
                outcome: episode.record.outcome,
                reason: episode.record.reason,
                isFailed: episode.stage.latest?.status == .failed
            )
        )
    }

    /// Puts an episode's newest record into the ledger.
    mutating func save(_ key: EpisodeKey) {
        guard let episode = episodes[key] else { return }
        writes.append(.episode(episode.record))
    }

    /// Drops an episode from memory; the ledger keeps it.
    mutating func forget(_ key: EpisodeKey, _ now: Instant) {
        // What was never said to have failed needs no outcome.
        if episodes[key]?.record.lastFailure != nil { end(key, .left, .parallelMode, now) }
        ended.remove(key)
        calls.withdraw(.evidence(key))
        calls.withdraw(.retry(key))
        episodeDeadlines.remove(key)
        if pipelines[key.pipeline]?.stages[key.stage] == key {
            pipelines[key.pipeline]?.stages[key.stage] = nil
        }
        episodes[key] = nil
    }
}

extension Decision {
    /// What the check that stopped it saw.
    var stopDetail: String {
        (guards + brakes).last { $0.result == .stop }?.detail ?? ""
    }
}
