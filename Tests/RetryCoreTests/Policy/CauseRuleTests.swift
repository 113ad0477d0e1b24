import Testing

@testable import RetryCore

/// Rules over what the service that ran the action says of its failure.
@Suite struct CauseRuleTests {
    private static let build = RootCause(
        provider: "CodeBuild",
        phase: "PRE_BUILD",
        status: "FAILED",
        code: "COMMAND_EXECUTION_ERROR",
        line: "Error response from daemon: toomanyrequests: You have reached your pull rate limit",
        command: "docker pull alpine"
    )
    private static let vague = "Build terminated with state: FAILED"

    private static func situation(
        _ cause: ActionCause?,
        message: String = vague,
        _ rules: [Rule]
    ) -> Situation {
        SituationBuilder.situation {
            $0.policy.rules = rules
            $0.policy.otherwise = .never
            $0.stage.actions = []
            $0.evidence = .rows([
                SituationBuilder.row("Compile", provider: "CodeBuild", message: message)
            ])
            $0.causes = cause.map { ["Compile": $0] } ?? [:]
        }
    }

    private static func decide(_ situation: Situation) -> Decision {
        var situation = situation
        for query in PolicyQuestions.queries(for: situation) {
            let isThere = query.text.contains(query.pattern.text)
            situation.findings[query] = isThere ? .matches : .differs
        }
        return PolicyEvaluator.decide(situation)
    }

    private static func builtIn(_ name: String) -> [Rule] {
        BuiltInRules.rules(named: name, inheriting: SituationBuilder.limits()) ?? []
    }

    @Test func `a cause saves what CodePipeline's own words leave`() {
        let rules = CauseRuleTests.builtIn("aws-transient")
        let blind = CauseRuleTests.decide(CauseRuleTests.situation(nil, rules))
        #expect(blind.verdict == .leave(.noRuleMatched))
        let told = CauseRuleTests.situation(ActionCause(CauseRuleTests.build), rules)
        let decision = CauseRuleTests.decide(told)
        #expect(decision.verdict.plan?.rule == "image-pull/pull-limit")
        #expect(decision.failure.cause == CauseRuleTests.build)
        #expect(decision.failure.finding?.kind == .transient)
    }

    @Test func `a cause leaves what CodePipeline's own words would retry`() {
        let cause = RootCause(
            provider: "CodeBuild",
            phase: "BUILD",
            line: "npm error 403 Forbidden",
            command: "npm ci"
        )
        let rules =
            CauseRuleTests.builtIn("aws-permanent") + CauseRuleTests.builtIn("aws-transient")
        let told = CauseRuleTests.situation(ActionCause(cause), message: "Rate exceeded", rules)
        #expect(CauseRuleTests.decide(told).verdict == .leave(.ruleNever))
    }

    /// A question, and whether it holds of the build.
    @Test(arguments: [
        (CauseQuestion(phases: ["BUILD", "PRE_BUILD"]), true),
        (CauseQuestion(phases: ["BUILD"]), false),
        (CauseQuestion(statuses: ["FAILED"]), true),
        (CauseQuestion(statuses: ["TIMED_OUT"]), false),
        (CauseQuestion(codes: ["COMMAND_EXECUTION_ERROR"]), true),
        (CauseQuestion(codes: ["JobFailed"]), false),
        (CauseQuestion(resourceTypes: ["AWS::S3::Bucket"]), false),
        (CauseQuestion(ran: true), true), (CauseQuestion(ran: false), false),
        (CauseQuestion(log: [Pattern("second")]), true),
        (CauseQuestion(log: [Pattern("third"), Pattern("first")]), true),
        (CauseQuestion(log: [Pattern("third")]), false),
        (CauseQuestion(phases: ["PRE_BUILD"], log: [Pattern("third")]), false),
    ])
    func `each part is asked of the cause, and all must hold`(
        _ question: CauseQuestion,
        _ isHolding: Bool
    ) {
        let when = RuleCondition(cause: question)
        let rule = SituationBuilder.rule("r", when, SituationBuilder.limits())
        let cause = ActionCause(CauseRuleTests.build, log: CauseLog(["first", "second"]))
        let told = CauseRuleTests.decide(CauseRuleTests.situation(cause, [rule]))
        #expect((told.verdict.plan != nil) == isHolding)
        let blind = CauseRuleTests.decide(CauseRuleTests.situation(nil, [rule]))
        // CodePipeline itself says these.
        let own = [CauseQuestion(statuses: ["FAILED"]), CauseQuestion(codes: ["JobFailed"])]
        #expect((blind.verdict.plan != nil) == own.contains(question))
    }

    @Test func `CodePipeline's own words tell phase, code and whether the work began`() {
        let message =
            "Build terminated with state: FAILED. Phase: PROVISIONING, Code: INTERNAL_ERROR, "
            + "Message: x"
        let question = CauseQuestion(
            phases: ["PROVISIONING"],
            statuses: ["FAILED"],
            codes: ["INTERNAL_ERROR"],
            ran: false
        )
        let when = RuleCondition(cause: question)
        let rule = SituationBuilder.rule("r", when, SituationBuilder.limits())
        let decision = CauseRuleTests.decide(
            CauseRuleTests.situation(nil, message: message, [rule])
        )
        #expect(decision.verdict.plan?.rule == "r")
    }

    @Test func `contains and matches look at the root line too`() {
        let cause = ActionCause(CauseRuleTests.build)
        for when in [
            RuleCondition(contains: ["pull rate limit"]),
            RuleCondition(matches: [Pattern("pull rate limit")]),
        ] {
            let rule = SituationBuilder.rule("r", when, SituationBuilder.limits())
            let told = CauseRuleTests.decide(CauseRuleTests.situation(cause, [rule]))
            #expect(told.verdict.plan?.rule == "r")
            let blind = CauseRuleTests.decide(CauseRuleTests.situation(nil, [rule]))
            #expect(blind.verdict == .leave(.noRuleMatched))
        }
    }

    @Test func `what is not known of a cause is said`() {
        let condition = RuleCondition(cause: CauseQuestion(ran: true, log: [Pattern("x")]))
        let rule = SituationBuilder.rule("r", condition, SituationBuilder.limits())
        let decision = CauseRuleTests.decide(CauseRuleTests.situation(nil, [rule]))
        #expect(
            decision.rules.map(\.result) == [
                .differs("it is not known whether the action's own work began")
            ]
        )
    }

    /// A stack's status, the fate of its change set, and whether it is used up.
    @Test(
        arguments: [
            (nil, StackCause.ChangeSet.gone, true), ("UPDATE_ROLLBACK_COMPLETE", nil, true),
            ("UPDATE_COMPLETE", .available, false), (nil, nil, false),
        ] as [(String?, StackCause.ChangeSet?, Bool)]
    )
    func `a change set that was executed is used up, whatever the message says`(
        _ status: String?,
        _ changeSet: StackCause.ChangeSet?,
        _ isUsedUp: Bool
    ) {
        let cause = RootCause(
            provider: "CloudFormation",
            code: "Throttling",
            line: "Rate exceeded",
            stack: StackCause(status: status, changeSet: changeSet)
        )
        let situation = ChangeSetTests.situation("Rate exceeded") {
            $0.policy.rules = CauseRuleTests.builtIn("aws-permanent")
            $0.policy.rules +=
                BuiltInRules.rules(
                    named: "aws-transient",
                    inheriting: $0.policy.limits
                ) ?? []
            $0.causes = ["Deploy": ActionCause(cause)]
        }
        let plan = PolicyEvaluator.decide(situation).verdict.plan
        #expect(plan?.mode == (isUsedUp ? .allActions : .failedActions))
    }

    @Test func `a stack that cannot be updated is left, whatever its cause`() {
        let cause = RootCause(
            provider: "CloudFormation",
            code: "Throttling",
            line: "Rate exceeded",
            stack: StackCause(status: "ROLLBACK_COMPLETE")
        )
        let rules = CauseRuleTests.builtIn("aws-transient")
        let told = CauseRuleTests.situation(ActionCause(cause), message: "Rate exceeded", rules)
        #expect(CauseRuleTests.decide(told).verdict == .leave(.stackNotUpdatable))
    }
}
