import Primitives
@testable import RetryCore
import Testing

/// What no stage's failure shows is said once, and nothing of it is retried.
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

    private func bench(_ stages: [StageSnapshot]) -> Bench {
        var bench = Bench(.watching())
        bench.states[.web] = PipelineSnapshot(version: 1, stages: stages)
        return bench
    }

    @Test(arguments: [StageStatus.succeeded, .inProgress])
    func `a source that cannot be polled is said once while it lasts`(_ status: StageStatus) {
        var bench = bench([stage("Source", status, [unread]), StageSnapshot(name: "Build")])
        bench.run(.seconds(3600))
        #expect(bench.kinds == [.sourceFailed])
        #expect(bench.reports[0].message.contains("the role may not read the bucket"))
        bench.change(EpisodeKey(pipeline: .web, stage: "Source", execution: .first)) {
            $0.actions[0].status = .succeeded
        }
        bench.run(.seconds(600))
        bench.change(EpisodeKey(pipeline: .web, stage: "Source", execution: .first)) {
            $0.actions[0].status = .failed
        }
        bench.run(.seconds(600))
        #expect(bench.kinds == [.sourceFailed, .sourceFailed])
        #expect(bench.retries.isEmpty)
    }

    @Test func `a stage in which nothing is left to run is said to be stuck after ten minutes`() {
        let approval = ActionSnapshot(
            name: "Approve",
            executionID: "p",
            status: .failed,
            summary: "The approval action has been canceled."
        )
        let done = ActionSnapshot(name: "Prepare", executionID: "a", status: .succeeded)
        let bare = ActionSnapshot(name: "Ship")
        var bench = bench([stage("Release", .inProgress, [done, approval, bare])])
        bench.run(.seconds(590))
        #expect(bench.kinds.isEmpty)
        bench.run(.seconds(7200))
        #expect(bench.kinds == [.stageStuck])
        #expect(bench.reports[0].message.contains("The approval action has been canceled."))
        #expect(bench.retries.isEmpty)
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
        var bench = bench([stage("Release", .inProgress, actions)])
        bench.run(.seconds(7200))
        #expect(bench.kinds.isEmpty)
    }

    @Test func `the pictures after a retry are not a stuck stage`() {
        var bench = bench([.failed("queue full", at: WallTime(milliseconds: 1_760_000_000_000))])
        bench.run(.seconds(40))
        // CodePipeline shows the failed run under the InProgress stage for some seconds.
        bench.change(.web) { $0.actions[0].status = .failed }
        bench.run(.seconds(20))
        bench.change(.web) { $0.actions[0].status = .inProgress }
        bench.run(.seconds(7200))
        #expect(bench.count(.stageStuck) == 0)
    }
}
