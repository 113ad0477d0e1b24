import RetryCore
import Testing

@Suite struct GuardTests {
    @Test func `a plain failure passes every guard and is retried`() {
        let decision = PolicyEvaluator.decide(Scene.situation())
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
                        due: Scene.failedAt + .seconds(100),
                        giveUpAt: Scene.failedAt + .seconds(6 * 3600)
                    )
                )
        )
        #expect(decision.failure.action == "Compile")
        #expect(decision.failure.message == Scene.busy)
        #expect(decision.failure.failedAt == Scene.failedAt)
    }

    @Test(arguments: stops + others + denied)
    func `a guard stops what it is for`(_ line: Line) {
        let decision = PolicyEvaluator.decide(Scene.situation(line.change))
        #expect(decision.verdict == line.expected)
        #expect(decision.guards.last?.result == .stop)
        #expect(decision.guards.dropLast().allSatisfy { $0.result == .pass })
        #expect(decision.guards.last?.detail.isEmpty == false)
        #expect(decision.brakes.isEmpty)
    }

    @Test(arguments: passes)
    func `a guard lets go on what it is not for`(_ line: Line) {
        #expect(Scene.plan(line.change) != nil)
    }

    @Test func `the first guard of the table speaks when several could`() {
        var situation = Scene.situation()
        for line in GuardTests.stops.reversed() {
            line.change(&situation)
        }
        let decision = PolicyEvaluator.decide(situation)
        #expect(decision.verdict == .leave(.rollbackExecution))
        #expect(decision.guards.count == 1)
    }

    @Test func `what is final is said before what passes by itself`() {
        let verdict = Scene.verdict {
            $0.stage.actions.append(Scene.action("Lint", .inProgress))
            $0.evidence = .rows([Scene.row("Gate", category: "Approval")])
        }
        #expect(verdict == .leave(.approvalRejected))
    }

    static let order: [Reason] = [
        .rollbackExecution, .definitionUnavailable, .approvalRejected, .abandoned,
        .conditionFailed, .rollsBack, .skips, .definitionChanged, .parallelMode, .noFailedAction,
        .unknownStatus, .changeSetConsumed, .tooOld, .nativeRetryPending, .actionsInProgress,
        .newerExecutionWaiting, .transitionDisabled, .humanRetried, .stageNever,
    ]

    static let soon = Scene.now + .seconds(60)

    /// One line for each guard; no other guard would stop it.
    static let stops: [Line] = [
        Line("rollback", .leave(.rollbackExecution)) { $0.stage.latest?.type = .rollback },
        Line("nothing readable", .leave(.definitionUnavailable)) {
            $0.evidence = .denied
            $0.definition = nil
        },
        Line("approval by the history", .leave(.approvalRejected)) {
            $0.evidence = .rows([Scene.row("Gate", category: "Approval", provider: "Manual")])
        },
        Line("abandoned", .leave(.abandoned)) {
            $0.evidence = .rows([Scene.row("Compile"), Scene.row("Lint", .abandoned)])
        },
        Line("condition", .leave(.conditionFailed)) {
            $0.stage.condition = .failed
            $0.evidence = .rows([])
        },
        Line("rolls back", .leave(.rollsBack)) {
            $0.definition?.stages["Build"]?.onFailure = .rollback
        },
        Line("skips", .leave(.skips)) { $0.definition?.stages["Build"]?.onFailure = .skip },
        Line("definition changed", .leave(.definitionChanged)) { $0.currentVersion = 8 },
        Line("parallel", .leave(.parallelMode)) { $0.definition?.executionMode = .parallel },
        Line("nothing failed", .leave(.noFailedAction)) {
            $0.evidence = .rows([Scene.row("Compile", .succeeded)])
        },
        Line("unknown action status", .leave(.unknownStatus)) {
            $0.evidence = .rows([Scene.row("Compile"), Scene.row("Lint", .unknown("Queued"))])
        },
        Line("too old", .leave(.tooOld)) {
            $0.history.firstFailure = Scene.now + .seconds(-7201)
        },
        Line(
            "native retry",
            .wait(.nativeRetryPending, until: Scene.failedAt + .seconds(120))
        ) {
            $0.definition?.stages["Build"]?.onFailure = .retry
        },
        Line("in progress by the history", .wait(.actionsInProgress, until: soon)) {
            $0.evidence = .rows([Scene.row("Compile"), Scene.row("Lint", .inProgress)])
        },
        Line("newer waits", .leave(.newerExecutionWaiting)) { $0.stage.inbound = [Scene.newer] },
        Line(
            "transition disabled",
            .hold(
                .transitionDisabled,
                until: Scene.failedAt + .seconds(6 * 3600) + .milliseconds(1),
                nil
            )
        ) {
            $0.stage.transitionEnabled = false
        },
        Line("human retried", .leave(.humanRetried)) { $0.stage.counters.manual = 1 },
        Line("stage never", .leave(.stageNever)) { $0.policy.never = true },
    ]

    /// Other ways to the same guards.
    static let others: [Line] = [
        Line("category unknown", .leave(.definitionUnavailable)) {
            $0.evidence = .rows([Scene.row("Compile", category: nil)])
            $0.definition = nil
        },
        Line("approval by the definition", .leave(.approvalRejected)) {
            $0.evidence = .rows([Scene.row("Compile", category: nil)])
            $0.definition?.stages["Build"]?.actions["Compile"]?.category = "Approval"
        },
        Line("approval beside an unknown category", .leave(.approvalRejected)) {
            $0.evidence = .rows([
                Scene.row("Gate", category: "Approval"), Scene.row("New", category: nil),
            ])
        },
        Line("an empty history is an answer", .leave(.noFailedAction)) { $0.evidence = .rows([]) },
        Line("rows of other stages do not count", .leave(.noFailedAction)) {
            var row = Scene.row("Compile")
            row.stage = "Deploy"
            $0.evidence = .rows([row])
        },
        Line("the newest attempt counts", .leave(.noFailedAction)) {
            $0.evidence = .rows([
                Scene.row("Compile", .failed, at: Scene.failedAt, started: Scene.failedAt),
                Scene.row("Compile", .succeeded, at: Scene.now, started: Scene.now),
            ])
        },
        Line("only an unknown status", .leave(.unknownStatus)) {
            $0.evidence = .rows([Scene.row("Compile", .unknown("Lost"))])
        },
        Line("unknown status in the poll", .leave(.unknownStatus)) {
            $0.stage.actions = [Scene.action("Compile", .unknown("Queued"))]
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
        Line("unknown stage status", .leave(.unknownStatus)) {
            $0.stage.latest?.status = .unknown("Parked")
        },
        Line("in progress by the poll", .wait(.actionsInProgress, until: soon)) {
            $0.stage.actions = [Scene.action("Compile", .inProgress)]
        },
        Line("history lags behind", .wait(.actionsInProgress, until: soon)) {
            $0.evidence = .rows([Scene.row("Compile", .inProgress)])
        },
        Line("condition in progress", .wait(.actionsInProgress, until: soon)) {
            $0.stage.condition = .inProgress
            $0.evidence = .rows([])
        },
        Line("stage in progress", .wait(.actionsInProgress, until: soon)) {
            $0.stage.latest?.status = .inProgress
        },
        Line(
            "native retry, nothing dated",
            .wait(.nativeRetryPending, until: Scene.now + .seconds(120))
        ) {
            $0.definition?.stages["Build"]?.onFailure = .retry
            $0.stage.actions = []
            $0.evidence = .rows([Scene.row("Compile", at: nil)])
        },
        Line("a second rise beside an unknown answer", .leave(.humanRetried)) {
            $0.history.hasUnknownAnswer = true
            $0.stage.counters.manual = 2
        },
        Line("transition disabled for too long", .exhausted(.gaveUpAfter)) {
            $0.stage.transitionEnabled = false
            $0.now = Scene.failedAt + .seconds(6 * 3600) + .milliseconds(1)
        },
        Line("cancelled", .leave(.notRetryable)) { $0.stage.latest?.status = .cancelled },
        Line("stopped", .leave(.notRetryable)) { $0.stage.latest?.status = .stopped },
        Line("stopping", .leave(.notRetryable)) { $0.stage.latest?.status = .stopping },
        Line("succeeded", .leave(.notRetryable)) { $0.stage.latest?.status = .succeeded },
        Line("skipped", .leave(.notRetryable)) { $0.stage.latest?.status = .skipped },
        Line("another execution", .leave(.notRetryable)) { $0.stage.latest?.id = Scene.newer },
        Line("no execution", .leave(.notRetryable)) { $0.stage.latest = nil },
    ]

    /// Without the history.
    static let denied: [Line] = [
        Line("denied: approval", .leave(.approvalRejected)) {
            $0.evidence = .denied
            $0.definition?.stages["Build"]?.actions["Compile"]?.category = "Approval"
        },
        Line("denied: action not in the definition", .leave(.definitionUnavailable)) {
            $0.evidence = .denied
            $0.stage.actions = [Scene.action("Renamed")]
        },
        Line("denied: abandoned at a later run order, before a person's retry", .leave(.abandoned))
        {
            $0.evidence = .denied
            $0.definition?.stages["Build"]?.actions["Gate"] = ActionKind(
                category: "Build",
                provider: "CodeBuild",
                runOrder: 2
            )
            $0.stage.actions.append(Scene.action("Gate", .abandoned))
        },
        Line("denied: abandoned", .leave(.abandoned)) {
            $0.evidence = .denied
            $0.stage.actions.append(Scene.action("Lint", .abandoned))
        },
        Line("denied: condition and a failure that may be old", .leave(.conditionFailed)) {
            $0.evidence = .denied
            $0.stage.condition = .failed
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
                Scene.action("Gate", at: Scene.failedAt + .seconds(-900_000))
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
        Line("nothing known but the history", nil) {
            $0.definition = nil
            $0.currentVersion = nil
            $0.evidence = .rows([Scene.row("Compile", version: nil)])
        },
        Line("history denied, definition known", nil) { $0.evidence = .denied },
        Line("condition failed beside an action", nil) { $0.stage.condition = .failed },
        Line("onFailure FAIL", nil) { $0.definition?.stages["Build"]?.onFailure = .fail },
        Line("exactly as old as allowed", nil) {
            $0.history.firstFailure = Scene.now + .seconds(-7200)
        },
        Line("native retry done", nil) {
            $0.definition?.stages["Build"]?.onFailure = .retry
            $0.stage.counters.automatic = 1
        },
        Line("native retry did not come", nil) {
            $0.definition?.stages["Build"]?.onFailure = .retry
            $0.now = Scene.failedAt + .seconds(120)
        },
        Line("newer waits, retry all the same", nil) {
            $0.stage.inbound = [Scene.newer]
            $0.policy.whenNewerWaiting = .retry
        },
        Line("transition disabled, retry all the same", nil) {
            $0.stage.transitionEnabled = false
            $0.policy.whenTransitionDisabled = .retry
        },
        Line("the count is ours", nil) {
            $0.stage.counters.manual = 2
            $0.history.knownManualRetries = 2
        },
        Line("a rise beside an unknown answer is ours", nil) {
            $0.history.hasUnknownAnswer = true
            $0.stage.counters.manual = 1
        },
        Line("human retried, continue", nil) {
            $0.stage.counters.manual = 1
            $0.policy.whenHumanRetried = .continue
        },
        Line("stale failure in the poll beside the history", nil) {
            $0.stage.actions.append(Scene.action("Gate", .abandoned))
            $0.stage.actions.append(Scene.action("Old", .failed))
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
            Scene.rule("tests", RuleCondition(categories: ["Test"]), nil), Scene.rule("rest"),
        ]
        situation.definition?.stages["Build"]?.actions["Check"] = ActionKind(
            category: "Test",
            provider: "CodeBuild",
            runOrder: order
        )
        situation.stage.actions.append(
            Scene.action("Check", at: Scene.failedAt + .seconds(-age))
        )
    }
}
