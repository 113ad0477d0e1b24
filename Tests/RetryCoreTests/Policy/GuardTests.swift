import Primitives
import RetryCore
import Testing

@Suite struct GuardTests {
    @Test func `a plain failure passes every guard and is retried`() {
        let decision = PolicyEvaluator.decide(SituationBuilder.situation())
        #expect(decision.guards.allSatisfy { $0.result == .pass })
        #expect(decision.guards.map(\.reason) == GuardTests.order)
        #expect(
            decision.verdict
                == .retry(
                    RetryPlan(
                        mode: .failedActions,
                        rule: nil,
                        number: 1,
                        limit: 3,
                        due: SituationBuilder.failedAt + .seconds(100),
                        giveUpAt: SituationBuilder.failedAt + .seconds(6 * 3600)
                    )
                )
        )
        #expect(decision.failure.action == "Compile")
        #expect(decision.failure.message == SituationBuilder.busy)
        #expect(decision.failure.url == "https://example.com/Compile")
        #expect(decision.failure.failedAt == SituationBuilder.failedAt)
    }

    @Test func `every fact of a failure is read from the situation`() {
        let situation = SituationBuilder.situation {
            let known = RuleCondition(known: KnownCause([.transient]))
            $0.policy.rules = [Rule(name: "known", when: known, action: .never)]
            $0.causes = ["Compile": ActionCause(RootCause(provider: "CodeBuild"))]
        }
        let failure = PolicyEvaluator.decide(situation).failure
        for fact in Mirror(reflecting: failure).children {
            let isEmpty = Mirror(reflecting: fact.value).children.isEmpty
            #expect(!isEmpty, "FailureReading leaves \(fact.label ?? "") empty")
        }
    }

    @Test(arguments: stops + others + denied)
    func `a guard stops its situations`(_ line: Line) {
        let decision = PolicyEvaluator.decide(SituationBuilder.situation(line.change))
        #expect(decision.verdict == line.expected)
        #expect(decision.guards.last?.result == .stop)
        #expect(decision.guards.dropLast().allSatisfy { $0.result == .pass })
        #expect(decision.guards.last?.detail.isEmpty == false)
        #expect(decision.holds.isEmpty)
    }

    @Test func `each guard has a situation that only it stops`() {
        let stopped = (GuardTests.stops + GuardTests.others + GuardTests.denied).map {
            PolicyEvaluator.decide(SituationBuilder.situation($0.change)).guards.last?.reason
        }
        // A change set that has been used takes a history of its own: `ChangeSetTests`.
        #expect(
            Set(GuardTests.order).subtracting(stopped.compactMap(\.self)) == [.changeSetConsumed]
        )
    }

    @Test(arguments: passes)
    func `a guard passes other situations`(_ line: Line) {
        #expect(SituationBuilder.plan(line.change) != nil)
    }

    @Test func `the first guard of the table decides when several could`() {
        var situation = SituationBuilder.situation()
        for line in GuardTests.stops.reversed() {
            line.change(&situation)
        }
        let decision = PolicyEvaluator.decide(situation)
        #expect(decision.verdict == .leave(.rollbackExecution))
        #expect(decision.guards.count == 1)
    }

    @Test(
        arguments: [
            (nil, "the stage's definition is not known"),
            (StageDefinition(), "there is no onFailure"),
            (StageDefinition(onFailure: .retry), "onFailure is RETRY"),
            (
                StageDefinition(onFailure: .fail, failureConditions: [.retry]),
                "onFailure is FAIL, RETRY"
            ),
        ] as [(StageDefinition?, String)]
    )
    func `CodePipeline's own reaction is reported`(
        _ definition: StageDefinition?,
        _ said: String
    ) {
        let decision = PolicyEvaluator.decide(
            SituationBuilder.situation {
                $0.definition?.stages["Build"] = definition
                $0.now = SituationBuilder.failedAt + .seconds(3600)
            }
        )
        #expect(decision.guards.first { $0.reason == .skips }?.detail == said)
    }

    @Test(arguments: [(0, false), (1, true)])
    func `a transient condition is waited for until the very end of give_up_after`(
        _ late: Int64,
        _ isOver: Bool
    ) {
        let verdict = SituationBuilder.verdict {
            $0.stage.latest?.status = .inProgress
            $0.now = SituationBuilder.failedAt + .seconds(6 * 3600) + .milliseconds(late)
        }
        #expect((verdict == .exhausted(.gaveUpAfter)) == isOver)
    }

    @Test func `final reasons are reported before transient ones`() {
        let verdict = SituationBuilder.verdict {
            $0.stage.actions.append(SituationBuilder.action("Lint", .inProgress))
            $0.evidence = .rows([SituationBuilder.rejection("Gate")])
        }
        #expect(verdict == .leave(.approvalRejected))
    }

    static let order: [Reason] = [
        .rollbackExecution, .conditionFailed, .notEvaluable, .approvalRejected, .approvalFailed,
        .abandoned, .rollsBack, .skips, .modeChanged, .definitionChanged,
        .parallelMode, .parallelRefused, .noFailedAction, .unknownStatus, .changeSetConsumed,
        .stackNotUpdatable, .artifactGone, .tooOld, .humanRetried, .stageNever,
        .definitionUnavailable,
        .nativeRetryPending, .providerRetries, .actionsInProgress, .newerExecutionWaiting,
        .transitionDisabled,
    ]

    static let soon = SituationBuilder.now + .seconds(60)

    /// One line for each guard; no other guard would stop it.
    static let stops: [Line] = [
        Line("rollback", .leave(.rollbackExecution)) { $0.stage.latest?.type = .rollback },
        Line("condition", .leave(.conditionFailed)) {
            $0.stage.conditions.onSuccess = .failed
            $0.evidence = .rows([SituationBuilder.row("Compile", .succeeded)])
        },
        Line("history lags for good", .leave(.notEvaluable)) {
            $0.evidence = .lagging("no row of attempt a1")
        },
        Line("approval by the history", .leave(.approvalRejected)) {
            $0.evidence = .rows([SituationBuilder.rejection("Gate")])
        },
        Line("approval that asked nobody", .leave(.approvalFailed)) {
            $0.evidence = .rows([
                SituationBuilder.row("Gate", category: "Approval", provider: "Manual")
            ])
        },
        Line("abandoned", .leave(.abandoned)) {
            $0.evidence = .rows([
                SituationBuilder.row("Compile"), SituationBuilder.row("Lint", .abandoned),
            ])
        },
        Line("rolls back", .leave(.rollsBack)) {
            $0.definition?.stages["Build"]?.onFailure = .rollback
        },
        Line("skips", .leave(.skips)) { $0.definition?.stages["Build"]?.onFailure = .skip },
        Line("definition changed", .leave(.definitionChanged)) { $0.currentVersion = 8 },
        Line("parallel, by a state", .leave(.parallelMode)) {
            $0.definition?.executionMode = .parallel
        },
        Line("parallel, only observed", .leave(.parallelMode)) {
            $0.definition?.executionMode = .parallel
            $0.stage.latest?.historyMode = .parallel
            $0.policy.parallel = .observe
        },
        Line("parallel, refused", .leave(.parallelRefused)) {
            $0.definition?.executionMode = .parallel
            $0.stage.latest?.historyMode = .parallel
            $0.isParallelRefused = true
        },
        Line("parallel no more", .leave(.modeChanged)) {
            $0.stage.latest?.historyMode = .parallel
        },
        Line("parallel only now", .leave(.modeChanged)) {
            $0.definition?.executionMode = .parallel
            $0.stage.latest?.historyMode = .queued
        },
        Line("nothing failed", .leave(.noFailedAction)) {
            $0.evidence = .rows([SituationBuilder.row("Compile", .succeeded)])
        },
        Line("unknown action status", .leave(.unknownStatus)) {
            $0.evidence = .rows([
                SituationBuilder.row("Compile"), SituationBuilder.row("Lint", .unknown("Queued")),
            ])
        },
        Line("stuck stack", .leave(.stackNotUpdatable)) {
            let stack = StackCause(status: "ROLLBACK_COMPLETE")
            let root = RootCause(provider: "CloudFormation", stack: stack)
            $0.causes = ["Compile": ActionCause(root)]
        },
        Line("artifact gone", .leave(.artifactGone)) {
            let text = "NoSuchKey: The specified key does not exist."
            let root = RootCause(provider: "CodeBuild", phase: "DOWNLOAD_SOURCE", line: text)
            $0.causes = ["Compile": ActionCause(root)]
        },
        Line("service still at it", .wait(.providerRetries, until: soon)) {
            $0.causes = [
                "Compile": ActionCause(RootCause(provider: "CodeBuild"), isUnderWay: true)
            ]
        },
        Line("too old", .leave(.tooOld)) {
            $0.history.firstFailure = SituationBuilder.now + .seconds(-7201)
        },
        Line(
            "native retry",
            .wait(.nativeRetryPending, until: SituationBuilder.failedAt + .seconds(120))
        ) {
            $0.definition?.stages["Build"]?.onFailure = .retry
        },
        Line("in progress by the history", .wait(.actionsInProgress, until: soon)) {
            $0.evidence = .rows([
                SituationBuilder.row("Compile"), SituationBuilder.row("Lint", .inProgress),
            ])
        },
        Line("newer waits", .hold(.newerExecutionWaiting, until: end, nil)) {
            $0.stage.inbound = [SituationBuilder.newer]
        },
        Line(
            "transition disabled",
            .hold(.transitionDisabled, until: end, nil)
        ) {
            $0.stage.transitionEnabled = false
        },
        Line("human retried", .leave(.humanRetried)) { $0.stage.counters.manual = 1 },
        Line("stage never", .leave(.stageNever)) { $0.policy.never = true },
        Line("definition not readable", .hold(.definitionUnavailable, until: later, nil)) {
            $0.definition = nil
        },
    ]

    static let later = SituationBuilder.now + .seconds(3600)
    /// Just past `give_up_after`.
    static let end = SituationBuilder.failedAt + .seconds(6 * 3600) + .milliseconds(1)

    /// Other ways to the same guards.
    static let others: [Line] = [
        Line("category unknown", .hold(.definitionUnavailable, until: later, nil)) {
            $0.evidence = .rows([SituationBuilder.row("Compile", category: nil)])
            $0.definition?.stages["Build"]?.actions = [:]
        },
        Line("category not in the definition", .hold(.definitionUnavailable, until: later, nil)) {
            $0.definition?.stages["Build"]?.actions["Compile"]?.category = nil
        },
        Line("stage not in the definition", .hold(.definitionUnavailable, until: later, nil)) {
            $0.definition?.stages = ["Other": StageDefinition()]
        },
        Line("nothing readable", .hold(.definitionUnavailable, until: later, nil)) {
            $0.evidence = .denied
            $0.definition = nil
        },
        Line("unknown category", .leave(.unknownStatus)) {
            $0.evidence = .rows([SituationBuilder.row("Compile", category: "Ceremony")])
        },
        Line("entry condition beside a failed action", .leave(.conditionFailed)) {
            $0.stage.conditions.beforeEntry = .failed
        },
        Line("failure condition beside a failed action", .leave(.conditionFailed)) {
            $0.stage.conditions.onFailure = .failed
        },
        Line("entry condition while the history lags", .leave(.conditionFailed)) {
            $0.stage.conditions.beforeEntry = .failed
            $0.evidence = .lagging("late")
        },
        Line("unknown condition status", .leave(.unknownStatus)) {
            $0.stage.conditions.onFailure = .unknown("Paused")
        },
        Line("a failure condition rolls back", .leave(.rollsBack)) {
            $0.definition?.stages["Build"]?.failureConditions = [.fail, .rollback]
        },
        Line("a failure condition skips", .leave(.skips)) {
            $0.definition?.stages["Build"]?.failureConditions = [.skip]
        },
        Line("a failure condition says nothing", .leave(.unknownStatus)) {
            $0.definition?.stages["Build"]?.failureConditions = [.unknown("")]
        },
        Line(
            "a failure condition retries",
            .wait(.nativeRetryPending, until: SituationBuilder.failedAt + .seconds(120))
        ) {
            $0.definition?.stages["Build"]?.failureConditions = [.retry]
        },
        Line("newer waits, leave", .leave(.newerExecutionWaiting)) {
            $0.stage.inbound = [SituationBuilder.newer]
            $0.policy.whenNewerWaiting = .leave
        },
        Line("newer waits for too long", .exhausted(.gaveUpAfter)) {
            $0.stage.inbound = [SituationBuilder.newer]
            $0.now = end
        },
        Line("in progress for too long", .exhausted(.gaveUpAfter)) {
            $0.evidence = .rows([
                SituationBuilder.row("Compile"), SituationBuilder.row("Lint", .inProgress),
            ])
            $0.now = end
        },
        Line("definition missing for too long", .exhausted(.gaveUpAfter)) {
            $0.definition = nil
            $0.now = end
        },
        Line("a version that an earlier history named", .leave(.definitionChanged)) {
            $0.evidence = .denied
            $0.history.ranVersions = [6]
        },
        Line("approval by the definition", .leave(.approvalRejected)) {
            $0.stage.actions = []
            $0.evidence = .rows([SituationBuilder.rejection("Compile", category: nil)])
            $0.definition?.stages["Build"]?.actions["Compile"]?.category = "Approval"
        },
        Line("approval beside an unknown category", .leave(.approvalRejected)) {
            $0.evidence = .rows([
                SituationBuilder.rejection("Gate"), SituationBuilder.row("New", category: nil),
            ])
        },
        Line("rows of other stages do not count", .leave(.noFailedAction)) {
            var row = SituationBuilder.row("Compile")
            row.stage = "Deploy"
            $0.evidence = .rows([row])
        },
        Line("the newest attempt counts", .leave(.noFailedAction)) {
            $0.evidence = .rows([
                SituationBuilder.row(
                    "Compile",
                    .failed,
                    at: SituationBuilder.failedAt,
                    started: SituationBuilder.failedAt
                ),
                SituationBuilder.row(
                    "Compile",
                    .succeeded,
                    at: SituationBuilder.now,
                    started: SituationBuilder.now
                ),
            ])
        },
        Line("only an unknown status", .leave(.unknownStatus)) {
            $0.evidence = .rows([SituationBuilder.row("Compile", .unknown("Lost"))])
        },
        Line("unknown status in the poll", .leave(.unknownStatus)) {
            $0.stage.actions = [SituationBuilder.action("Compile", .unknown("Queued"))]
        },
        Line("unknown execution type", .leave(.unknownStatus)) {
            $0.stage.latest?.type = .unknown("CANARY")
        },
        Line("unknown execution mode", .leave(.unknownStatus)) {
            $0.definition?.executionMode = .unknown("SHARDED")
        },
        Line("unknown onFailure", .leave(.unknownStatus)) {
            $0.definition?.stages["Build"]?.onFailure = .unknown("ASK")
        },
        Line("unknown stage status", .wait(.unknownStatus, until: soon)) {
            $0.stage.latest?.status = .unknown("Parked")
        },
        Line("unknown stage status for too long", .exhausted(.gaveUpAfter)) {
            $0.stage.latest?.status = .unknown("Parked")
            $0.now = end
        },
        Line("in progress by the poll", .wait(.actionsInProgress, until: soon)) {
            $0.stage.actions = [SituationBuilder.action("Compile", .inProgress)]
        },
        Line("history lags behind", .wait(.actionsInProgress, until: soon)) {
            $0.evidence = .rows([SituationBuilder.row("Compile", .inProgress)])
        },
        Line("condition in progress", .wait(.actionsInProgress, until: soon)) {
            $0.stage.conditions.onFailure = .inProgress
        },
        Line("stage in progress", .wait(.actionsInProgress, until: soon)) {
            $0.stage.latest?.status = .inProgress
        },
        Line(
            "native retry, nothing dated",
            .wait(.nativeRetryPending, until: SituationBuilder.now + .seconds(120))
        ) {
            $0.definition?.stages["Build"]?.onFailure = .retry
            $0.stage.actions = []
            $0.evidence = .rows([SituationBuilder.row("Compile", at: nil)])
        },
        Line("a second rise beside an unknown answer", .leave(.humanRetried)) {
            $0.history.counts.late = 1
            $0.stage.counters.manual = 2
        },
        Line("transition disabled for too long", .exhausted(.gaveUpAfter)) {
            $0.stage.transitionEnabled = false
            $0.now = end
        },
        Line("cancelled", .leave(.notRetryable)) { $0.stage.latest?.status = .cancelled },
        Line("stopped", .leave(.notRetryable)) { $0.stage.latest?.status = .stopped },
        Line("stopping", .leave(.notRetryable)) { $0.stage.latest?.status = .stopping },
        Line("succeeded", .leave(.notRetryable)) { $0.stage.latest?.status = .succeeded },
        Line("skipped", .leave(.notRetryable)) { $0.stage.latest?.status = .skipped },
        Line("another execution", .leave(.notRetryable)) {
            $0.stage.latest?.id = SituationBuilder.newer
        },
        Line("no execution", .leave(.notRetryable)) { $0.stage.latest = nil },
    ]

    /// Without the history.
    static let denied: [Line] = [
        Line("denied: approval", .leave(.approvalRejected)) {
            $0.evidence = .denied
            $0.stage.actions = [SituationBuilder.action("Compile", code: nil, message: nil)]
            $0.definition?.stages["Build"]?.actions["Compile"]?.category = "Approval"
        },
        Line(
            "denied: action not in the definition",
            .hold(.definitionUnavailable, until: later, nil)
        ) {
            $0.evidence = .denied
            $0.stage.actions = [SituationBuilder.action("Renamed")]
        },
        Line("denied: abandoned at a later run order, before a person's retry", .leave(.abandoned))
        {
            $0.evidence = .denied
            $0.definition?.stages["Build"]?.actions["Gate"] = ActionKind(
                category: "Build",
                provider: "CodeBuild",
                runOrder: 2
            )
            $0.stage.actions.append(SituationBuilder.action("Gate", .abandoned))
        },
        Line("denied: abandoned", .leave(.abandoned)) {
            $0.evidence = .denied
            $0.stage.actions.append(SituationBuilder.action("Lint", .abandoned))
        },
        Line("denied: condition and a failure that may be old", .leave(.conditionFailed)) {
            $0.evidence = .denied
            $0.stage.conditions.onSuccess = .failed
        },
        Line("denied: nothing failed", .leave(.noFailedAction)) {
            $0.evidence = .denied
            $0.stage.actions = []
        },
        Line("denied: old approval without run order stays", .leave(.approvalRejected)) {
            $0.evidence = .denied
            $0.definition?.stages["Build"]?.actions["Gate"] = ActionKind(
                category: "Approval",
                provider: "Manual"
            )
            $0.stage.actions.append(
                SituationBuilder.action(
                    "Gate",
                    at: SituationBuilder.failedAt + .seconds(-900_000),
                    code: nil,
                    message: nil
                )
            )
        },
        Line("denied: failure of the same run order", .leave(.ruleNever)) {
            deniedBeside(order: 1, age: 90_000, &$0)
        },
        Line("denied: fresh failure without run order", .leave(.ruleNever)) {
            deniedBeside(order: nil, age: 80_000, &$0)
        },
    ]

    static let passes: [Line] = [
        Line("no version known", nil) {
            $0.currentVersion = nil
            $0.evidence = .rows([SituationBuilder.row("Compile", version: nil)])
        },
        Line("history denied, definition known", nil) { $0.evidence = .denied },
        Line("condition failed beside an action", nil) {
            $0.stage.conditions.onSuccess = .failed
        },
        Line("onFailure FAIL", nil) { $0.definition?.stages["Build"]?.onFailure = .fail },
        Line("exactly as old as allowed", nil) {
            $0.history.firstFailure = SituationBuilder.now + .seconds(-7200)
        },
        Line("native retry done", nil) {
            $0.definition?.stages["Build"]?.onFailure = .retry
            $0.stage.counters.automatic = 1
        },
        Line("an execution of a PARALLEL pipeline", nil) {
            $0.definition?.executionMode = .parallel
            $0.stage.latest?.historyMode = .parallel
        },
        Line("native retry did not come", nil) {
            $0.definition?.stages["Build"]?.onFailure = .retry
            $0.now = SituationBuilder.failedAt + .seconds(120)
        },
        Line("newer waits, retry all the same", nil) {
            $0.stage.inbound = [SituationBuilder.newer]
            $0.policy.whenNewerWaiting = .retry
        },
        Line("transition disabled, retry all the same", nil) {
            $0.stage.transitionEnabled = false
            $0.policy.whenTransitionDisabled = .retry
        },
        Line("the count is ours", nil) {
            $0.stage.counters.manual = 2
            $0.history.counts.own = 2
        },
        Line("a rise beside an unknown answer is ours", nil) {
            $0.history.counts.late = 1
            $0.stage.counters.manual = 1
        },
        Line("human retried, continue", nil) {
            $0.stage.counters.manual = 1
            $0.policy.whenHumanRetried = .continue
        },
        Line("stale failure in the poll beside the history", nil) {
            $0.stage.actions.append(SituationBuilder.action("Gate", .abandoned))
            $0.stage.actions.append(SituationBuilder.action("Old", .failed))
        },
        Line("denied: stale failure of a later run order", nil) {
            deniedBeside(order: 2, age: 600, &$0)
        },
        Line("denied: failure of days ago without run order", nil) {
            deniedBeside(order: nil, age: 90_000, &$0)
        },
    ]

    /// The history is denied and the poll shows a second failure, of an action that a rule never
    /// retries.
    static func deniedBeside(order: Int?, age: Int64, _ situation: inout Situation) {
        situation.evidence = .denied
        situation.policy.rules = [
            SituationBuilder.rule("tests", RuleCondition(categories: ["Test"]), nil),
            SituationBuilder.rule("rest"),
        ]
        situation.definition?.stages["Build"]?.actions["Check"] = ActionKind(
            category: "Test",
            provider: "CodeBuild",
            runOrder: order
        )
        situation.stage.actions.append(
            SituationBuilder.action("Check", at: SituationBuilder.failedAt + .seconds(-age))
        )
    }
}
