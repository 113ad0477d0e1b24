import Primitives

/// The check of a retry's expected cost against what the ceilings leave.
struct CostCheck {
    let situation: Situation
    let plan: RetryPlan

    /// The check; nil where no ceiling applies, or before it was asked how long the actions take.
    ///
    /// It stops when the retry would exceed a ceiling.
    var check: Check? {
        guard let cost = plan.cost, situation.precedents != nil else { return nil }
        let policy = situation.policy
        let ceilings: [(ceiling: CostCeiling, owner: String, policy: PolicyName?)] = [
            policy.cost.map { ($0, "policy \(policy.name)", policy.name) },
            situation.holds.costs.overall.map { ($0, "the global ceiling", nil) },
        ].compactMap(\.self)
        var found: [String] = []
        for (ceiling, owner, name) in ceilings {
            let total = situation.holds.costs.total(
                within: ceiling.per,
                before: plan.sendable(from: situation.now),
                of: name
            )
            .adding(cost)
            let text =
                "\(cost.text) expected, \(total.text) with the retries of the last "
                + "\(ceiling.per.shortText) under \(owner), allowed \(ceiling.text)"
            guard !ceiling.isExceeded(by: total) else {
                return Check(reason: .costSpent, result: .stop, detail: text)
            }
            found.append(text)
        }
        return Check(
            reason: .costSpent,
            result: .pass,
            detail: found.joined(separator: "; ")
        )
    }
}

extension Situation {
    /// Whether a ceiling of cost applies to the stage.
    var hasCeiling: Bool { policy.cost != nil || holds.costs.overall != nil }

    /// What a retry is expected to cost; nil where no ceiling applies.
    func expectedCost(of mode: RetryMode) -> RetryCost? {
        guard hasCeiling else { return nil }
        return RetriedActions(self, mode)
            .cost(precedents?.medians ?? [:], at: holds.costs.prices)
    }
}

extension RetryCost {
    /// The cost for people, such as `12 min, 0.024`.
    package var text: String { "\(minutes) min, \(RetryCost.money(price))" }

    /// Millionths as an amount with two decimals, or as many as it has.
    package static func money(_ millionths: Int) -> String {
        let rest = String(millionths % 1_000_000 + 1_000_000).dropFirst()
        var decimals = rest[...]
        while decimals.count > 2, decimals.last == "0" { decimals.removeLast() }
        return "\(millionths / 1_000_000).\(decimals)"
    }
}

extension CostCeiling {
    /// What it allows, for people.
    package var text: String {
        [minutes.map { "\($0) min" }, price.map(RetryCost.money)].compactMap(\.self)
            .joined(separator: ", ")
    }
}
