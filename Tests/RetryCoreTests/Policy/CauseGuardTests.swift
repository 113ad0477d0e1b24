import Primitives
import Testing

@testable import RetryCore

/// A cause lifts no guard: whatever leaves a stage without it does so with it.
@Suite struct CauseGuardTests {
    private static let statuses: [String?] = [
        nil, "ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED", "UPDATE_ROLLBACK_COMPLETE",
        "CREATE_COMPLETE", "REVIEW_IN_PROGRESS",
    ]
    private static let texts: [String?] = [
        nil, "Rate exceeded", "ChangeSetNotFound", "toomanyrequests", "Access Denied",
    ]
    private static let modes: [String?] = [
        nil, "CHANGE_SET_EXECUTE", "CREATE_UPDATE", "REPLACE_ON_FAILURE",
    ]

    private static func cause(_ random: inout SplitMix64) -> ActionCause {
        func pick<Value>(_ values: [Value]) -> Value {
            values[Int(random.next() % UInt64(values.count))]
        }
        let stack = StackCause(
            status: pick(statuses),
            actionMode: pick(modes),
            changeSet: pick([nil, .gone, .available])
        )
        return ActionCause(
            RootCause(
                provider: pick(["CodeBuild", "CloudFormation"]),
                phase: pick([nil, "BUILD", "PROVISIONING"]),
                code: pick([nil, "Throttling", "AccessDenied"]),
                line: pick(texts),
                stack: pick([nil, stack])
            )
        )
    }

    @Test(arguments: GuardTests.stops + GuardTests.others + GuardTests.denied)
    func `a guard that stops without a cause stops with any`(_ line: Line) {
        var random = SplitMix64(seed: 11)
        for _ in 0..<40 {
            let situation = SituationBuilder.situation(line.change)
            var told = situation
            for action in StageFacts(situation).failed where told.causes[action.name] == nil {
                told.causes[action.name] = CauseGuardTests.cause(&random)
            }
            let verdict = PolicyEvaluator.decide(told).verdict
            #expect(verdict.plan == nil)
        }
    }

    @Test(
        arguments: [
            ("CodeBuild", "Phase: DOWNLOAD_SOURCE, Code: CLIENT_ERROR, Message: NoSuchKey", true),
            // What the build itself looks for is no artifact of the pipeline.
            ("CodeBuild", "Phase: BUILD, Code: CLIENT_ERROR, Message: NoSuchKey", false),
            ("S3", "The input artifact does not exist (NoSuchKey)", true),
            ("Lambda", "NoSuchKey: The specified key does not exist.", false),
            ("CodeBuild", "Phase: DOWNLOAD_SOURCE, Code: CLIENT_ERROR, Message: denied", false),
        ]
    )
    func `an action whose input artifact is gone is left`(
        _ provider: String,
        _ words: String,
        _ isLeft: Bool
    ) {
        let message =
            provider == "CodeBuild" ? "Build terminated with state: FAILED. \(words)" : words
        let verdict = SituationBuilder.verdict {
            $0.evidence = .rows([
                SituationBuilder.row("Compile", provider: provider, message: message)
            ])
        }
        #expect((verdict == .leave(.artifactGone)) == isLeft)
    }

    /// Approvals of the stage, the mode that is planned, and the setting.
    @Test(
        arguments: [
            (.succeeded, .allActions, .leave, true), (.succeeded, .allActions, .retry, false),
            (.succeeded, .failedActions, .leave, false), (nil, .allActions, .leave, false),
        ] as [(ActionStatus?, RetryMode, ApprovalRepeats, Bool)]
    )
    func `nobody is asked again for an approval that was given, unless the policy says so`(
        _ approval: ActionStatus?,
        _ mode: RetryMode,
        _ setting: ApprovalRepeats,
        _ isLeft: Bool
    ) {
        let decision = PolicyEvaluator.decide(
            SituationBuilder.situation {
                $0.policy.modes = [mode]
                $0.policy.whenApprovalRepeats = setting
                var rows = [SituationBuilder.row("Compile")]
                if let approval {
                    let gate = SituationBuilder.row("Gate", approval, category: "Approval")
                    rows.append(gate)
                }
                $0.evidence = .rows(rows)
            }
        )
        #expect((decision.verdict == .leave(.approvalWouldRepeat)) == isLeft)
        let isNamed = decision.holds.contains { $0.result == .stop && $0.detail.contains("Gate") }
        #expect(isNamed == isLeft)
    }

    @Test func `a ladder ends where it reaches ALL_ACTIONS over an approval`() {
        func verdict(_ retries: Int) -> Verdict {
            SituationBuilder.verdict {
                $0.policy.modes = [.failedActions, .allActions]
                $0.history.retries = retries
                $0.history.counts.own = retries
                $0.stage.counters.manual = retries
                $0.evidence = .rows([
                    SituationBuilder.row("Compile"),
                    SituationBuilder.row("Gate", .succeeded, category: "Approval"),
                ])
            }
        }
        #expect(verdict(0).plan?.mode == .failedActions)
        #expect(verdict(1) == .leave(.approvalWouldRepeat))
    }

    @Test(arguments: [(59, true), (60, false)])
    func `a service that is still at it is waited for, for a minute after it said so`(
        _ seconds: Int64,
        _ waits: Bool
    ) {
        let verdict = SituationBuilder.verdict {
            let cause = ActionCause(RootCause(provider: "CodeBuild"), isUnderWay: true)
            let answer = cause.answered(at: $0.now + .seconds(-seconds), isOver: false)
            $0.causes = ["Compile": answer]
        }
        #expect((verdict.plan == nil) == waits)
    }

    @Test(
        arguments: [
            ("ROLLBACK_COMPLETE", "CREATE_UPDATE", true), ("ROLLBACK_FAILED", nil, true),
            ("DELETE_FAILED", nil, true), ("UPDATE_ROLLBACK_FAILED", nil, true),
            ("REVIEW_IN_PROGRESS", nil, true), ("UPDATE_ROLLBACK_COMPLETE", nil, false),
            ("CREATE_COMPLETE", nil, false), (nil, nil, false),
            // These modes mend the stack themselves.
            ("ROLLBACK_COMPLETE", "REPLACE_ON_FAILURE", false),
            ("DELETE_FAILED", "DELETE_ONLY", false),
        ] as [(String?, String?, Bool)]
    )
    func `a stack that somebody must repair first is left`(
        _ status: String?,
        _ mode: String?,
        _ isLeft: Bool
    ) {
        let decision = PolicyEvaluator.decide(
            SituationBuilder.situation {
                let stack = StackCause(status: status, actionMode: mode)
                let root = RootCause(provider: "CloudFormation", resource: "shop", stack: stack)
                $0.causes = ["Compile": ActionCause(root)]
            }
        )
        #expect((decision.verdict == .leave(.stackNotUpdatable)) == isLeft)
        guard isLeft else { return }
        #expect(decision.guards.last?.detail.contains("shop is in \(status ?? "")") == true)
    }
}
