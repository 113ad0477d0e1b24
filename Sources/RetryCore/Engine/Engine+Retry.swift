import Primitives

/// Intent before call, three kinds of answer, and the proof of effect.
extension Engine {
    mutating func recordIntent(_ key: EpisodeKey, _ plan: RetryPlan, _ now: Instant) {
        guard var episode = episodes[key] else { return }
        // A sequence is never used twice: one whose write failed may be on disk all the same.
        episode.lastSequence = max(episode.lastSequence, episode.intents.last?.sequence ?? 0) + 1
        episode.limit = plan.limit
        episodes[key] = episode
        let intent = Intent(
            episode: key,
            sequence: episode.lastSequence,
            number: plan.number,
            policy: policy(of: key).name,
            rule: plan.rule,
            mode: plan.mode,
            before: episode.stage.mark,
            recordedAt: serverTime(key.pipeline.target, now),
            state: .open
        )
        precondition(
            episode.intents.allSatisfy { $0.state != .open },
            "two open intents of \(key): \(self)"
        )
        episodes[key]?.isDoubted = false
        // At once, so that two that are decided together do not both take the last of a budget.
        holds.budgets.spend(intent, memory: configuration.budgetMemory)
        let id = calls.begin(.intent(key), now, within: Timing.write)
        setPhase(key, .recording(id, intent, until: now + Timing.call))
        effects.append(.recordIntent(id, intent))
    }

    mutating func intentRecorded(_ id: CallID, _ durability: Durability, _ now: Instant) {
        guard case .intent(let key) = calls.end(id),
            case .recording(id, let intent, _)? = episodes[key]?.phase
        else { return }
        switch durability {
        case .durable:
            ledgerRecovered(now)
            episodes[key]?.intents.append(intent)
            setPhase(key, .queued(intent, until: now + Timing.call))
            if calls.isCalling(key) {
                // Never two at once; an answer that is still to come says what this one is worth.
                withdraw(intent, now)
                let detail = "an earlier call of this stage has no answer yet"
                return retryLater(key, .busy, first: 5, longest: 120, detail: detail, now)
            }
            want(.retry(key), .retry)
            if episodes[key]?.isDoubted == true {
                redecide(key, now)
                look(key.pipeline, at: now, now)
            }
        case .failed(let why):
            // It may be on disk all the same: then a restart counts it as spent, which is safe.
            ledgerFailed(why, now)
            holds.budgets.giveBack(intent)
            retryLater(key, .ledgerUnavailable, first: 5, longest: 60, detail: why, now)
        case .refused(let why):
            // The disk is well; this intent would be refused for ever.
            holds.budgets.giveBack(intent)
            leave(key, .ledgerUnavailable, detail: why, now)
        case .ended:
            // It was taken as new because the ledger did not answer; its outcome was said long ago.
            holds.budgets.giveBack(intent)
            drop(key, now)
        }
    }

    /// Sends a durable intent whose turn has come.
    mutating func sendRetry(_ key: EpisodeKey, _ now: Instant) {
        guard case .queued(let intent, _)? = episodes[key]?.phase else { return }
        let limit = episodes[key]?.limit ?? intent.number
        report(.retrySent(context(of: key), intent, limit: limit))
        let id = calls.begin(.aws(.retry(key)), now, within: Timing.call)
        setPhase(key, .calling(id, intent, until: now + Timing.call + .seconds(1)))
        effects.append(.retry(id, key, intent.mode))
    }

    mutating func retryAnswered(_ id: CallID, _ answer: RetryAnswer, _ now: Instant) {
        guard case .aws(.retry(let key)) = calls.end(id),
            case .calling(id, let intent, _)? = episodes[key]?.phase
        else { return }
        let after = calls.nextID
        let until = now + Timing.effect
        switch answer {
        case .accepted(let requestID, let at):
            worked(key.pipeline.target, at: at, now)
            episodes[key]?.record.knownManualRetries += 1
            let accepted = change(intent, to: .accepted)
            report(.retryAccepted(context(of: key), accepted, requestID: requestID))
            setPhase(key, .verifying(accepted, after: after, until: until))
        case .unknown(let why):
            episodes[key]?.record.lateRetries += 1
            let unknown = change(intent, to: .unknown)
            report(.retryUnknown(context(of: key), unknown, why))
            setPhase(key, .settling(unknown, after: after, until: until))
        case .refused(let refusal, let failure):
            failed(key.pipeline.target, failure, now)
            refused(key, change(intent, to: .notExecuted), refusal, failure, now)
        }
        save(key)
        look(key.pipeline, at: now + .seconds(1), now)
    }

    private mutating func refused(
        _ key: EpisodeKey,
        _ intent: Intent,
        _ refusal: RetryRefusal,
        _ failure: CallFailure,
        _ now: Instant
    ) {
        let reason = refusal.reason
        // Each time, as each call is said: a "sent" without an answer reads as a retry that works.
        report(.retryRefused(context(of: key), intent, reason, failure))
        let detail = failure.message
        switch refusal {
        case .conflict: retryLater(key, reason, first: 5, longest: 120, detail: detail, now)
        case .concurrentLimit:
            retryLater(key, reason, first: 15, longest: 600, detail: detail, now)
        case .throttled, .unreachable:
            retryLater(key, reason, first: 5, longest: 120, detail: detail, now)
        case .credentials:
            retryLater(key, reason, first: 30, longest: 300, detail: detail, now)
        case .accessDenied:
            deferFirmly(key, reason, for: Timing.accessDenied, detail: detail, now)
        case .notLatest: end(key, .superseded, nil, now)
        case .notRetryable, .stageNotFound, .pipelineNotFound:
            // Whether something is gone is for the looks to say: one refusal may be another
            // account's.
            episodes[key]?.notRetryable += 1
            deferFirmly(key, reason, for: Timing.notRetryable, detail: detail, now)
        case .invalid, .other: leave(key, reason, detail: detail, now)
        }
    }

    /// Not counted, but not at once either (retry semantics, lesson 7).
    private mutating func retryLater(
        _ key: EpisodeKey,
        _ reason: Reason,
        first: Int,
        longest: Int,
        detail: String,
        _ now: Instant
    ) {
        let times = episodes[key]?.refusals ?? 0
        episodes[key]?.refusals += 1
        let wait = Timing.doubling(.seconds(first), times: times, longest: .seconds(longest))
        deferFirmly(key, reason, for: wait, detail: detail, now)
    }

    /// The facts changed before the call was made: it surely was not executed.
    mutating func withdraw(_ intent: Intent, _ now: Instant) {
        calls.withdraw(.retry(intent.episode))
        change(intent, to: .notExecuted)
    }

    /// The call never got its turn.
    mutating func neverSent(_ key: EpisodeKey, _ intent: Intent, _ now: Instant) {
        withdraw(intent, now)
        let detail = "max_rate and max_in_flight left no room for the call"
        retryLater(key, .throttled, first: 5, longest: 120, detail: detail, now)
    }

    /// The state moved after a call of ours.
    mutating func tookEffect(_ key: EpisodeKey, _ intent: Intent, _ now: Instant) {
        let wasUnknown = intent.state != .accepted
        let effective = change(intent, to: .effective)
        if wasUnknown {
            settleCounter(key, intent)
            report(.retrySettled(context(of: key), effective, tookEffect: true))
        }
        save(key)
    }

    /// One unknown answer of ours is explained by the move, whether or not the counter shows it.
    private mutating func settleCounter(_ key: EpisodeKey, _ intent: Intent) {
        guard let episode = episodes[key], episode.record.lateRetries > 0,
            episode.stage.counters.manual <= intent.before.manualRetries
        else { return }
        episodes[key]?.record.lateRetries -= 1
        episodes[key]?.record.knownManualRetries += 1
    }

    /// A look showed nothing new: its time decides, at the phase's deadline.
    mutating func lookedInVain(_ key: EpisodeKey, by id: CallID) {
        episodes[key]?.lastVainLook = id
    }

    /// AWS said yes, and nothing moved in time.
    mutating func noEffect(
        _ key: EpisodeKey,
        _ intent: Intent,
        _ after: CallID,
        _ now: Instant
    ) {
        guard hasLooked(key, since: after, now) else { return }
        // It may still land: then one rise of the counter is ours.
        episodes[key]?.record.knownManualRetries -= 1
        episodes[key]?.record.lateRetries += 1
        let spent = change(intent, to: .withoutEffect)
        report(.retryWithoutEffect(context(of: key), spent))
        failAgain(key, now)
    }

    /// Nothing shows that an unknown call was executed; it counts all the same.
    mutating func notSettled(
        _ key: EpisodeKey,
        _ intent: Intent,
        _ after: CallID,
        _ now: Instant
    ) {
        guard hasLooked(key, since: after, now) else { return }
        let spent = change(intent, to: .unsettled)
        report(.retrySettled(context(of: key), spent, tookEffect: false))
        failAgain(key, now)
    }

    /// The next retry, if limits allow one, waits by its own number though the state is the same.
    private mutating func failAgain(_ key: EpisodeKey, _ now: Instant) {
        save(key)
        startGathering(key, now)
    }

    /// Whether a look that was asked for after the call has been answered; else it is waited for.
    private mutating func hasLooked(
        _ key: EpisodeKey,
        since after: CallID,
        _ now: Instant
    ) -> Bool {
        if let look = episodes[key]?.lastVainLook, look >= after { return true }
        setDeadline(key, now + Timing.effectLook)
        want(.state(key.pipeline), .check)
        return false
    }

    /// At the end of an episode no intent stays open.
    mutating func settleAtEnd(_ key: EpisodeKey) {
        guard let phase = episodes[key]?.phase else { return }
        switch phase {
        case .verifying(let intent, _, _): change(intent, to: .effective)
        case .settling(let intent, _, _):
            let spent = change(intent, to: .unsettled)
            report(.retrySettled(context(of: key), spent, tookEffect: false))
        case .calling, .resuming:
            // An answer may be known already, or never come any more.
            for intent in episodes[key]?.intents ?? [] where intent.state.isUnderWay {
                change(intent, to: .unsettled)
            }
        case .queued(let intent, _):
            calls.withdraw(.retry(key))
            change(intent, to: .notExecuted)
        case .recording(_, let intent, _):
            // Durable or not, it will not be sent; the write of it is under way and comes first.
            change(intent, to: .notExecuted)
        case .gathering, .matching, .pending, .deferred, .rechecking, .running, .ended: break
        }
    }

    /// Notes what became of an intent, here and in the ledger.
    @discardableResult
    mutating func change(_ intent: Intent, to state: IntentState) -> Intent {
        var changed = intent
        changed.state = state
        let index = episodes[intent.episode]?.intents.lastIndex { candidate in
            candidate.sequence == intent.sequence
        }
        if let index { episodes[intent.episode]?.intents[index] = changed }
        writes.append(.intent(changed))
        return changed
    }

    mutating func setDeadline(_ key: EpisodeKey, _ until: Instant) {
        guard let phase = episodes[key]?.phase else { return }
        setPhase(key, phase.with(deadline: until))
    }
}

extension IntentState {
    /// Whether its end is still to come.
    var isUnderWay: Bool {
        switch self {
        case .open, .accepted, .unknown: true
        case .effective, .withoutEffect, .unsettled, .notExecuted: false
        }
    }
}

extension RetryRefusal {
    /// The reason that a refusal gives.
    var reason: Reason {
        switch self {
        case .conflict: .busy
        case .concurrentLimit: .executionLimit
        case .notLatest, .notRetryable, .stageNotFound, .pipelineNotFound: .notRetryable
        case .invalid, .other: .invalidRequest
        case .accessDenied: .accessDenied
        case .throttled: .throttled
        case .credentials: .credentials
        case .unreachable: .unreachable
        }
    }
}

extension EpisodePhase {
    /// The same phase with another deadline.
    func with(deadline until: Instant) -> EpisodePhase {
        switch self {
        case .resuming: .resuming(until: until)
        case .gathering(let since, _): .gathering(since: since, until: until)
        case .matching(let id, _): .matching(id, until: until)
        case .pending(let plan, _): .pending(plan, until: until)
        case .deferred(let reason, let firm, _): .deferred(reason, firm: firm, until: until)
        case .rechecking(let after, _): .rechecking(after: after, until: until)
        case .recording(let id, let intent, _): .recording(id, intent, until: until)
        case .queued(let intent, _): .queued(intent, until: until)
        case .calling(let id, let intent, _): .calling(id, intent, until: until)
        case .verifying(let intent, let after, _):
            .verifying(intent, after: after, until: until)
        case .settling(let intent, let after, _): .settling(intent, after: after, until: until)
        case .running: .running(until: until)
        case .ended: .ended
        }
    }
}
