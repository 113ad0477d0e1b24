import Primitives

/// `cost` of a policy or over everything: what retries may cost in a sliding window.
package struct CostCeiling: Hashable, Sendable {
    /// The most minutes of actions within ``per``; nil = no limit.
    package var minutes: Int?
    /// The most money within ``per``, in millionths of the currency; nil = no limit.
    package var price: Int?
    /// The window's length.
    package var per: Duration

    /// Creates a ceiling.
    package init(minutes: Int? = nil, price: Int? = nil, per: Duration) {
        self.minutes = minutes
        self.price = price
        self.per = per
    }

    /// Whether so much is more than it allows.
    package func isExceeded(by cost: RetryCost) -> Bool {
        (minutes.map { cost.minutes > $0 } ?? false) || (price.map { cost.price > $0 } ?? false)
    }
}

extension RetryCost {
    /// What a retry is taken to cost of which nothing was reckoned: an action without any history.
    package static func unknown(at prices: ActionPrices) -> RetryCost {
        RetryCost(of: ExpectedTime.unknown, by: nil, at: prices)
    }
}

/// What a decision knows of the cost of retries.
package struct CostFacts: Hashable, Sendable {
    /// What a minute of an action costs.
    package var prices: ActionPrices
    /// The ceiling over everything; nil: there is none.
    package var overall: CostCeiling?
    /// The retries of the longest window, of all policies; empty where no ceiling applies.
    package var spent: [SpentRetry]

    /// Creates facts; by default no ceiling and nothing spent.
    package init(
        prices: ActionPrices = ActionPrices(),
        overall: CostCeiling? = nil,
        spent: [SpentRetry] = []
    ) {
        self.prices = prices
        self.overall = overall
        self.spent = spent
    }

    /// What the retries that were made less than a ceiling's window before a time cost together.
    func total(
        within per: Duration,
        before time: WallTime,
        of policy: PolicyName? = nil
    ) -> RetryCost {
        spent.reduce(.nothing) { sum, retry in
            guard retry.at + per > time, policy.map({ $0 == retry.policy }) ?? true else {
                return sum
            }
            return sum.adding(retry.cost ?? .unknown(at: prices))
        }
    }
}
