import RetryCore
import Testing

@Suite struct BuiltInRulesTests {
    /// The rule of a list that takes a message, and whether it retries.
    static func answer(_ list: String, _ message: String, code: String = "JobFailed") -> String {
        guard let rules = BuiltInRules.rules(named: list, inheriting: SituationBuilder.limits())
        else {
            return "no such list"
        }
        let decision = PolicyEvaluator.decide(
            SituationBuilder.situation {
                $0.policy.rules = rules
                var row = SituationBuilder.row("Compile", message: message)
                row.action.code = code
                $0.stage.actions = []
                $0.evidence = .rows([row])
            }
        )
        guard let trial = decision.rules.last, trial.result == .matches else { return "none" }
        return decision.verdict.plan == nil ? "never \(trial.rule)" : trial.rule.text
    }

    @Test func `no wait of a built-in rule or of the default is below five seconds`() {
        let rules =
            BuiltInRules.rules(named: "aws-transient", inheriting: SituationBuilder.limits()) ?? []
        let floors = rules.compactMap { rule in
            if case .retry(let limits) = rule.action { limits.backoff.min } else { nil }
        }
        #expect(Set(floors) == [.seconds(5)])
        #expect(Backoff.standard.min == .seconds(5))
    }

    @Test(arguments: known + permanent)
    func `a real message is known, and retried by the names that take it`(
        _ message: String,
        _ rule: String
    ) {
        let isNever = rule.hasPrefix("never ")
        let name = isNever ? String(rule.dropFirst(6)) : rule
        let group = String(name.prefix { $0 != "/" })
        let permanent = BuiltInRulesTests.answer("aws-permanent", message)
        let transient = BuiltInRulesTests.answer("aws-transient", message)
        let flaky = BuiltInRulesTests.answer("aws-flaky", message)
        #expect(permanent == (isNever ? rule : "none"))
        #expect(!isNever || transient == "none" || transient == rule)
        #expect(!isNever || flaky == "none")
        #expect(isNever || [transient, flaky].sorted() == ["none", rule].sorted())
        guard BuiltInRules.names.contains(group) else { return }
        #expect(BuiltInRulesTests.answer(group, message) == rule)
    }

    @Test(arguments: near)
    func `an error that only looks transient is not retried`(_ message: String) {
        let spoken = BuiltInRulesTests.answer("aws-transient", message)
        #expect(spoken == "none" || spoken.hasPrefix("never "))
    }

    @Test func `codes match without a message`() {
        #expect(
            BuiltInRulesTests.answer("aws-transient", "", code: "SystemUnavailable")
                == "service-fault/code"
        )
        #expect(
            BuiltInRulesTests.answer("aws-permanent", "", code: "ConfigurationError")
                == "never aws-permanent/configuration"
        )
        #expect(
            BuiltInRulesTests.answer("aws-permanent", "", code: "PermissionError")
                == "never aws-permanent/permission"
        )
        #expect(
            BuiltInRulesTests.answer("aws-transient", "", code: "RevisionUnavailable") == "none"
        )
    }

    @Test func `the names of the first version are still names`() {
        let first = [
            "aws-transient", "aws-permanent", "image-pull", "aws-capacity", "aws-throttling",
            "network", "waiter-timeout", "service-fault", "change-set",
        ]
        for name in first { #expect(BuiltInRules.names.contains(name)) }
        #expect(Set(BuiltInRules.names).count == BuiltInRules.names.count)
    }

    @Test func `the names are the classes and the groups that a retry may help`() {
        let expected = [
            "aws-flaky", "never-started", "spot-interruption", "iam-propagation", "resource-busy",
            "eventual-consistency", "package-registry", "git-remote", "tests",
        ]
        for name in expected { #expect(BuiltInRules.names.contains(name), "\(name)") }
        for name in ["unsafe-step", "stack-state", "approval", "source-host"] {
            #expect(!BuiltInRules.names.contains(name), "\(name)")
        }
    }

    @Test(arguments: ["never-started", "image-pull", "aws-transient"])
    func `a pull that was limited before the build began is retried after half an hour`(
        _ name: String
    ) {
        let message =
            "Build terminated with state: FAILED. Phase: PROVISIONING, Code: "
            + "BUILD_CONTAINER_UNABLE_TO_PULL_IMAGE, Message: toomanyrequests: You have reached "
            + "your pull rate limit"
        #expect(BuiltInRulesTests.answer(name, message) == "image-pull/pull-limit")
        let inCommand = message.replacing("PROVISIONING", with: "BUILD")
        let answer = name == "never-started" ? "none" : "image-pull/pull-limit"
        #expect(BuiltInRulesTests.answer(name, inCommand) == answer)
    }

    @Test func `every name gives rules with names of their own, and others give none`() {
        #expect(BuiltInRules.rules(named: "aws", inheriting: SituationBuilder.limits()) == nil)
        for name in BuiltInRules.names {
            let rules = BuiltInRules.rules(named: name, inheriting: SituationBuilder.limits()) ?? []
            #expect(!rules.isEmpty)
            #expect(Set(rules.map(\.name)).count == rules.count)
        }
    }

    @Test func `a rule takes the policy's limits except its own wait, which fits`() {
        let limits = SituationBuilder.limits(
            7,
            modes: [.failedActions, .allActions],
            giveUpAfter: .seconds(99),
            sameError: 4
        )
        let rules = BuiltInRules.rules(named: "aws-transient", inheriting: limits) ?? []
        for rule in rules {
            guard case .retry(var own) = rule.action else { continue }
            #expect(own.backoff.jitter == .equal)
            #expect(own.backoff.initial >= .seconds(30))
            own.backoff = limits.backoff
            #expect(own == limits)
        }
        let pull = rules.first { $0.name == "aws-transient/hours" }
        guard case .retry(let own)? = pull?.action else {
            Issue.record("\(String(describing: pull))")
            return
        }
        #expect(
            WorstCase.schedule(own).prefix(3) == [.seconds(1800), .seconds(3600), .seconds(7200)]
        )
    }
}
