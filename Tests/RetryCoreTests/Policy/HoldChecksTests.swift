import Primitives
import RetryCore
import Testing

@Suite struct HoldChecksTests {
    static let due = SituationBuilder.failedAt + .seconds(100)
    static let end = SituationBuilder.failedAt + .seconds(6 * 3600) + .milliseconds(1)

    @Test(arguments: holds)
    func `a hold defers and tells until when`(_ line: HoldLine) {
        let decision = PolicyEvaluator.decide(SituationBuilder.situation(line.change))
        guard case .hold(let reason, let until, let plan) = decision.verdict else {
            Issue.record("\(decision.verdict)")
            return
        }
        #expect(reason == line.reason)
        #expect(until == line.until)
        #expect(plan?.due == HoldChecksTests.due)
        #expect(plan?.number == 1)
        #expect(decision.holds.last?.result == .stop)
        #expect(decision.holds.last?.reason == line.reason)
    }

    @Test(arguments: passes)
    func `a hold that is not on lets the retry go`(_ line: Line) {
        guard case .retry(let plan) = SituationBuilder.verdict(line.change) else {
            Issue.record("\(SituationBuilder.verdict(line.change))")
            return
        }
        #expect(plan.due == HoldChecksTests.due)
    }

    @Test func `every checked limit and hold is recorded in order`() {
        let decision = PolicyEvaluator.decide(
            SituationBuilder.situation {
                $0.policy.rules = [
                    SituationBuilder.rule(
                        "a",
                        RuleCondition(),
                        SituationBuilder.limits(sameError: 9)
                    )
                ]
            }
        )
        #expect(
            decision.holds.map(\.reason) == [
                .exhausted, .ruleExhausted, .gaveUpAfter, .sameError, .approvalWouldRepeat, .paused,
                .windowClosed, .budgetSpent, .budgetSpent, .outageHold, .shadow,
            ]
        )
        #expect(decision.holds.allSatisfy { $0.result == .pass && !$0.detail.isEmpty })
    }

    @Test func `windows are reported as open, or as absent`() {
        func reported(_ windows: [Window]) -> String? {
            PolicyEvaluator.decide(SituationBuilder.situation { $0.policy.windows = windows }).holds
                .first { $0.reason == .windowClosed }?.detail
        }
        #expect(reported([]) == "there are no windows")
        #expect(
            reported([LimitTests.closed(from: 20, minutes: 10)]) == "open at \(HoldChecksTests.due)"
        )
    }

    @Test func `a dry run that could go out exactly at the end only leaves the stage`() {
        func verdict(_ wait: Int) -> Verdict {
            SituationBuilder.verdict {
                $0.holds.dryRun = true
                $0.policy.backoff = SituationBuilder.fixed(.seconds(wait))
                $0.policy.giveUpAfter = .seconds(300)
                $0.now = SituationBuilder.failedAt + .seconds(1000)
            }
        }
        #expect(verdict(300) == .leave(.shadow))
        #expect(verdict(301) == .exhausted(.gaveUpAfter))
    }

    @Test func `limits are checked before holds`() {
        let verdict = SituationBuilder.verdict {
            $0.policy.paused = true
            $0.history.retries = 3
        }
        #expect(verdict == .exhausted(.exhausted))
    }

    @Test func `dry run and shadow report what would be done`() {
        let dry = SituationBuilder.verdict { $0.holds.dryRun = true }
        let shadow = SituationBuilder.verdict { $0.policy.shadow = true }
        #expect(dry == shadow)
        guard case .wouldRetry(let plan) = dry else {
            Issue.record("\(dry)")
            return
        }
        #expect(plan.due == HoldChecksTests.due)
    }

    @Test func `a pause is reported before a dry run`() {
        let verdict = SituationBuilder.verdict {
            $0.holds.dryRun = true
            $0.holds.pausedByCommand = "maintenance"
        }
        #expect(
            verdict.plan != nil
                && verdict != .wouldRetry(SituationBuilder.plan() ?? HoldChecksTests.noPlan)
        )
    }

    static let noPlan = RetryPlan(
        mode: .failedActions,
        rule: nil,
        number: 0,
        limit: 0,
        due: due,
        giveUpAt: due
    )

    static let holds: [HoldLine] = [
        HoldLine("command", .paused, end) { $0.holds.pausedByCommand = "maintenance" },
        HoldLine("target", .paused, end) { $0.holds.targetPaused = true },
        HoldLine("policy", .paused, end) { $0.policy.paused = true },
        HoldLine("window closed when due", .windowClosed, minute(32)) {
            $0.policy.windows = [LimitTests.closed(from: 1, minutes: 31)]
        },
        HoldLine("overdue in a closed window", .windowClosed, minute(90)) {
            $0.now = SituationBuilder.failedAt + .seconds(3600)
            $0.policy.windows = [LimitTests.closed(from: 50, minutes: 40)]
        },
        HoldLine("windows that never open", .windowClosed, end) {
            $0.policy.windows = [Window(effect: .allow, spans: [], zone: .utc)]
        },
        HoldLine("policy budget", .budgetSpent, SituationBuilder.now + .seconds(-3000 + 3600)) {
            $0.policy.budget = Budget(retries: 2, per: .seconds(3600))
            $0.holds.policyRetries = [-4000, -3000, -10].map { SituationBuilder.now + .seconds($0) }
        },
        HoldLine("budget overdrawn", .budgetSpent, SituationBuilder.now + .seconds(-10 + 3600)) {
            $0.policy.budget = Budget(retries: 1, per: .seconds(3600))
            $0.holds.policyRetries = [-10, -3000].map { SituationBuilder.now + .seconds($0) }
        },
        HoldLine("overall budget", .budgetSpent, SituationBuilder.now + .seconds(-5 + 300)) {
            $0.holds.overallBudget = Budget(retries: 1, per: .seconds(300))
            $0.holds.allRetries = [SituationBuilder.now + .seconds(-5)]
        },
        HoldLine("outage", .outageHold, SituationBuilder.now + .seconds(500)) {
            $0.holds.outageHoldUntil = SituationBuilder.now + .seconds(500)
        },
        HoldLine("outage that lifts before it is due", .outageHold, due) {
            $0.holds.outageHoldUntil = SituationBuilder.now + .seconds(1)
        },
        HoldLine(
            "outage that lifts right now, overdue",
            .outageHold,
            SituationBuilder.now + .seconds(660)
        ) {
            $0.now = SituationBuilder.now + .seconds(600)
            $0.holds.outageHoldUntil = SituationBuilder.now + .seconds(600)
        },
        HoldLine(
            "outage that should have lifted",
            .outageHold,
            SituationBuilder.now + .seconds(660)
        ) {
            $0.now = SituationBuilder.now + .seconds(600)
            $0.holds.outageHoldUntil = SituationBuilder.now + .seconds(1)
        },
    ]

    static let passes: [Line] = [
        Line("closed now, open when due", nil) {
            $0.policy.windows = [LimitTests.closed(from: -10, minutes: 11)]
        },
        Line("retries that fell out exactly when due", nil) {
            $0.policy.budget = Budget(retries: 1, per: .seconds(3600))
            $0.holds.policyRetries = [due + .seconds(-3600)]
        },
        Line("a budget with room", nil) {
            $0.policy.budget = Budget(retries: 2, per: .seconds(3600))
            $0.holds.policyRetries = [SituationBuilder.now]
            $0.holds.overallBudget = Budget(retries: 2, per: .seconds(3600))
            $0.holds.allRetries = [SituationBuilder.now]
        },
    ]

    /// The minute so many minutes after the failure's minute.
    static func minute(_ number: Int64) -> WallTime {
        WallTime(milliseconds: (SituationBuilder.failedAt.milliseconds / 60_000 + number) * 60_000)
    }
}

struct HoldLine: Sendable, CustomTestStringConvertible {
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
