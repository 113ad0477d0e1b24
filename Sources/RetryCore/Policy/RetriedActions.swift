import Primitives

/// The actions that a retry would run, approvals aside: nobody pays for them.
struct RetriedActions {
    /// Their names and, where known, their providers, by name.
    let actions: [(name: ActionName, provider: String?)]

    /// Of the failed actions alone these and all of later run orders; else all of the stage.
    ///
    /// Without a definition only the failed ones are known to belong to the attempt.
    init(_ situation: Situation, _ mode: RetryMode) {
        let failed = situation.read.facts.failed
        let kinds = situation.definition?.stages[situation.episode.stage]?.actions ?? [:]
        let order = failed.compactMap { kinds[$0.name]?.order }.min() ?? .max
        var providers = kinds.filter { name, kind in
            guard kind.category != .approval else { return false }
            return mode == .allActions || kind.order > order
        }
        .mapValues(\.provider)
        for action in failed where action.category != .approval {
            providers[action.name] = action.provider
        }
        if mode == .allActions, kinds.isEmpty {
            for action in situation.stage.actions where providers[action.name] == nil {
                providers[action.name] = .some(nil)
            }
        }
        actions = providers.sorted { $0.key < $1.key }.map { (name: $0.key, provider: $0.value) }
    }

    /// What they are expected to cost by how long they took before; an action without any history
    /// is taken to run ``ExpectedTime/unknown``.
    func cost(_ medians: [ActionName: Duration], at prices: ActionPrices) -> RetryCost {
        actions.reduce(.nothing) { sum, action in
            let time = medians[action.name] ?? ExpectedTime.unknown
            return sum.adding(RetryCost(of: time, by: action.provider, at: prices))
        }
    }
}

extension ActionKind {
    /// Its run order; AWS leaves out the first.
    fileprivate var order: Int { runOrder ?? 1 }
}
