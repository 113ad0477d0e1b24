import Primitives

/// What a poll shows of the stage: it is authoritative unless stale.
extension Episode {
    /// A stage that another version of the definition no longer has: believed after a second poll.
    ///
    /// The engine remembers that the episode ended: its execution may come back with the stage.
    mutating func missing(
        by id: CallID,
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        // The other edition that explains the loss has already withdrawn its intent, or marked it
        // uncertain.
        guard !isCommitted else { return steps.append(.notTaken) }
        guard let after = missingAfter else {
            missingAfter = world.nextCall
            check(&steps)
            return steps.append(.notTaken)
        }
        guard id >= after else { return steps.append(.notTaken) }
        end(.removed, nil, world, &steps)
    }

    mutating func shown(
        _ new: StageSnapshot,
        _ edition: PipelineEdition?,
        by id: CallID,
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        missingAfter = nil
        if new.latest?.id == key.execution { self.edition = edition }
        if isOlderCopy(new, world.now) { return steps.append(.notTaken) }
        // A call under way is answered first: its intent must not be lost.
        guard !isCommitted else {
            if stage != new { phase = phase.uncertain }
            return steps.append(.notTaken)
        }
        guard new.latest?.id == key.execution, let status = new.latest?.status else {
            return overtaken(by: new.latest?.id, id, world, &steps)
        }
        observe(new, status, by: id, world, &steps)
    }

    /// Another execution has the stage, if two consecutive polls show it: a single one may be an
    /// stale read.
    private mutating func overtaken(
        by other: ExecutionID?,
        _ id: CallID,
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        guard let after = overtakenAfter else {
            overtakenAfter = world.nextCall
            if case .queued = phase { reconsider(world, &steps) }
            check(&steps)
            return steps.append(.notTaken)
        }
        guard id >= after else { return steps.append(.notTaken) }
        steps.append(
            .report(.stageSuperseded(world.context, by: other, retries: ownRetries))
        )
        settleAtEnd(world, &steps)
        conclude(.superseded, nil, world, &steps)
    }

    /// Takes what a poll shows of the execution.
    private mutating func observe(
        _ new: StageSnapshot,
        _ status: StageStatus,
        by id: CallID,
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        guard !isEnded else { return }
        let isOther = stage != new
        let isChanged = isOther && baseline != new.baseline
        if case .queued = phase, isOther { reconsider(world, &steps) }
        if isOther { take(new) }
        overtakenAfter = nil
        record.counts.absorb(stage.counters.manual)
        if status.settlesResumed { settleResumed(world, &steps) }
        switch status {
        case .failed: stillFailed(changed: isChanged, by: id, world, &steps)
        case .unknown: unclear(changed: isChanged, by: id, world, &steps)
        case .inProgress, .stopping: movesAgain(world, &steps)
        case .succeeded: recovered(world, &steps)
        case .stopped: endSettled(.stopped, world, &steps)
        case .cancelled: endSettled(.cancelled, world, &steps)
        case .skipped: endSettled(.skips, world, &steps)
        }
    }

    private mutating func stillFailed(
        changed: Bool,
        by id: CallID,
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        switch phase {
        case .resuming: goOn(by: id, world, &steps)
        case .gathering, .tracing, .matching, .comparing:
            if changed { gatherAnew(world, &steps) }
        // The change was not gathered yet, and gathering starts every decision.
        case .pending: decide(world, &steps)
        case .deferred(_, let pinned, _):
            if changed {
                gatherAnew(world, &steps)
            } else if !pinned {
                decide(world, &steps)
            }
        case .rechecking(let after, _):
            if changed || id >= after { decide(checked: true, world, &steps) }
        case .verifying(let intent, _, _, _), .settling(let intent, _, _, _):
            if stage.hasMoved(since: intent.before) {
                tookEffect(intent, world, &steps)
                gatherAnew(world, &steps)
            } else {
                pollShowedNoChange(by: id)
            }
        case .running:
            // A stale read may come after a newer one: only a new failure counts.
            if record.lastFailure != baseline { gatherAnew(world, &steps) }
        // Changes while an intent waits for its turn were decided on before.
        case .recording, .queued, .calling, .ended: break
        }
    }

    /// An unknown status ends nothing and sends nothing; a running stage keeps running.
    private mutating func unclear(
        changed: Bool,
        by id: CallID,
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        switch phase.name {
        case .running: break
        case .resuming, .gathering, .tracing, .matching, .comparing, .pending, .deferred,
            .rechecking,
            .recording, .queued, .calling, .verifying, .settling, .ended:
            stillFailed(changed: changed, by: id, world, &steps)
        }
    }

    /// The stage runs: by our retry, by CodePipeline's, or by a person's.
    private mutating func movesAgain(
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        settleByMove(world, &steps)
        // Another poll of a running stage brings nothing new and moves no deadline.
        if case .running = phase { return }
        enter(.running(until: world.now + Timing.staleFailure))
    }

    private mutating func recovered(
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        settleByMove(world, &steps)
        settleAtEnd(world, &steps)
        measure(world, &steps)
        let elapsed = max(.zero, world.time - record.firstFailure)
        steps.append(
            .report(
                .stageRecovered(world.context, retries: ownRetries, after: elapsed)
            )
        )
        steps.append(.succeeded)
        conclude(.recovered, nil, world, &steps)
    }

    /// The stage changed: a call of ours that was being verified took effect, and one not made yet
    /// is not made.
    ///
    /// After that no intent is open, whatever the stage shows.
    private mutating func settleByMove(
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        switch phase {
        case .verifying(let intent, _, _, _), .settling(let intent, _, _, _):
            tookEffect(intent, world, &steps)
        case .queued(let intent, _): withdraw(intent, &steps)
        case .running, .resuming, .gathering, .tracing, .matching, .comparing, .pending, .deferred,
            .rechecking, .recording, .calling, .ended:
            return
        }
        enter(.running(until: world.now + Timing.staleFailure))
    }

    private mutating func endSettled(
        _ reason: Reason,
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        settleAtEnd(world, &steps)
        leave(reason, detail: "", world, &steps)
    }
}

extension StageStatus {
    /// Whether a stage that shows it for the first time begins an episode.
    var opensEpisode: Bool {
        switch self {
        case .failed: true
        case .cancelled, .inProgress, .stopped, .stopping, .succeeded, .skipped, .unknown: false
        }
    }

    /// Whether the status alone shows that an open intent of before the restart took effect.
    var settlesResumed: Bool {
        switch self {
        case .inProgress, .succeeded: true
        case .failed, .unknown, .cancelled, .stopped, .stopping, .skipped: false
        }
    }
}

extension StageSnapshot {
    /// Whether anything shows that a retry took effect since then.
    func hasMoved(since before: StageBaseline) -> Bool {
        let baseline = baseline
        return baseline.manualRetries > before.manualRetries
            || !baseline.actionExecutions.isSubset(of: before.actionExecutions)
            || (baseline.lastStatusChange.map { change in
                before.lastStatusChange.map { change > $0 } ?? true
            } ?? false)
    }
}
