import RetryCore
import Testing

/// Prepare creates a change set and Deploy executes it, both of CloudFormation in one stage.
@Suite struct ChangeSetTests {
    static let gone = """
        ChangeSet [PipelineChange] does not exist (Service: AmazonCloudFormation; Status Code: \
        404; Error Code: ChangeSetNotFound; Request ID: x)
        """
    static let ladder: [RetryMode] = [.failedActions, .allActions]
    static let prepares = ChangeSetUse(mode: .prepares, name: "change", stack: "web")
    static let executes = ChangeSetUse(mode: .executes, name: "change", stack: "web")

    static func kind(
        _ order: Int?,
        _ use: ChangeSetUse?,
        provider: String = "CloudFormation"
    ) -> ActionKind {
        ActionKind(category: "Deploy", provider: provider, runOrder: order, changeSet: use)
    }

    static func situation(
        _ message: String? = gone,
        modes: [RetryMode] = ladder,
        actions: [ActionName: ActionKind] = [
            "Prepare": kind(1, prepares), "Deploy": kind(2, executes),
        ],
        provider: String? = "CloudFormation",
        _ change: (inout Situation) -> Void = { _ in }
    ) -> Situation {
        SituationBuilder.situation {
            $0.policy.modes = modes
            $0.definition?.stages["Build"]?.actions = actions
            $0.evidence = .rows([
                SituationBuilder.row(
                    "Deploy",
                    category: "Deploy",
                    provider: provider,
                    message: message
                )
            ])
            change(&$0)
        }
    }

    static func decide(_ situation: Situation) -> Verdict {
        PolicyEvaluator.decide(situation).verdict
    }

    @Test(arguments: [
        gone, "ChangeSet [x] does not exist",
        "Failed to execute change set. Current stack status: "
            + "UPDATE_ROLLBACK_COMPLETE. Reason: No reason was provided.",
        "ChangeSet [x] cannot be executed in its current status of [OBSOLETE] (Error Code: "
            + "InvalidChangeSetStatus)",
    ])
    func `a change set of the same stage is made again by the first retry already`(
        _ message: String
    ) {
        let plan = ChangeSetTests.decide(ChangeSetTests.situation(message)).plan
        #expect(plan?.mode == .allActions)
        #expect(plan?.number == 1)
    }

    @Test func `without ALL_ACTIONS in its mode the stage is not retried`() {
        let decision = PolicyEvaluator.decide(ChangeSetTests.situation(modes: [.failedActions]))
        #expect(decision.verdict == .leave(.changeSetConsumed))
        #expect(decision.guards.last?.detail.contains("add ALL_ACTIONS to mode") == true)
        #expect(decision.failure.action == "Deploy")
    }

    @Test func `a rule's own mode counts, not only the policy's`() {
        let verdict = ChangeSetTests.decide(
            ChangeSetTests.situation(modes: [.failedActions]) {
                let limits = SituationBuilder.limits(modes: ChangeSetTests.ladder)
                $0.policy.rules = [SituationBuilder.rule("all", RuleCondition(), limits)]
            }
        )
        #expect(verdict.plan?.mode == .allActions)
    }

    @Test(arguments: ["aws-transient", "change-set"])
    func `the built-in rules know the text`(_ list: String) {
        let verdict = ChangeSetTests.decide(
            ChangeSetTests.situation {
                $0.policy.rules =
                    BuiltInRules.rules(named: list, inheriting: $0.policy.limits) ?? []
                $0.history.retries = 1
                $0.history.retriesByRule = [nil: 1, "change-set/missing": 1]
            }
        )
        #expect(verdict.plan?.mode == .allActions)
        #expect(verdict.plan?.rule == "change-set/missing")
    }

    /// The stage's other action, and the origin of the change set then.
    @Test(
        arguments: [
            (kind(1, prepares), true),
            (kind(1, ChangeSetUse(mode: .prepares, name: nil, stack: nil)), true),
            (kind(1, ChangeSetUse(mode: .prepares, name: "change", stack: nil)), true),
            (kind(1, ChangeSetUse(mode: .prepares, name: "other", stack: "web")), false),
            (kind(1, ChangeSetUse(mode: .prepares, name: "change", stack: "api")), false),
            (kind(1, ChangeSetUse(mode: .executes, name: "change", stack: "web")), false),
            (kind(1, ChangeSetUse(mode: .neither, name: nil, stack: "web")), false),
            (kind(1, nil), true), (kind(nil, nil), true), (kind(2, nil), false),
            (kind(3, nil), false), (kind(1, nil, provider: "CodeBuild"), false),
        ] as [(ActionKind, Bool)]
    )
    func `only an action that makes the same change set counts`(
        _ other: ActionKind,
        _ isHere: Bool
    ) {
        let actions = ["Prepare": other, "Deploy": ChangeSetTests.kind(2, ChangeSetTests.executes)]
        let verdict = ChangeSetTests.decide(
            ChangeSetTests.situation(
                actions: Dictionary(actions.map { (ActionName($0.key), $0.value) }) { $1 }
            )
        )
        #expect(verdict.plan?.mode == (isHere ? .allActions : nil))
        if !isHere { #expect(verdict == .leave(.changeSetConsumed)) }
    }

    @Test func `one created in another stage is not retried, whatever the mode`() {
        let situation = ChangeSetTests.situation(
            modes: [.allActions],
            actions: ["Deploy": ChangeSetTests.kind(1, ChangeSetTests.executes)]
        ) {
            $0.definition?.stages["Prepare"] = StageDefinition(
                actions: ["Prepare": ChangeSetTests.kind(1, ChangeSetTests.prepares)]
            )
        }
        #expect(ChangeSetTests.decide(situation) == .leave(.changeSetConsumed))
    }

    @Test func `the history alone tells which action created it`() {
        func situation(_ use: ChangeSetUse) -> Situation {
            ChangeSetTests.situation {
                for name in ($0.definition?.stages["Build"]?.actions ?? [:]).keys {
                    $0.definition?.stages["Build"]?.actions[name]?.changeSet = nil
                }
                var prepare = SituationBuilder.row(
                    "Prepare",
                    .succeeded,
                    category: "Deploy",
                    provider: "CloudFormation"
                )
                prepare.changeSet = use
                guard case .rows(var rows) = $0.evidence else { return }
                rows[0].changeSet = ChangeSetTests.executes
                $0.evidence = .rows(rows + [prepare])
            }
        }
        let made = ChangeSetTests.decide(situation(ChangeSetTests.prepares))
        #expect(made.plan?.mode == .allActions)
        let other = ChangeSetUse(mode: .prepares, name: "other", stack: "web")
        #expect(ChangeSetTests.decide(situation(other)) == .leave(.changeSetConsumed))
    }

    /// Anything that is not a used-up change set follows the list of modes as usual.
    @Test func `other failures and other actions keep their mode`() {
        for message in ["Rate exceeded", "Failed to create change set. Status reason: x", nil] {
            let plan = ChangeSetTests.decide(ChangeSetTests.situation(message)).plan
            #expect(plan?.mode == .failedActions, "\(message ?? "-")")
        }
        let build = ChangeSetTests.decide(ChangeSetTests.situation(provider: "CodeBuild")).plan
        #expect(build?.mode == .failedActions)
        let maker = ChangeSetTests.situation(
            actions: ["Deploy": ChangeSetTests.kind(1, ChangeSetTests.prepares)]
        )
        #expect(ChangeSetTests.decide(maker).plan?.mode == .failedActions)
    }

    @Test func `an approval beside it is still no reason to retry`() {
        let verdict = ChangeSetTests.decide(
            ChangeSetTests.situation {
                guard case .rows(let rows) = $0.evidence else { return }
                $0.evidence = .rows(rows + [SituationBuilder.rejection("Gate")])
            }
        )
        #expect(verdict == .leave(.approvalRejected))
    }

    @Test func `a configuration without ActionMode is not about change sets`() {
        #expect(ChangeSetUse(actionMode: nil, name: "change", stack: "web") == nil)
        #expect(
            ChangeSetUse(actionMode: "CHANGE_SET_EXECUTE", name: "change", stack: "web")
                == ChangeSetTests.executes
        )
        #expect(ChangeSetUse(actionMode: "CREATE_UPDATE", name: nil, stack: nil)?.mode == .neither)
    }
}
