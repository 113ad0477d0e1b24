import Primitives

/// Writes the intent, makes the call, handles the three kinds of answer, verifies the effect.
extension Episode {
    mutating func recordIntent(
        _ plan: RetryPlan,
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        precondition(
            intents.allSatisfy { $0.state != .open },
            "two open intents of \(key): \(self)"
        )
        // A sequence is never reused: one whose write failed may be on disk all the same.
        lastSequence = max(lastSequence, intents.last?.sequence ?? 0) + 1
        limit = plan.limit
        let intent = Intent(
            episode: key,
            sequence: lastSequence,
            number: plan.number,
            policy: world.policy.name,
            rule: plan.rule,
            mode: plan.mode,
            before: baseline,
            recordedAt: world.time,
            state: .open,
            cost: plan.cost
        )
        let id = world.nextCall
        steps.append(.record(id, intent))
        enter(.recording(id, intent, isUncertain: false, until: world.now + Timing.call))
    }

    mutating func recorded(
        _ id: CallID,
        _ durability: Durability,
        isCalling: Bool,
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        guard case .recording(id, let intent, let isUncertain, _) = phase else { return }
        switch durability {
        case .durable:
            intents.append(intent)
            enter(.queued(intent, until: world.now + Timing.call))
            if isCalling {
                // Never two at once; the answer still to come decides about this one.
                withdraw(intent, &steps)
                let detail = "an earlier call of this stage has no answer yet"
                return retryLater(
                    .busy,
                    first: 5,
                    longest: 120,
                    detail: detail,
                    world,
                    &steps
                )
            }
            steps.append(.ask(.retry(key), .retry))
            if isUncertain {
                reconsider(world, &steps)
                steps.append(.poll(at: world.now))
            }
        case .failed(let why):
            // It may be on disk all the same: then a restart counts it as spent, which is safe.
            steps.append(.giveBack(intent))
            retryLater(
                .ledgerUnavailable,
                first: 5,
                longest: 60,
                detail: why,
                world,
                &steps
            )
        case .refused(let why):
            // The disk is healthy; this intent would be refused for ever.
            steps.append(.giveBack(intent))
            leave(.ledgerUnavailable, detail: why, world, &steps)
        case .ended:
            // It was taken as new because the ledger did not answer; its outcome was reported long
            // ago.
            steps.append(.giveBack(intent))
            drop(&steps)
        }
    }

    /// Sends a durable intent whose turn has come.
    mutating func send(_ world: EpisodeEnvironment, _ steps: inout [EpisodeStep]) {
        guard case .queued(let intent, _) = phase else { return }
        steps.append(.report(.retrySent(world.context, intent, limit: limit)))
        let id = world.nextCall
        steps.append(.send(id, intent.mode))
        enter(.calling(id, intent, until: world.now + Timing.call + .seconds(1)))
    }

    mutating func answered(
        _ id: CallID,
        _ answer: RetryAnswer,
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        guard case .calling(id, let intent, _) = phase else { return }
        let after = world.nextCall
        let until = world.now + Timing.effect
        let context = world.context
        switch answer {
        case .accepted(let requestID, _):
            record.counts.accepted()
            let accepted = change(intent, to: .accepted, &steps)
            steps.append(.report(.retryAccepted(context, accepted, requestID: requestID)))
            enter(.verifying(accepted, after: after, polled: false, until: until))
        case .unknown(let why):
            record.counts.lost()
            let unknown = change(intent, to: .unknown, &steps)
            steps.append(.report(.retryUnknown(context, unknown, why)))
            enter(.settling(unknown, after: after, polled: false, until: until))
        case .refused(let refusal, let failure):
            let spent = change(intent, to: .notExecuted, &steps)
            refused(spent, refusal, failure, world, &steps)
        }
        if !isEnded { save(&steps) }
        steps.append(.poll(at: world.now + .seconds(1)))
    }

    private mutating func refused(
        _ intent: Intent,
        _ refusal: RetryRefusal,
        _ failure: CallFailure,
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        let reason = refusal.reason
        // Each time, since each call is reported: a "sent" without an answer would read as a
        // successful retry.
        let context = world.context
        steps.append(.report(.retryRefused(context, intent, reason, failure)))
        let detail = failure.message
        switch refusal {
        case .conflict, .throttled, .unreachable:
            retryLater(reason, first: 5, longest: 120, detail: detail, world, &steps)
        case .concurrentLimit:
            retryLater(reason, first: 15, longest: 600, detail: detail, world, &steps)
        case .credentials:
            retryLater(reason, first: 30, longest: 300, detail: detail, world, &steps)
        case .accessDenied:
            deferPinned(reason, for: Timing.accessDenied, detail: detail, world, &steps)
        case .notLatest: end(.superseded, nil, world, &steps)
        case .notRetryable, .stageNotFound, .pipelineNotFound:
            // Only polls decide that something was removed: a single refusal may come from another
            // account.
            notRetryable += 1
            if record.isParallel, refusal == .notRetryable { parallelRefusal = failure }
            deferPinned(reason, for: Timing.notRetryable, detail: detail, world, &steps)
        case .invalid, .other: leave(reason, detail: detail, world, &steps)
        }
    }

    /// Not counted, but not immediately either.
    private mutating func retryLater(
        _ reason: Reason,
        first: Int,
        longest: Int,
        detail: String,
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        let times = refusals
        refusals += 1
        let wait = Timing.doubling(.seconds(first), times: times, longest: .seconds(longest))
        deferPinned(reason, for: wait, detail: detail, world, &steps)
    }

    /// The facts changed before the call was made: it certainly was not executed.
    mutating func withdraw(_ intent: Intent, _ steps: inout [EpisodeStep]) {
        steps.append(.withdraw(.retry(key)))
        change(intent, to: .notExecuted, &steps)
    }

    /// The call never got its turn.
    mutating func neverSent(
        _ intent: Intent,
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        withdraw(intent, &steps)
        let detail = "max_rate and max_in_flight left no room for the call"
        retryLater(.throttled, first: 5, longest: 120, detail: detail, world, &steps)
    }

    /// The state changed after a call of ours.
    mutating func tookEffect(
        _ intent: Intent,
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        let wasUnknown = intent.state != .accepted
        let effective = change(intent, to: .effective, &steps)
        if wasUnknown {
            record.counts.landed(stage.counters.manual, before: intent.before.manualRetries)
            steps.append(
                .report(.retrySettled(world.context, effective, tookEffect: true))
            )
        }
        save(&steps)
    }

    /// A poll showed nothing new: the phase's deadline decides.
    mutating func pollShowedNoChange(by id: CallID) {
        switch phase {
        case .verifying(let intent, let after, false, let until) where id >= after:
            phase = .verifying(intent, after: after, polled: true, until: until)
        case .settling(let intent, let after, false, let until) where id >= after:
            phase = .settling(intent, after: after, polled: true, until: until)
        case .resuming, .gathering, .tracing, .matching, .comparing, .pending, .deferred,
            .rechecking,
            .recording, .queued, .calling, .verifying, .settling, .running, .ended:
            break
        }
    }

    /// AWS accepted it, and the state did not change in time.
    mutating func noEffect(
        _ intent: Intent,
        _ polled: Bool,
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        guard polled else { return pollAgain(world, &steps) }
        record.counts.hadNoEffect()
        let spent = change(intent, to: .withoutEffect, &steps)
        steps.append(.report(.retryWithoutEffect(world.context, spent)))
        failAgain(world, &steps)
    }

    /// Nothing shows that an unknown call was executed; it counts all the same.
    mutating func notSettled(
        _ intent: Intent,
        _ polled: Bool,
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        guard polled else { return pollAgain(world, &steps) }
        let spent = change(intent, to: .unsettled, &steps)
        steps.append(.report(.retrySettled(world.context, spent, tookEffect: false)))
        failAgain(world, &steps)
    }

    /// No poll requested after the call has been answered yet: wait for one.
    private mutating func pollAgain(
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        wait(until: world.now + Timing.effectPoll)
        check(&steps)
    }

    /// The next retry, if limits allow one, waits by its own number though the state is the same.
    private mutating func failAgain(
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        save(&steps)
        gatherAnew(world, &steps)
    }
}

extension IntentState {
    /// Whether its final state is still open.
    var isUnderWay: Bool {
        switch self {
        case .open, .accepted, .unknown: true
        case .effective, .withoutEffect, .unsettled, .notExecuted: false
        }
    }
}

extension RetryRefusal {
    /// The reason that corresponds to a refusal.
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
