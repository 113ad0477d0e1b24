import Primitives
@testable import RetryCore
import Testing

/// Conditions that no stage's failure shows are reported once, and none is retried.
@Suite struct NoticeTests {
    private func stage(
        _ name: StageName,
        _ status: StageStatus,
        _ actions: [ActionSnapshot]
    ) -> StageSnapshot {
        StageSnapshot(
            name: name,
            latest: StageExecution(id: .first, status: status),
            actions: actions
        )
    }

    private let unread = ActionSnapshot(
        name: "Fetch",
        status: .failed,
        code: "PermissionError",
        message: "the role may not read the bucket"
    )

    private func harness(_ stages: [StageSnapshot]) -> EngineHarness {
        var harness = EngineHarness(.watching())
        harness.states[.web] = PipelineSnapshot(version: 1, stages: stages)
        return harness
    }

    @Test(arguments: [StageStatus.succeeded, .inProgress])
    func `a source that cannot be polled is reported once while it lasts`(_ status: StageStatus) {
        var harness = harness([stage("Source", status, [unread]), StageSnapshot(name: "Build")])
        harness.run(.seconds(3600))
        #expect(harness.kinds == [.sourceFailed])
        #expect(harness.reports[0].message.contains("the role may not read the bucket"))
        harness.change(EpisodeKey(pipeline: .web, stage: "Source", execution: .first)) {
            $0.actions[0].status = .succeeded
        }
        harness.run(.seconds(600))
        harness.change(EpisodeKey(pipeline: .web, stage: "Source", execution: .first)) {
            $0.actions[0].status = .failed
        }
        harness.run(.seconds(600))
        #expect(harness.kinds == [.sourceFailed, .sourceFailed])
        #expect(harness.retries.isEmpty)
    }

    @Test func `a stage with nothing left to run is reported as stuck after ten minutes`() {
        let approval = ActionSnapshot(
            name: "Approve",
            executionID: "p",
            status: .failed,
            summary: "The approval action has been canceled."
        )
        let done = ActionSnapshot(name: "Prepare", executionID: "a", status: .succeeded)
        let bare = ActionSnapshot(name: "Ship")
        var harness = harness([stage("Release", .inProgress, [done, approval, bare])])
        harness.run(.seconds(590))
        #expect(harness.kinds.isEmpty)
        harness.run(.seconds(7200))
        #expect(harness.kinds == [.stageStuck])
        #expect(harness.reports[0].message.contains("The approval action has been canceled; stop"))
        #expect(harness.retries.isEmpty)
    }

    static let alive: [[ActionSnapshot]] = [
        [ActionSnapshot(name: "a", executionID: "1", status: .succeeded)],
        [],
        [
            ActionSnapshot(name: "a", executionID: "1", status: .failed),
            ActionSnapshot(name: "b", executionID: "2", status: .inProgress),
        ],
        [
            ActionSnapshot(name: "a", executionID: "1", status: .failed),
            ActionSnapshot(name: "b", executionID: "2", status: .unknown("Parked")),
        ],
    ]

    @Test(arguments: alive)
    func `a stage that may still move is not stuck`(_ actions: [ActionSnapshot]) {
        var harness = harness([stage("Release", .inProgress, actions)])
        harness.run(.seconds(7200))
        #expect(harness.kinds.isEmpty)
    }

    @Test func `the states after a retry are not a stuck stage`() {
        var harness = harness([.failed("queue full", at: WallTime(milliseconds: 1_760_000_000_000))]
        )
        harness.run(.seconds(40))
        // CodePipeline shows the failed run under the InProgress stage for some seconds.
        harness.change(.web) { $0.actions[0].status = .failed }
        harness.run(.seconds(20))
        harness.change(.web) { $0.actions[0].status = .inProgress }
        harness.run(.seconds(7200))
        #expect(harness.count(.stageStuck) == 0)
    }
}
