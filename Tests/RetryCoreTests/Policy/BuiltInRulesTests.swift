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

    @Test(arguments: matches)
    func `a real message finds its rule, alone and in aws-transient`(
        _ message: String,
        _ rule: String
    ) {
        let name = rule.hasPrefix("never ") ? String(rule.dropFirst(6)) : rule
        let list = String(name.prefix { $0 != "/" })
        #expect(BuiltInRulesTests.answer(list, message) == rule)
        #expect(BuiltInRulesTests.answer("aws-transient", message) == rule)
    }

    @Test(arguments: near)
    func `an error that only looks transient is not retried`(_ message: String) {
        let spoken = BuiltInRulesTests.answer("aws-transient", message)
        #expect(spoken == "none" || spoken.hasPrefix("never "))
    }

    @Test(arguments: permanent)
    func `a permanent error is never retried`(_ message: String, _ rule: String) {
        #expect(BuiltInRulesTests.answer("aws-permanent", message) == "never \(rule)")
        let transient = BuiltInRulesTests.answer("aws-transient", message)
        #expect(transient == "none" || transient.hasPrefix("never "))
    }

    @Test(arguments: matches.filter { !$0.1.hasPrefix("never ") })
    func `aws-permanent matches no transient error`(_ message: String, _ rule: String) {
        #expect(BuiltInRulesTests.answer("aws-permanent", message) == "none", "\(rule)")
    }

    @Test func `codes match without a message`() {
        #expect(
            BuiltInRulesTests.answer("aws-transient", "", code: "SystemUnavailable")
                == "service-fault/unavailable"
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

    @Test func `every literal of every rule is reached by a message of the tables`() {
        let texts = (BuiltInRulesTests.matches + BuiltInRulesTests.permanent).map(\.0)
        for name in BuiltInRules.names {
            for rule in BuiltInRules.rules(named: name, inheriting: SituationBuilder.limits()) ?? []
            {
                for literal in rule.when.contains {
                    #expect(texts.contains { $0.contains(literal) }, "\(rule.name): \(literal)")
                }
            }
        }
    }

    @Test func `every code of every rule decides without a message`() {
        for name in BuiltInRules.names {
            for rule in BuiltInRules.rules(named: name, inheriting: SituationBuilder.limits()) ?? []
            where rule.when.contains.isEmpty && rule.when.matches.isEmpty {
                for code in rule.when.codes {
                    let isRetry = rule.action != .never
                    let answer = (isRetry ? "" : "never ") + rule.name.text
                    #expect(BuiltInRulesTests.answer(name, "", code: code) == answer, "\(code)")
                }
            }
        }
    }

    @Test func `every name gives rules with names of their own, and others give none`() {
        #expect(BuiltInRules.names.count == 9)
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
        let pull = rules.first { $0.name == "image-pull/pull-limit" }
        guard case .retry(let own)? = pull?.action else {
            Issue.record("\(String(describing: pull))")
            return
        }
        #expect(
            WorstCase.schedule(own).prefix(3) == [.seconds(1800), .seconds(3600), .seconds(7200)]
        )
    }
}
