import Primitives
import RetryCore

/// Each decision that waits for a cause is made once more in a copy of the world, in which the
/// service has nothing to say: with the same state, people and chances.
extension World {
    /// Takes what one event brought about.
    mutating func compare(_ effects: [Effect]) {
        guard comparison != nil, process < Rival.firstProcess else { return }
        if isStalled || !isUp { comparison?.disturb() }
        for effect in effects { noteFailure(effect) }
        for case .readCauses(let id, let key, _, let within) in effects where isUp && !isStalled {
            let twin = decision(onNoAnswerTo: id, key)
            let open = CauseComparison.Open(
                at: clock.time,
                within: within.wholeMilliseconds,
                without: twin.span,
                retriesWithout: twin.isRetry
            )
            comparison?.ask(key, open)
        }
        guard let waiting = comparison?.open.keys else { return }
        for key in waiting where isDecided(key) {
            let isRetry = plansRetry(key)
            let delay = comparison?.decided(key, isRetry: isRetry, at: clock.time)
            if let delay { oracle.blame(.causeDelay, "\(key) was decided \(delay) ms later") }
        }
    }

    /// How long the decision takes without a word, and whether it is to retry.
    private func decision(
        onNoAnswerTo id: CallID,
        _ key: EpisodeKey
    ) -> (span: Int64, isRetry: Bool) {
        var twin = self
        twin.comparison = nil
        twin.plan.calm()
        twin.plannedStall = nil
        twin.feed(.causesRead(id, [:]))
        var steps = 0
        while !twin.isDecided(key), steps < 1000 {
            twin.step()
            steps += 1
        }
        return (twin.clock.time - clock.time, twin.plansRetry(key))
    }

    private func isDecided(_ key: EpisodeKey) -> Bool {
        switch engine.phase(of: key) {
        case .tracing, .matching: false
        // What the ledger says of the past takes its own time, with a cause and without.
        case nil, .resuming, .gathering, .comparing, .pending, .deferred, .rechecking, .recording,
            .queued, .calling, .verifying, .settling, .running, .ended:
            true
        }
    }

    private func plansRetry(_ key: EpisodeKey) -> Bool {
        switch engine.phase(of: key) {
        // The past is only asked about a retry that is planned.
        case .comparing, .pending, .rechecking, .recording, .queued, .calling, .verifying,
            .settling:
            true
        case nil, .tracing, .matching, .resuming, .gathering, .deferred, .running, .ended: false
        }
    }

    private mutating func noteFailure(_ effect: Effect) {
        switch effect {
        case .report(.stageFailed(let context, _)):
            if let failure = failure(of: context.key) { comparison?.saw(failure) }
        case .report(.stageNotRetried(let context, let reason, _, _, _)):
            if let failure = failure(of: context.key) { comparison?.left(failure, reason) }
        case .retry(_, let key, _):
            if let failure = failure(of: key) { comparison?.retried(failure) }
        case .report, .readState, .readDefinition, .readEvidence, .listExecutions,
            .readExecution, .listPipelines, .readCauses, .readPrecedents, .matchPatterns, .recall,
            .recordIntent,
            .record:
            break
        }
    }

    /// The failure that the newest state shows.
    private func failure(of key: EpisodeKey) -> CauseComparison.Failure? {
        guard let truth = oracle.shown(key)?.stages[key.stage],
            truth.execution == key.execution, !truth.failed.isEmpty
        else { return nil }
        return CauseComparison.Failure(
            episode: key,
            attempts: Set(truth.failed.map(\.attempt))
        )
    }
}
