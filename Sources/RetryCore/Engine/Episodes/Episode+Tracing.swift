import Primitives

/// Asking services for the causes of the failed actions, between the history and the rules.
///
/// What they say, and whether they say anything, delays a decision by ``CauseSettings/longest`` at
/// most, and lifts no guard: those that object without it are not asked again.
extension Episode {
    /// Asks for causes that the rules may need; returns until when to wait for them, nil: not at
    /// all.
    mutating func trace(
        _ situation: Situation,
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) -> Instant? {
        guard awaitsCauses(situation, world) else { return nil }
        let failed = situation.read.facts.failed
        let needsLog = world.policy.asksLog
        if tracing.isOpen(for: failed, needsLog: needsLog) {
            let id = world.nextCall
            let timeout = world.causes.timeout
            let requests = tracing.ask(
                about: failed,
                shown: baseline.actionExecutions,
                needsLog: needsLog,
                region: world.context.region,
                by: id,
                until: world.now + timeout
            )
            record.causes = tracing.stored
            steps.append(.trace(id, requests, within: timeout))
        }
        return tracing.wait(for: failed, world.now)
    }

    /// Whether a cause is still to be asked for or to come, and nothing else decides.
    func awaitsCauses(_ situation: Situation, _ world: EpisodeEnvironment) -> Bool {
        let facts = situation.read.facts
        guard world.causes.isEnabled, world.causes.timeout > .zero,
            tracing.isOpen(for: facts.failed, needsLog: world.policy.asksLog)
                || tracing.wait(for: facts.failed, world.now) != nil,
            world.rival == nil, notRetryable <= 1
        else { return false }
        return Guards(situation: situation, facts: facts).run().verdict == nil
    }

    mutating func causesRead(
        _ id: CallID,
        _ answers: [ActionExecutionID: CauseReport],
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        tracing.take(answers, to: id, at: world.time)
        keepCauses(&steps)
        guard case .tracing = phase else { return }
        goOn(world, &steps)
    }

    /// Puts into the ledger what came; a failure that is not counted yet is stored when it is.
    private mutating func keepCauses(_ steps: inout [EpisodeStep]) {
        guard !isEnded, record.causes != tracing.stored else { return }
        record.causes = tracing.stored
        if record.lastFailure == baseline { save(&steps) }
    }
}
