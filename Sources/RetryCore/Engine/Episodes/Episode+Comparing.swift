import Primitives

/// Asking the ledger what came of failures like this one, before a retry is planned.
///
/// What it says, or that it says nothing in time, only takes retries away.
extension Episode {
    /// A decision with what the past says of it; nil: the ledger is asked first.
    mutating func informed(
        _ decision: Decision,
        _ situation: Situation,
        checked: Bool,
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) -> Decision? {
        guard decision.verdict.plansRetry,
            let question = PrecedentQuestion(situation, decision)
        else { return decision }
        // What it was asked for this decision is not asked once more.
        let isDue = checked && phase.name != .comparing
        guard !comparison.isOpen(question, of: baseline, isDue: isDue) else {
            comparison.ask(question, of: baseline)
            steps.append(.compare(world.nextCall, question))
            let until = world.now + Timing.precedents
            enter(.comparing(world.nextCall, checked: checked, until: until))
            return nil
        }
        var informed = situation
        informed.precedents = comparison.answer ?? Precedents()
        return PolicyEvaluator.decide(informed)
    }

    mutating func compared(
        _ id: CallID,
        _ found: Precedents?,
        _ world: EpisodeEnvironment,
        _ steps: inout [EpisodeStep]
    ) {
        guard case .comparing(id, let checked, _) = phase else { return }
        comparison.take(found)
        decide(checked: checked, world, &steps)
    }
}

extension Verdict {
    /// Whether a retry is planned, or would be.
    fileprivate var plansRetry: Bool {
        switch self {
        case .retry, .hold, .wouldRetry: true
        case .wait, .leave, .exhausted: false
        }
    }
}
