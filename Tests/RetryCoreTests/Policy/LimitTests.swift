import Primitives
import RetryCore
import Testing

@Suite struct LimitTests {
    @Test(arguments: ends)
    func `a limit ends the episode`(_ line: Line) {
        let decision = PolicyEvaluator.decide(SituationBuilder.situation(line.change))
        #expect(decision.verdict == line.expected)
        #expect(decision.holds.last?.result == .stop)
        #expect(decision.holds.dropLast().allSatisfy { $0.result == .pass })
    }

    @Test(arguments: lasts)
    func `the last retry that a limit allows is still made`(_ line: Line) {
        #expect(SituationBuilder.plan(line.change) != nil)
    }

    @Test func `the plan counts retries of the episode and tells how many it can have`() {
        let plan = SituationBuilder.plan {
            $0.policy.rules = [
                SituationBuilder.rule("a", RuleCondition(), SituationBuilder.limits(4))
            ]
            $0.policy.maxTotalRetries = 10
            $0.history.retries = 3
            $0.history.retriesByRule = ["a": 1, nil: 2]
        }
        #expect(plan?.number == 4)
        #expect(plan?.limit == 6)
    }

    @Test func `the total limits the number of retries in a plan`() {
        let plan = SituationBuilder.plan {
            $0.policy.rules = [
                SituationBuilder.rule("a", RuleCondition(), SituationBuilder.limits(9))
            ]
            $0.policy.maxTotalRetries = 5
        }
        #expect(plan?.limit == 5)
    }

    @Test(arguments: [
        (0, 3, "3 of 3 retries of the policy made"), (3, 3, "5 of 5 retries of the episode made"),
        (1, 3, "3 of 3 retries of the policy made"), (0, 2, "2 of 5 retries of the episode made"),
    ])
    func `the total tells whether the policy's or the episode's retries are spent`(
        _ more: Int,
        _ own: Int,
        _ said: String
    ) {
        let decision = PolicyEvaluator.decide(
            SituationBuilder.situation {
                $0.policy.maxRetries = 3
                $0.policy.maxTotalRetries = 5
                $0.history.retries = min(5, own + more)
                $0.history.retriesByRule = [nil: own, "gone": more]
            }
        )
        #expect(decision.holds.first?.detail == said)
    }

    @Test func `the mode list follows the retry's number and repeats its last`() {
        let modes: [RetryMode?] = (0..<5).map { made in
            SituationBuilder.plan {
                $0.policy.modes = [.failedActions, .failedActions, .allActions]
                $0.policy.maxRetries = 9
                $0.policy.maxTotalRetries = 9
                $0.history.retries = made
            }?.mode
        }
        #expect(
            modes == [.failedActions, .failedActions, .allActions, .allActions, .allActions]
        )
    }

    @Test func `due counts from the last failed action`() {
        let plan = SituationBuilder.plan {
            $0.evidence = .rows([
                SituationBuilder.row("A", at: SituationBuilder.failedAt + .seconds(-500)),
                SituationBuilder.row("B", at: SituationBuilder.failedAt + .seconds(20)),
                SituationBuilder.row("C", .succeeded, at: SituationBuilder.failedAt + .seconds(40)),
            ])
        }
        #expect(plan?.due == SituationBuilder.failedAt + .seconds(120))
    }

    /// A run shows in the state seconds after its start, and ALL_ACTIONS must not meet it.
    @Test(arguments: [
        (RetryMode.allActions, Evidence.denied, 1, 20),
        (.allActions, .denied, 21, 21),
        (.failedActions, .denied, 1, 1),
        (.allActions, .rows([SituationBuilder.row("Compile")]), 1, 1),
    ])
    func `without the history ALL_ACTIONS waits until the state shows what runs`(
        _ mode: RetryMode,
        _ evidence: Evidence,
        _ wait: Int,
        _ expected: Int
    ) {
        let plan = SituationBuilder.plan {
            $0.policy.modes = [mode]
            $0.policy.backoff = SituationBuilder.fixed(.seconds(wait))
            $0.evidence = evidence
        }
        #expect(plan?.due == SituationBuilder.failedAt + .seconds(expected))
    }

    @Test func `without any date due counts from the first sight`() {
        let plan = SituationBuilder.plan {
            $0.stage.actions = []
            $0.evidence = .rows([SituationBuilder.row("Compile", at: nil)])
        }
        #expect(plan?.due == SituationBuilder.now + .seconds(100))
    }

    @Test func `due does not depend on when it is asked, and differs by episode and number`() {
        func due(_ change: @escaping (inout Situation) -> Void) -> WallTime? {
            SituationBuilder.plan {
                $0.policy.backoff = .standard
                $0.policy.backoff.initial = .seconds(600)
                $0.policy.backoff.kind = .fixed
                $0.policy.backoff.jitter = .full
                change(&$0)
            }?.due
        }
        let first = due { _ in }
        #expect(first == due { $0.now = $0.now + .seconds(3000) })
        #expect(first != due { $0.history.retries = 1 })
        #expect(first != due { $0.seed = 2 })
        #expect(
            first
                != due {
                    $0.episode = EpisodeKey(
                        pipeline: PipelineKey(target: "prod", pipeline: "web2"),
                        stage: $0.episode.stage,
                        execution: $0.episode.execution
                    )
                }
        )
    }

    @Test func `time in closed windows does not count towards giving up`() {
        let end = SituationBuilder.plan {
            $0.policy.giveUpAfter = .seconds(3600)
            $0.policy.windows = [LimitTests.closed(from: 30, minutes: 120)]
        }?.giveUpAt
        let start = WallTime(milliseconds: SituationBuilder.failedAt.milliseconds / 60_000 * 60_000)
        // 30 minutes until it closes, and the rest of the hour from when it opens.
        let opened = start + .seconds(150 * 60)
        let counted = (start + .seconds(30 * 60)) - SituationBuilder.failedAt
        #expect(end == opened + (.seconds(3600) - counted))
    }

    @Test func `the fingerprint of the present failure counts only when it is the newest known`() {
        let other = SituationBuilder.verdict {
            $0.policy.stopAfterSameError = 2
            $0.history.sameErrorRun = 5
            $0.history.lastFingerprint = Fingerprint(reduced: "another")
        }
        #expect(other.plan != nil)
    }

    static let ends: [Line] = [
        Line("total", .exhausted(.exhausted)) {
            $0.policy.maxRetries = 9
            $0.history.retries = 3
        },
        Line("total with a rule that has some left", .exhausted(.exhausted)) {
            $0.policy.rules = [
                SituationBuilder.rule("a", RuleCondition(), SituationBuilder.limits(9))
            ]
            $0.history.retries = 3
            $0.history.retriesByRule = ["a": 1]
        },
        Line("the policy's own", .exhausted(.exhausted)) {
            $0.policy.maxTotalRetries = 9
            $0.history.retries = 4
            $0.history.retriesByRule = [nil: 3, "gone": 1]
        },
        Line("none allowed", .exhausted(.exhausted)) {
            $0.policy.maxRetries = 0
        },
        Line("rule", .exhausted(.ruleExhausted)) {
            $0.policy.rules = [
                SituationBuilder.rule("a", RuleCondition(), SituationBuilder.limits(2))
            ]
            $0.history.retries = 2
            $0.history.retriesByRule = ["a": 2]
        },
        Line("any rule of several", .exhausted(.ruleExhausted)) {
            $0.policy.rules = [
                SituationBuilder.rule(
                    "a",
                    RuleCondition(actions: [Glob("A")]),
                    SituationBuilder.limits(9)
                ),
                SituationBuilder.rule(
                    "b",
                    RuleCondition(actions: [Glob("B")]),
                    SituationBuilder.limits(1)
                ),
            ]
            $0.evidence = .rows([SituationBuilder.row("A"), SituationBuilder.row("B")])
            $0.history.retries = 1
            $0.history.retriesByRule = ["b": 1]
        },
        Line("next due would pass", .exhausted(.gaveUpAfter)) {
            $0.policy.giveUpAfter = .seconds(99)
        },
        Line("held past the end", .exhausted(.gaveUpAfter)) {
            $0.now = SituationBuilder.failedAt + .seconds(6 * 3600) + .milliseconds(1)
            $0.policy.paused = true
        },
        Line("the strictest rule's give_up_after", .exhausted(.gaveUpAfter)) {
            $0.policy.rules = [
                SituationBuilder.rule(
                    "a",
                    RuleCondition(actions: [Glob("A")]),
                    SituationBuilder.limits(giveUpAfter: .seconds(50))
                ),
                SituationBuilder.rule("b"),
            ]
            $0.evidence = .rows([SituationBuilder.row("A"), SituationBuilder.row("B")])
        },
        Line("same error", .exhausted(.sameError)) {
            $0.policy.stopAfterSameError = 2
            sameError(run: 2, &$0)
        },
        Line("same error by the rule", .exhausted(.sameError)) {
            $0.policy.rules = [
                SituationBuilder.rule("a", RuleCondition(), SituationBuilder.limits(sameError: 2))
            ]
            sameError(run: 3, &$0)
        },
    ]

    static let lasts: [Line] = [
        Line("total", nil) { $0.history.retries = 2 },
        Line("rule", nil) {
            $0.policy.rules = [
                SituationBuilder.rule("a", RuleCondition(), SituationBuilder.limits(2))
            ]
            $0.history.retriesByRule = ["a": 1, "b": 7]
        },
        Line("due exactly at the end", nil) { $0.policy.giveUpAfter = .seconds(100) },
        Line("held to exactly the end", nil) {
            $0.now = SituationBuilder.failedAt + .seconds(6 * 3600)
        },
        Line("same error once less", nil) {
            $0.policy.stopAfterSameError = 3
            sameError(run: 2, &$0)
        },
        Line("closed windows until long after give_up_after", nil) {
            $0.policy.giveUpAfter = .seconds(300)
            $0.policy.windows = [closed(from: 1, minutes: 600)]
        },
    ]

    static func sameError(run: Int, _ situation: inout Situation) {
        situation.history.sameErrorRun = run
        situation.history.lastFingerprint = StageFacts(situation).fingerprint(of: situation.episode)
    }

    /// A deny window that begins so many minutes after the failure's minute.
    static func closed(from start: Int, minutes: Int) -> Window {
        let minute = SituationBuilder.failedAt.milliseconds / 60_000 + Int64(start)
        let ofWeek = Int((minute + 3 * 1440) % (7 * 1440))
        let span = WeeklySpan(
            weekday: ofWeek / 1440,
            start: ofWeek % 1440,
            end: ofWeek % 1440 + minutes
        )
        return Window(effect: .deny, spans: [span], zone: .utc)
    }
}
