import Primitives

/// What retries cost, as far as the stage shows it.
extension Episode {
    /// Takes what the newest retry cost in place of what it was expected to, once the stage has
    /// failed again or succeeded.
    mutating func measure(_ world: EpisodeEnvironment, _ steps: inout [EpisodeStep]) {
        guard let intent = intents.last, intent.state == .effective, let expected = intent.cost,
            // After somebody else's retry nothing tells which of them ran what.
            stage.counters.manual <= intent.before.manualRetries + 1
        else { return }
        let kinds = world.definition?.value?.stages[key.stage]?.actions ?? [:]
        let cost = RetryCost(of: stage, since: intent, kinds, at: world.prices)
        charge(intent, cost, &steps)
        steps.append(.report(.retryCost(world.context, intent, expected: expected, cost)))
    }

    /// Notes what a retry costs, here, in the budgets and in the ledger.
    private mutating func charge(
        _ intent: Intent,
        _ cost: RetryCost,
        _ steps: inout [EpisodeStep]
    ) {
        guard intent.cost != cost else { return }
        var changed = intent
        changed.cost = cost
        let index = intents.lastIndex { $0.sequence == intent.sequence }
        if let index { intents[index] = changed }
        steps.append(.charge(intent, cost))
        steps.append(.write(.intent(changed)))
    }
}

extension RetryCost {
    /// What a stage shows of the actions that ran since an intent.
    ///
    /// It has their ends; an action starts when the last of the run orders before it has ended, or
    /// with the retry.
    fileprivate init(
        of stage: StageSnapshot,
        since intent: Intent,
        _ kinds: [ActionName: ActionKind],
        at prices: ActionPrices
    ) {
        let ran = stage.actions.filter { action in
            action.executionID.map { !intent.before.actionExecutions.contains($0) } == true
        }
        func order(_ action: ActionSnapshot) -> Int { kinds[action.name]?.runOrder ?? 1 }
        self = ran.reduce(.nothing) { sum, action in
            guard kinds[action.name]?.category != .approval, let end = action.lastStatusChange
            else { return sum }
            let before = ran.filter { order($0) < order(action) }.compactMap(\.lastStatusChange)
            let start = max(before.max() ?? intent.recordedAt, intent.recordedAt)
            return sum.adding(
                RetryCost(of: end - start, by: kinds[action.name]?.provider, at: prices)
            )
        }
    }
}
