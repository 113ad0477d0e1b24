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
