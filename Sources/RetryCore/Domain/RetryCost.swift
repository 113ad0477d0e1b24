import Primitives

/// What a retry costs: the minutes of the actions that it runs, each begun one counted whole as AWS
/// bills them, and their price.
package struct RetryCost: Hashable, Sendable {
    /// The minutes.
    package var minutes: Int
    /// The price in millionths of the currency of `prices`.
    package var price: Int

    /// A retry that never ran.
    package static let nothing = RetryCost(minutes: 0, price: 0)

    /// Creates a cost.
    package init(minutes: Int, price: Int) {
        self.minutes = minutes
        self.price = price
    }

    /// What an action of a provider costs that runs so long.
    package init(of time: Duration, by provider: String?, at prices: ActionPrices) {
        let begun = (time.wholeMilliseconds + 59_999) / 60_000
        minutes = Int(min(max(begun, 1), RetryCost.longest))
        price = minutes * prices.price(of: provider)
    }

    /// Longer than any action may run: thirty days, in minutes.
    private static let longest: Int64 = 30 * 1440

    /// Both together.
    package func adding(_ other: RetryCost) -> RetryCost {
        RetryCost(
            minutes: RetryCost.sum(minutes, other.minutes),
            price: RetryCost.sum(price, other.price)
        )
    }

    private static func sum(_ left: Int, _ right: Int) -> Int {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }
}

/// `prices` of the config file: what a minute of an action costs.
package struct ActionPrices: Hashable, Sendable {
    /// CodePipeline's price of a minute in a V2 pipeline, in millionths of a dollar.
    package static let codePipeline = 2000

    /// The price of a minute of an action whose provider has none of its own, in millionths.
    package var standard: Int
    /// The whole price of a minute by the action's provider, in millionths.
    package var byProvider: [String: Int]

    /// Creates prices; by default CodePipeline's own.
    package init(standard: Int = ActionPrices.codePipeline, byProvider: [String: Int] = [:]) {
        self.standard = standard
        self.byProvider = byProvider
    }

    /// The price of a minute, in millionths.
    package func price(of provider: String?) -> Int {
        provider.flatMap { byProvider[$0] } ?? standard
    }
}
