import Primitives

/// Deadlines, and how an episode ends.
extension Episode {
    /// The deadline of the phase has come.
    mutating func due(_ world: EpisodeEnvironment, _ steps: inout [EpisodeStep]) {
        switch phase {
        case .resuming, .rechecking:
            // The poll failed: it is requested again, and nothing is sent blindly.
            wait(until: world.now + Timing.idle)
            check(&steps)
        case .gathering(let since, _): gatherLate(since: since, world, &steps)
        // The call for the causes is given up at the same time, and comes first.
        case .tracing: goOn(world, &steps)
        // What the ledger would say only takes retries away.
        case .comparing(let id, _, _): compared(id, nil, world, &steps)
        case .matching, .deferred: gatherAnew(world, &steps)
        case .pending(let plan, _): recheck(plan, world, &steps)
        case .recording, .calling:
            // The call's own deadline comes first; this one only proves that none is missing.
            wait(until: world.now + Timing.call)
        case .queued(let intent, _): neverSent(intent, world, &steps)
        case .verifying(let intent, _, let polled, _):
            noEffect(intent, polled, world, &steps)
        case .settling(let intent, _, let polled, _):
            notSettled(intent, polled, world, &steps)
        case .running: stillRunning(world, &steps)
        case .ended: break
        }
    }

    /// A stage that runs long is watched by polls; one that shows an old failure is not.
    private mutating func stillRunning(
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        if stage.latest?.status == .failed {
            gatherAnew(world, &steps)
        } else {
            wait(until: world.now + Timing.staleFailure)
            // No poll of a PARALLEL pipeline shows the stage itself, and a list may lag.
            if record.isParallel { check(&steps) }
        }
    }

    /// Leaves the stage to people or to CodePipeline.
    mutating func leave(
        _ reason: Reason,
        detail: String,
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        guard !isEnded else { return }
        let context = world.context
        steps.append(
            .report(.stageNotRetried(context, reason, retries: ownRetries, failure, detail: detail))
        )
        conclude(.notRetried, reason, world, &steps)
    }

    /// A limit ends it.
    mutating func exhaust(
        _ reason: Reason,
        _ failure: FailureFacts,
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        let context = world.context
        steps.append(
            .report(.retriesExhausted(context, reason, retries: ownRetries, failure))
        )
        conclude(.exhausted, reason, world, &steps)
    }

    /// Ends an episode that cannot be decided on.
    mutating func giveUp(_ world: EpisodeEnvironment, _ steps: inout [EpisodeStep]) {
        exhaust(.gaveUpAfter, failure, world, &steps)
    }

    /// Ends an episode with the report that belongs to its outcome.
    mutating func end(
        _ outcome: Outcome,
        _ reason: Reason?,
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        guard !isEnded else { return }
        settleAtEnd(world, &steps)
        let context = world.context
        switch outcome {
        case .notRetried: leave(reason ?? .notWatched, detail: "", world, &steps)
        case .removed:
            steps.append(.report(.stageRemoved(context, retries: ownRetries)))
            conclude(.removed, nil, world, &steps)
        case .superseded:
            steps.append(.report(.stageSuperseded(context, by: nil, retries: ownRetries)))
            conclude(.superseded, nil, world, &steps)
        case .recovered, .exhausted:
            preconditionFailure("\(outcome) of \(key) has an entry of its own: \(self)")
        }
    }

    /// Records an outcome; only another execution follows it.
    mutating func conclude(
        _ outcome: Outcome,
        _ reason: Reason?,
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        record.outcome = outcome
        record.reason = reason
        record.endedAt = world.time
        record.causes = []
        save(&steps)
        drop(&steps)
    }

    /// Ends without an outcome: the ledger has it already.
    mutating func drop(_ steps: inout [EpisodeStep]) {
        enter(.ended)
        steps.append(.ended)
    }

    /// At the end of an episode no intent stays open.
    mutating func settleAtEnd(_ world: EpisodeEnvironment, _ steps: inout [EpisodeStep]) {
        switch phase {
        case .verifying(let intent, _, _, _): change(intent, to: .effective, &steps)
        case .settling(let intent, _, _, _):
            let spent = change(intent, to: .unsettled, &steps)
            steps.append(
                .report(.retrySettled(world.context, spent, tookEffect: false))
            )
        case .calling, .resuming:
            // An answer may be known already, or never come.
            for intent in intents where intent.state.isUnderWay {
                change(intent, to: .unsettled, &steps)
            }
        case .queued(let intent, _): withdraw(intent, &steps)
        case .recording(_, let intent, _, _):
            // Durable or not, it will not be sent; its write is under way and comes first.
            change(intent, to: .notExecuted, &steps)
        case .gathering, .tracing, .matching, .comparing, .pending, .deferred, .rechecking,
            .running, .ended:
            break
        }
    }
}
