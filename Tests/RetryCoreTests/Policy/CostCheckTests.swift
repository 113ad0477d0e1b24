import Primitives
import RetryCore
import Testing

/// A retry is left when it would cost more than a ceiling allows.
@Suite struct CostCheckTests {
    private static let hour = Duration.seconds(3600)
    private static let other = PolicyName("other")

    /// A retry of another pipeline, so long before the planned one.
    private static func spent(
        _ minutes: Int?,
        ago: Duration,
        under policy: PolicyName = "default"
    ) -> SpentRetry {
        SpentRetry(
            at: HoldChecksTests.due + (.zero - ago),
            policy: policy,
            cost: minutes.map { RetryCost(minutes: $0, price: $0 * 2000) }
        )
    }

    private static func decide(
        _ ceiling: CostCeiling?,
        overall: CostCeiling? = nil,
        spent: [SpentRetry] = [],
        medians: [ActionName: Duration]? = ["Compile": .seconds(300)],
        _ change: (inout Situation) -> Void = { _ in }
    ) -> Decision {
        PolicyEvaluator.decide(
            SituationBuilder.situation {
                $0.policy.cost = ceiling
                $0.holds.costs = CostFacts(overall: overall, spent: spent)
                $0.precedents = medians.map { Precedents(medians: $0) }
                change(&$0)
            }
        )
    }

    @Test(
        arguments: [
            (5, [], false), (4, [], true), (10, [spent(5, ago: .seconds(1))], false),
            (9, [spent(5, ago: .seconds(1))], true),
            // What was made exactly the window ago counts no more.
            (9, [spent(5, ago: hour)], false),
            (9, [spent(5, ago: hour - .milliseconds(1))], true),
            // Another policy's do not count.
            (9, [spent(50, ago: .seconds(1), under: other)], false),
            // Of which nothing was reckoned counts as ten minutes.
            (15, [spent(nil, ago: .seconds(1))], false),
            (14, [spent(nil, ago: .seconds(1))], true),
            (9, [spent(2, ago: .seconds(9)), spent(3, ago: .seconds(5))], true),
        ] as [(Int, [SpentRetry], Bool)]
    )
    func `a policy's ceiling counts what its retries cost in the window`(
        _ minutes: Int,
        _ spent: [SpentRetry],
        _ isLeft: Bool
    ) {
        let ceiling = CostCeiling(minutes: minutes, per: Self.hour)
        let verdict = Self.decide(ceiling, spent: spent).verdict
        #expect((verdict == .leave(.costSpent)) == isLeft)
        #expect((verdict.plan?.cost == RetryCost(minutes: 5, price: 10_000)) == !isLeft)
    }

    @Test func `the ceiling over everything counts every policy's`() {
        let spent = [Self.spent(5, ago: .seconds(1), under: Self.other)]
        let tight = CostCeiling(minutes: 9, per: Self.hour)
        #expect(Self.decide(nil, overall: tight, spent: spent).verdict == .leave(.costSpent))
        let wide = CostCeiling(minutes: 10, per: Self.hour)
        #expect(Self.decide(nil, overall: wide, spent: spent).verdict.plan != nil)
    }

    @Test func `money counts by the provider's price, else by the default`() {
        func left(_ millionths: Int, _ prices: ActionPrices) -> Bool {
            let ceiling = CostCeiling(price: millionths, per: Self.hour)
            return Self.decide(ceiling) { $0.holds.costs.prices = prices }.verdict
                == .leave(.costSpent)
        }
        let own = ActionPrices(byProvider: ["CodeBuild": 7000])
        #expect(!left(35_000, own))
        #expect(left(34_999, own))
        #expect(!left(10_000, ActionPrices(byProvider: ["Jenkins": 7000])))
        #expect(left(9999, ActionPrices()))
    }

    @Test(
        arguments: [
            // The failed action, and those of later orders; of an unknown time ten minutes.
            (RetryMode.failedActions, ["Compile": Duration.seconds(61)], 2 + 10),
            (.failedActions, ["Compile": .seconds(60), "Ship": .milliseconds(1)], 1 + 1),
            (.failedActions, [:], 10 + 10),
            // All of the stage, but for approvals.
            (
                .allActions,
                ["Compile": .seconds(60), "Fetch": .seconds(119), "Ship": .seconds(600)],
                1 + 2 + 10
            ),
            (.allActions, ["Approve": .seconds(6000)], 10 + 10 + 10),
        ] as [(RetryMode, [ActionName: Duration], Int)]
    )
    func `expected is what the mode would run`(
        _ mode: RetryMode,
        _ medians: [ActionName: Duration],
        _ minutes: Int
    ) {
        let ceiling = CostCeiling(minutes: 1000, per: Self.hour)
        let decision = Self.decide(ceiling, medians: medians) {
            $0.policy.modes = [mode]
            $0.definition?.stages["Build"]?.actions = [
                "Fetch": ActionKind(category: "Build", provider: "CodeBuild", runOrder: 1),
                "Compile": ActionKind(category: "Build", provider: "CodeBuild", runOrder: 2),
                "Approve": ActionKind(category: "Approval", provider: "Manual", runOrder: 3),
                "Ship": ActionKind(category: "Deploy", provider: "ECS", runOrder: 4),
            ]
        }
        #expect(decision.verdict.plan?.cost?.minutes == minutes)
    }

    @Test func `before the ledger was asked nothing is left for its cost`() {
        let ceiling = CostCeiling(minutes: 4, per: Self.hour)
        #expect(Self.decide(ceiling, medians: nil).verdict.plan != nil)
        #expect(Self.decide(ceiling, medians: [:]).verdict == .leave(.costSpent))
    }

    @Test func `without a ceiling nothing is reckoned`() {
        let decision = Self.decide(nil)
        #expect(decision.verdict.plan != nil)
        #expect(decision.verdict.plan?.cost == nil)
        #expect(!decision.holds.contains { $0.reason == .costSpent })
    }

    @Test func `the check names what is expected, what is spent and what is allowed`() {
        let spent = [Self.spent(7, ago: .seconds(1))]
        let ceiling = CostCeiling(minutes: 10, price: 5_000_000, per: .seconds(86_400))
        let check = Self.decide(ceiling, spent: spent).holds.last
        #expect(
            check?.detail == "5 min, 0.01 expected, 12 min, 0.024 with the retries of the last 1d "
                + "under policy default, allowed 10 min, 5.00"
        )
    }

    @Test(
        arguments: [
            (0, "0.00"), (10_000, "0.01"), (24_000, "0.024"), (1, "0.000001"),
            (12_500_000, "12.50"),
        ]
    )
    func `millionths are an amount with two decimals at least`(_ millionths: Int, _ text: String) {
        #expect(RetryCost.money(millionths) == text)
    }

    @Test(arguments: [(0, 1), (1, 1), (60_000, 1), (60_001, 2), (-5, 1), (Int64.max, 43_200)])
    func `each begun minute counts whole`(_ milliseconds: Int64, _ minutes: Int) {
        let cost = RetryCost(of: .milliseconds(milliseconds), by: nil, at: ActionPrices())
        #expect(cost == RetryCost(minutes: minutes, price: minutes * 2000))
    }
}
