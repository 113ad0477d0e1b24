import Primitives
import RetryCore
import Testing

@Suite struct BrakeTests {
    static let due = Scene.failedAt + .seconds(100)
    static let end = Scene.failedAt + .seconds(6 * 3600) + .milliseconds(1)

    @Test(arguments: holds)
    func `a brake defers and says until when`(_ line: BrakeLine) {
        let decision = PolicyEvaluator.decide(Scene.situation(line.change))
        guard case .hold(let reason, let until, let plan) = decision.verdict else {
            Issue.record("\(decision.verdict)")
            return
        }
        #expect(reason == line.reason)
        #expect(until == line.until)
        #expect(plan?.due == BrakeTests.due)
        #expect(plan?.number == 1)
        #expect(decision.brakes.last?.result == .stop)
        #expect(decision.brakes.last?.reason == line.reason)
    }

    @Test(arguments: passes)
    func `a brake that is not on lets the retry go`(_ line: Line) {
        guard case .retry(let plan) = Scene.verdict(line.change) else {
            Issue.record("\(Scene.verdict(line.change))")
            return
        }
        #expect(plan.due == BrakeTests.due)
    }

    @Test func `every limit and brake that was looked at is recorded in order`() {
        let decision = PolicyEvaluator.decide(
            Scene.situation {
                $0.policy.rules = [Scene.rule("a", RuleCondition(), Scene.limits(sameError: 9))]
            }
        )
        #expect(
            decision.brakes.map(\.reason) == [
                .exhausted, .ruleExhausted, .gaveUpAfter, .sameError, .paused, .windowClosed,
                .budgetSpent, .budgetSpent, .outageHold, .shadow,
            ]
        )
        #expect(decision.brakes.allSatisfy { $0.result == .pass && !$0.detail.isEmpty })
    }

    @Test func `windows are said to be open, or not to be there`() {
        func said(_ windows: [Window]) -> String? {
            PolicyEvaluator.decide(Scene.situation { $0.policy.windows = windows }).brakes
                .first { $0.reason == .windowClosed }?.detail
        }
        #expect(said([]) == "there are no windows")
        #expect(said([LimitTests.closed(from: 20, minutes: 10)]) == "open at \(BrakeTests.due)")
    }

    @Test func `a rehearsal that could go out exactly at the end only leaves the stage`() {
        func verdict(_ wait: Int) -> Verdict {
            Scene.verdict {
                $0.brakes.dryRun = true
                $0.policy.backoff = Scene.fixed(.seconds(wait))
                $0.policy.giveUpAfter = .seconds(300)
                $0.now = Scene.failedAt + .seconds(1000)
            }
        }
        #expect(verdict(300) == .leave(.shadow))
        #expect(verdict(301) == .exhausted(.gaveUpAfter))
    }

    @Test func `limits speak before brakes`() {
        let verdict = Scene.verdict {
            $0.policy.paused = true
            $0.history.retries = 3
        }
        #expect(verdict == .exhausted(.exhausted))
    }

    @Test func `dry run and shadow say what would be done`() {
        let dry = Scene.verdict { $0.brakes.dryRun = true }
        let shadow = Scene.verdict { $0.policy.shadow = true }
        #expect(dry == shadow)
        guard case .wouldRetry(let plan) = dry else {
            Issue.record("\(dry)")
            return
        }
        #expect(plan.due == BrakeTests.due)
    }

    @Test func `a pause is said before a dry run`() {
        let verdict = Scene.verdict {
            $0.brakes.dryRun = true
            $0.brakes.pausedByCommand = "maintenance"
        }
        #expect(verdict.plan != nil && verdict != .wouldRetry(Scene.plan() ?? BrakeTests.noPlan))
    }

    static let noPlan = RetryPlan(
        mode: .failedActions,
        rule: nil,
        number: 0,
        limit: 0,
        due: due,
        giveUpAt: due
    )

    static let holds: [BrakeLine] = [
        BrakeLine("command", .paused, end) { $0.brakes.pausedByCommand = "maintenance" },
        BrakeLine("target", .paused, end) { $0.brakes.targetPaused = true },
        BrakeLine("policy", .paused, end) { $0.policy.paused = true },
        BrakeLine("window closed when due", .windowClosed, minute(32)) {
            $0.policy.windows = [LimitTests.closed(from: 1, minutes: 31)]
        },
        BrakeLine("overdue in a closed window", .windowClosed, minute(90)) {
            $0.now = Scene.failedAt + .seconds(3600)
            $0.policy.windows = [LimitTests.closed(from: 50, minutes: 40)]
        },
        BrakeLine("windows that never open", .windowClosed, end) {
            $0.policy.windows = [Window(effect: .allow, spans: [], zone: .utc)]
        },
        BrakeLine("policy budget", .budgetSpent, Scene.now + .seconds(-3000 + 3600)) {
            $0.policy.budget = Budget(retries: 2, per: .seconds(3600))
            $0.brakes.policyRetries = [-4000, -3000, -10].map { Scene.now + .seconds($0) }
        },
        BrakeLine("budget overdrawn", .budgetSpent, Scene.now + .seconds(-10 + 3600)) {
            $0.policy.budget = Budget(retries: 1, per: .seconds(3600))
            $0.brakes.policyRetries = [-10, -3000].map { Scene.now + .seconds($0) }
        },
        BrakeLine("overall budget", .budgetSpent, Scene.now + .seconds(-5 + 300)) {
            $0.brakes.overallBudget = Budget(retries: 1, per: .seconds(300))
            $0.brakes.allRetries = [Scene.now + .seconds(-5)]
        },
        BrakeLine("outage", .outageHold, Scene.now + .seconds(500)) {
            $0.brakes.outageHoldUntil = Scene.now + .seconds(500)
        },
        BrakeLine("outage that lifts before it is due", .outageHold, due) {
            $0.brakes.outageHoldUntil = Scene.now + .seconds(1)
        },
        BrakeLine("outage that lifts right now, overdue", .outageHold, Scene.now + .seconds(660)) {
            $0.now = Scene.now + .seconds(600)
            $0.brakes.outageHoldUntil = Scene.now + .seconds(600)
        },
        BrakeLine("outage that should have lifted", .outageHold, Scene.now + .seconds(660)) {
            $0.now = Scene.now + .seconds(600)
            $0.brakes.outageHoldUntil = Scene.now + .seconds(1)
        },
    ]

    static let passes: [Line] = [
        Line("closed now, open when due", nil) {
            $0.policy.windows = [LimitTests.closed(from: -10, minutes: 11)]
        },
        Line("retries that fell out exactly when due", nil) {
            $0.policy.budget = Budget(retries: 1, per: .seconds(3600))
            $0.brakes.policyRetries = [due + .seconds(-3600)]
        },
        Line("a budget with room", nil) {
            $0.policy.budget = Budget(retries: 2, per: .seconds(3600))
            $0.brakes.policyRetries = [Scene.now]
            $0.brakes.overallBudget = Budget(retries: 2, per: .seconds(3600))
            $0.brakes.allRetries = [Scene.now]
        },
    ]

    /// The minute so many minutes after the failure's minute.
    static func minute(_ number: Int64) -> WallTime {
        WallTime(milliseconds: (Scene.failedAt.milliseconds / 60_000 + number) * 60_000)
    }
}

struct BrakeLine: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let reason: Reason
    let until: WallTime
    let change: @Sendable (inout Situation) -> Void

    init(
        _ name: String,
        _ reason: Reason,
        _ until: WallTime,
        _ change: @escaping @Sendable (inout Situation) -> Void
    ) {
        testDescription = name
        self.reason = reason
        self.until = until
        self.change = change
    }
}
