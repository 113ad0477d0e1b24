import Primitives
import RetryCore
import Testing

@Suite struct RuleTests {
    @Test(arguments: conditions)
    func `a rule matches an action exactly when all its conditions hold`(_ line: ConditionLine) {
        let decision = PolicyEvaluator.decide(
            SituationBuilder.situation {
                $0.policy.rules = [SituationBuilder.rule("only", line.condition)]
                $0.findings = RuleTests.findings
                $0.stage.actions = []
                line.change(&$0)
            }
        )
        #expect(decision.rules.map(\.result) == [line.expected])
        switch line.expected {
        case .matches: #expect(decision.verdict.plan?.rule == "only")
        case .differs: #expect(decision.verdict == .leave(.noRuleMatched))
        case .notEvaluable: #expect(decision.verdict == .leave(.notEvaluable))
        }
    }

    @Test func `the first matching rule decides and later ones are not tried`() {
        let decision = PolicyEvaluator.decide(
            SituationBuilder.situation {
                $0.policy.rules = [
                    SituationBuilder.rule("deploys", RuleCondition(categories: ["Deploy"])),
                    SituationBuilder.rule("builds", RuleCondition(categories: ["Build"])),
                    SituationBuilder.rule("rest", RuleCondition(), nil),
                ]
            }
        )
        #expect(decision.verdict.plan?.rule == "builds")
        #expect(decision.rules.map(\.rule) == ["deploys", "builds"])
        #expect(decision.rules.last?.result == .matches)
    }

    @Test func `a rule with never does not retry the stage and is named`() {
        let decision = PolicyEvaluator.decide(
            SituationBuilder.situation {
                $0.policy.rules = [SituationBuilder.rule("tests", RuleCondition(), nil)]
            }
        )
        #expect(decision.verdict == .leave(.ruleNever))
        #expect(decision.guards.last?.detail == "action Compile: rule \"tests\" has retry: never")
    }

    @Test func `an error that no rule matches is not retried unless otherwise is retry`() {
        let rules = [SituationBuilder.rule("deploys", RuleCondition(categories: ["Deploy"]))]
        #expect(SituationBuilder.verdict { $0.policy.rules = rules } == .leave(.noRuleMatched))
        let plan = SituationBuilder.plan {
            $0.policy.rules = rules
            $0.policy.otherwise = .retry
        }
        #expect(plan?.rule == .some(nil))
        #expect(plan?.number == 1)
    }

    @Test func `never of one action beats retries, unknowns and unmatched of the others`() {
        let never = SituationBuilder.rule("tests", RuleCondition(actions: [Glob("D*")]), nil)
        let unclear = SituationBuilder.rule(
            "pattern",
            RuleCondition(actions: [Glob("B*")], matches: [Pattern("x")])
        )
        let retry = SituationBuilder.rule("builds", RuleCondition(actions: [Glob("A*")]))
        let rules = [never, unclear, retry]
        func verdict(_ names: [ActionName]) -> Verdict {
            SituationBuilder.verdict {
                $0.policy.rules = rules
                $0.evidence = .rows(names.map { SituationBuilder.row($0) })
            }
        }
        #expect(verdict(["A", "B", "C", "D"]) == .leave(.ruleNever))
        #expect(verdict(["A", "B", "C"]) == .leave(.notEvaluable))
        #expect(verdict(["A", "C"]) == .leave(.noRuleMatched))
        #expect(verdict(["A"]).plan?.rule == "builds")
    }

    @Test func `of two rules the fewest retries left, the longest wait and ALL_ACTIONS count`() {
        let plan = SituationBuilder.plan {
            $0.policy.maxTotalRetries = 10
            $0.policy.rules = [
                SituationBuilder.rule(
                    "a",
                    RuleCondition(actions: [Glob("A")]),
                    SituationBuilder.limits(5, wait: .seconds(900), modes: [.allActions])
                ),
                SituationBuilder.rule(
                    "b",
                    RuleCondition(actions: [Glob("B")]),
                    SituationBuilder.limits(4, wait: .seconds(30))
                ),
            ]
            $0.history.retries = 2
            $0.history.retriesByRule = ["a": 0, "b": 2]
            $0.evidence = .rows([SituationBuilder.row("A"), SituationBuilder.row("B")])
        }
        #expect(plan?.rule == "b")
        #expect(plan?.limit == 4)
        #expect(plan?.due == SituationBuilder.failedAt + .seconds(900))
        #expect(plan?.mode == .allActions)
    }

    /// For each limit two values of two rules, and the situation's verdict by the stricter one.
    private static let stricter:
        [String: (loose: RuleLimits, strict: RuleLimits, isStrict: @Sendable (Verdict) -> Bool)] = [
            "modes": (
                SituationBuilder.limits(), SituationBuilder.limits(modes: [.allActions]),
                { $0.plan?.mode == .allActions }
            ),
            "maxRetries": (
                SituationBuilder.limits(), SituationBuilder.limits(1),
                { $0.plan?.limit == 1 }
            ),
            "backoff": (
                SituationBuilder.limits(), SituationBuilder.limits(wait: .seconds(900)),
                { $0.plan?.due == SituationBuilder.failedAt + .seconds(900) }
            ),
            "giveUpAfter": (
                SituationBuilder.limits(), SituationBuilder.limits(giveUpAfter: .seconds(50)),
                { $0 == .exhausted(.gaveUpAfter) }
            ),
            "stopAfterSameError": (
                SituationBuilder.limits(), SituationBuilder.limits(sameError: 1),
                { $0 == .exhausted(.sameError) }
            ),
        ]

    @Test(arguments: stricter.keys.sorted(), [false, true])
    func `of two rules the stricter limit counts, whichever comes first`(
        _ limit: String,
        _ isStrictFirst: Bool
    ) throws {
        let (loose, strict, isStrict) = try #require(Self.stricter[limit])
        let verdict = SituationBuilder.verdict {
            $0.policy.maxTotalRetries = 9
            $0.policy.rules = [
                SituationBuilder.rule(
                    "a",
                    RuleCondition(actions: [Glob("A")]),
                    isStrictFirst ? strict : loose
                ),
                SituationBuilder.rule("b", RuleCondition(), isStrictFirst ? loose : strict),
            ]
            $0.evidence = .rows([SituationBuilder.row("A"), SituationBuilder.row("B")])
            $0.history.sameErrorRun = 1
        }
        #expect(isStrict(verdict), "\(verdict)")
    }

    @Test func `every limit of a rule has two rules to choose from`() {
        let limits = Mirror(reflecting: SituationBuilder.limits()).children.compactMap(\.label)
        #expect(Set(limits) == Set(Self.stricter.keys))
    }

    @Test func `the strictest rule's newest action decides`() {
        let decision = PolicyEvaluator.decide(
            SituationBuilder.situation {
                $0.evidence = .rows([
                    SituationBuilder.row("A", at: SituationBuilder.failedAt + .seconds(-9)),
                    SituationBuilder.row("B"),
                ])
            }
        )
        #expect(decision.failure.action == "B")
        #expect(decision.failure.failedAt == SituationBuilder.failedAt)
    }

    @Test func `a pattern that was not evaluated means no retry`() {
        let rules = [
            SituationBuilder.rule("pattern", RuleCondition(matches: [Pattern("queue")])),
            SituationBuilder.rule("rest"),
        ]
        let decision = PolicyEvaluator.decide(
            SituationBuilder.situation { $0.policy.rules = rules }
        )
        #expect(decision.verdict == .leave(.notEvaluable))
        #expect(decision.rules.count == 1)
    }

    /// Amazon States Language: retriers A (3 retries) and B (2), errors A, B, C of A's list, B:
    /// each retrier keeps its own count through the errors of the other.
    @Test func `counters survive other errors in between as in Amazon States Language`() {
        var history = EpisodeHistory(
            firstFailure: SituationBuilder.failedAt,
            firstSeen: SituationBuilder.now
        )
        let rules = [
            SituationBuilder.rule(
                "first",
                RuleCondition(codes: ["ErrorA", "ErrorB"]),
                SituationBuilder.limits(2)
            ),
            SituationBuilder.rule(
                "second",
                RuleCondition(codes: ["ErrorC"]),
                SituationBuilder.limits(2)
            ),
        ]
        var verdicts: [Verdict] = []
        for code in ["ErrorA", "ErrorB", "ErrorC", "ErrorB"] {
            let verdict = SituationBuilder.verdict {
                $0.policy.maxTotalRetries = 10
                $0.policy.rules = rules
                $0.history = history
                var row = SituationBuilder.row("Compile")
                row.action.code = code
                $0.evidence = .rows([row])
            }
            verdicts.append(verdict)
            guard let plan = verdict.plan else { continue }
            history.retries += 1
            history.retriesByRule[plan.rule, default: 0] += 1
        }
        #expect(verdicts.map(\.plan?.rule) == ["first", "first", "second", nil])
        #expect(verdicts.map(\.plan?.number) == [1, 2, 3, nil])
        #expect(verdicts.last == .exhausted(.ruleExhausted))
    }

    @Test func `questions are asked once, and only by rules whose other conditions hold`() {
        let situation = SituationBuilder.situation {
            $0.policy.rules = [
                SituationBuilder.rule(
                    "deploys",
                    RuleCondition(categories: ["Deploy"], matches: [Pattern("never asked")])
                ),
                SituationBuilder.rule("a", RuleCondition(matches: [Pattern("a"), Pattern("b")])),
                SituationBuilder.rule("b", RuleCondition(matches: [Pattern("b")])),
                SituationBuilder.rule("plain", RuleCondition(categories: ["Build"])),
                SituationBuilder.rule("later", RuleCondition(matches: [Pattern("too late")])),
            ]
            var row = SituationBuilder.row("Compile")
            row.action.summary = "summary"
            $0.evidence = .rows([row, SituationBuilder.row("Other")])
        }
        #expect(
            PolicyQuestions.queries(for: situation) == [
                PatternQuery(pattern: Pattern("a"), text: SituationBuilder.busy),
                PatternQuery(pattern: Pattern("a"), text: "summary"),
                PatternQuery(pattern: Pattern("b"), text: SituationBuilder.busy),
                PatternQuery(pattern: Pattern("b"), text: "summary"),
            ]
        )
    }

    @Test func `texts are cut to what AWS allows, in questions and answers alike`() {
        let situation = SituationBuilder.situation {
            $0.policy.rules = [
                SituationBuilder.rule("long", RuleCondition(matches: [Pattern("é")]))
            ]
            $0.evidence = .rows([
                SituationBuilder.row("Compile", message: String(repeating: "é", count: 6000))
            ])
        }
        let queries = PolicyQuestions.queries(for: situation)
        #expect(queries.map(\.text.unicodeScalars.count) == [5000])
        var answered = situation
        answered.findings = Dictionary(uniqueKeysWithValues: queries.map { ($0, .matches) })
        #expect(PolicyEvaluator.decide(answered).verdict.plan?.rule == "long")
    }

    static let findings: [PatternQuery: PatternFinding] = [
        PatternQuery(pattern: Pattern("yes"), text: SituationBuilder.busy): .matches,
        PatternQuery(pattern: Pattern("no"), text: SituationBuilder.busy): .differs,
        PatternQuery(pattern: Pattern("hard"), text: SituationBuilder.busy): .pastBound,
    ]

    static let conditions: [ConditionLine] = [
        ConditionLine("nothing asked", RuleCondition(), .matches),
        ConditionLine("stage", RuleCondition(stages: [Glob("X"), Glob("B*d")]), .matches),
        ConditionLine(
            "other stage",
            RuleCondition(stages: [Glob("Dep*"), Glob("X")]),
            .differs("stage is Build, not Dep*, X")
        ),
        ConditionLine("action", RuleCondition(actions: [Glob("Comp???")]), .matches),
        ConditionLine(
            "other action",
            RuleCondition(actions: [Glob("Lint")]),
            .differs("action is Compile, not Lint")
        ),
        ConditionLine("category", RuleCondition(categories: ["Test", "Build"]), .matches),
        ConditionLine(
            "other category",
            RuleCondition(categories: ["build"]),
            .differs("category is Build, not build")
        ),
        ConditionLine("provider", RuleCondition(providers: ["CodeBuild"]), .matches),
        ConditionLine(
            "other provider",
            RuleCondition(providers: ["Jenkins"]),
            .differs("provider is CodeBuild, not Jenkins")
        ),
        ConditionLine(
            "unread provider",
            RuleCondition(providers: ["Jenkins"]),
            .notEvaluable("the action's provider is not known")
        ) {
            $0.evidence = .rows([SituationBuilder.row("Compile", provider: nil)])
            $0.definition?.stages["Build"]?.actions["Compile"]?.provider = nil
        },
        ConditionLine("code", RuleCondition(codes: ["JobFailed"]), .matches),
        ConditionLine(
            "other code",
            RuleCondition(codes: ["PermissionError"]),
            .differs("code is JobFailed, not PermissionError")
        ),
        ConditionLine("no code", RuleCondition(codes: ["JobFailed"]), .differs("there is no code"))
        {
            var row = SituationBuilder.row("Compile")
            row.action.code = nil
            $0.evidence = .rows([row])
        },
        ConditionLine("literal", RuleCondition(contains: ["zzz", "in queue for"]), .matches),
        ConditionLine(
            "other literal",
            RuleCondition(contains: ["In Queue", "no \"pe\""]),
            .differs("neither message nor summary contains \"In Queue\", 'no \"pe\"'")
        ),
        ConditionLine("literal in the summary", RuleCondition(contains: ["ohn"]), .matches) {
            var row = SituationBuilder.row("Compile", message: nil)
            row.action.summary = "Hello John"
            $0.evidence = .rows([row])
        },
        ConditionLine(
            "no text",
            RuleCondition(contains: ["x"]),
            .differs("there is no message or summary")
        ) {
            $0.evidence = .rows([SituationBuilder.row("Compile", message: "")])
        },
        ConditionLine(
            "pattern",
            RuleCondition(matches: [Pattern("no"), Pattern("yes")]),
            .matches
        ),
        ConditionLine(
            "a bound that another pattern makes up for",
            RuleCondition(matches: [Pattern("hard"), Pattern("yes")]),
            .matches
        ),
        ConditionLine(
            "other pattern",
            RuleCondition(matches: [Pattern("no")]),
            .differs("neither message nor summary matches /no/")
        ),
        ConditionLine(
            "past its bound",
            RuleCondition(matches: [Pattern("hard"), Pattern("no")]),
            .notEvaluable("the pattern /hard/ could not be evaluated")
        ),
        ConditionLine(
            "not answered",
            RuleCondition(matches: [Pattern("unasked")]),
            .notEvaluable("the pattern /unasked/ could not be evaluated")
        ),
        ConditionLine(
            "a condition that differs spares the pattern",
            RuleCondition(categories: ["Test"], matches: [Pattern("hard")]),
            .differs("category is Build, not Test")
        ),
    ]
}

struct ConditionLine: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let condition: RuleCondition
    let expected: RuleTrial.Result
    let change: @Sendable (inout Situation) -> Void

    init(
        _ name: String,
        _ condition: RuleCondition,
        _ expected: RuleTrial.Result,
        _ change: @escaping @Sendable (inout Situation) -> Void = { _ in }
    ) {
        testDescription = name
        self.condition = condition
        self.expected = expected
        self.change = change
    }
}
