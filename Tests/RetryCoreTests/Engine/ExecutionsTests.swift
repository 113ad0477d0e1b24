import Primitives
import RetryCore
import Testing

/// Executions that fail before any stage, as ListPipelineExecutions shows them.
@Suite struct ExecutionsTests {
    private static let odd: ExecutionID = "33333333-3333-4333-8333-333333333333"
    private static let reason = "Values for required variables haven't been provided: Alpha"

    /// An idle pipeline, whose executions were listed once.
    private func harness(_ names: [PipelineName] = ["web"]) -> EngineHarness {
        var harness = EngineHarness(.watching(names))
        for name in names {
            harness.states[PipelineKey(target: "prod", pipeline: name)] = PipelineSnapshot(
                version: 1,
                stages: [
                    StageSnapshot(
                        name: "Build",
                        latest: StageExecution(id: .second, status: .succeeded)
                    )
                ]
            )
        }
        harness.run(.seconds(601))
        return harness
    }

    /// The row of an execution that failed now, before any stage, as it was recorded.
    private func row(_ harness: EngineHarness, _ id: ExecutionID = odd) -> ExecutionSummary {
        ExecutionSummary(
            id: id,
            status: .failed,
            mode: .queued,
            started: harness.wall,
            lastUpdate: harness.wall,
            statusSummary: ExecutionsTests.reason
        )
    }

    private func reported(_ harness: EngineHarness) -> [ExecutionID] {
        harness.reports.compactMap { report in
            if case .executionFailed(_, let id, _) = report { id } else { nil }
        }
    }

    @Test func `a failed execution that no stage shows is reported once, and nothing is retried`() {
        var harness = harness()
        harness.executions[.web] = .read([row(harness)], at: nil)
        harness.run(.seconds(601))
        let context = PipelineContext(key: .web, region: "eu-west-1", account: "111122223333")
        #expect(
            harness.reports == [
                .executionFailed(context, ExecutionsTests.odd, ExecutionsTests.reason)
            ]
        )
        harness.run(.seconds(3 * 3600))
        #expect(harness.count(.executionFailed) == 1)
        #expect(harness.retries.isEmpty)
    }

    @Test func `a failure in a pipeline deleted since is not reported of the new one`() {
        var harness = harness()
        harness.executions[.web] = .read([row(harness)], at: nil)
        // The list comes, and the poll that would decide does not.
        harness.hanging = [.web]
        harness.run(.seconds(601))
        #expect(harness.lists[.web] == 2)
        harness.hanging = []
        harness.sick[.web] = CallFailure(
            kind: .notFound,
            operation: .getPipelineState,
            message: "pipeline not found"
        )
        harness.run(.seconds(1201))
        #expect(harness.count(.pipelineLost) == 1)
        harness.executions[.web] = .read([], at: nil)
        harness.sick[.web] = nil
        harness.run(.seconds(1800))
        #expect(harness.count(.pipelineFound) == 1)
        #expect(reported(harness).isEmpty)
    }

    @Test func `several are reported one by one, the oldest first`() {
        var harness = harness()
        let older = row(harness, .first)
        harness.run(.seconds(5))
        harness.executions[.web] = .read([row(harness), older], at: nil)
        harness.run(.seconds(1300))
        #expect(reported(harness) == [.first, ExecutionsTests.odd])
    }

    @Test func `a list is requested every ten minutes, the first within them and not at once`() {
        var harness = EngineHarness(.watching())
        harness.states[.web] = PipelineSnapshot(version: 1, stages: [StageSnapshot(name: "Build")])
        harness.run(.seconds(1))
        #expect(harness.lists.isEmpty)
        harness.run(.seconds(600))
        #expect(harness.lists[.web] == 1)
        harness.run(.seconds(6000))
        #expect((10...11).contains(harness.lists[.web] ?? 0))
    }

    @Test func `many pipelines take a tenth of their rate for it`() {
        var harness = resting(84, every: .seconds(120))
        harness.run(.seconds(2 * 840))
        #expect(harness.lists.count == 84)
        harness.lists = [:]
        harness.run(.seconds(840))
        #expect((80...85).contains(count(harness)), "\(count(harness))")
    }

    @Test func `polls that need more than the rate leave it a thirtieth, after the definitions`() {
        var harness = resting(150, every: .seconds(30))
        harness.run(.seconds(150 * 30))
        let before = count(harness)
        harness.run(.seconds(150 * 30))
        #expect((100...160).contains(count(harness) - before), "\(before) \(count(harness))")
        harness.run(.seconds(1500))
        #expect(harness.lists.count == 150)
    }

    private func count(_ harness: EngineHarness) -> Int { harness.lists.values.reduce(0, +) }

    /// So many idle pipelines that share one call a second.
    private func resting(_ count: Int, every interval: Duration) -> EngineHarness {
        let names = (1...count).map { PipelineName("p\($0)") }
        var configuration = Configuration.watching(names)
        configuration.poll.maxRate = 1
        configuration.poll.interval = interval
        var harness = EngineHarness(configuration)
        for name in names {
            let key = PipelineKey(target: "prod", pipeline: name)
            harness.states[key] = PipelineSnapshot(
                version: 1,
                stages: [StageSnapshot(name: "Build")]
            )
        }
        return harness
    }

    @Test func `an execution that ended before the first list or too long ago is not reported`() {
        var harness = EngineHarness(.watching())
        harness.states[.web] = PipelineSnapshot(version: 1, stages: [StageSnapshot(name: "Build")])
        harness.executions[.web] = .read([row(harness)], at: nil)
        harness.run(.seconds(3600))
        var stale = row(harness, .first)
        stale.lastUpdate = harness.wall + .seconds(-600)
        harness.executions[.web] = .failed(denied(.serverError))
        harness.run(.seconds(3 * 3600))
        harness.executions[.web] = .read([stale], at: nil)
        harness.run(.seconds(3600))
        #expect(reported(harness).isEmpty)
    }

    /// Rows that do not match; those with a time ended just now.
    private static let contrary: [ExecutionSummary] = {
        func row(
            _ status: ExecutionStatus = .failed,
            _ type: ExecutionType = .standard,
            _ mode: ExecutionMode = .queued,
            at lastUpdate: WallTime? = WallTime(milliseconds: 0),
            reason: String? = reason,
            hasRevisions: Bool = false
        ) -> ExecutionSummary {
            ExecutionSummary(
                id: odd,
                status: status,
                type: type,
                mode: mode,
                lastUpdate: lastUpdate,
                statusSummary: reason,
                hasRevisions: hasRevisions
            )
        }
        return [
            row(.failed, .rollback), row(.inProgress), row(.stopped),
            row(.failed, .standard, .parallel),
            row(at: nil), row(reason: nil, hasRevisions: true),
        ]
    }()

    @Test(arguments: contrary)
    func `an execution that did not fail this way is not reported`(_ row: ExecutionSummary) {
        var harness = harness()
        var summary = row
        if summary.lastUpdate != nil { summary.lastUpdate = harness.wall }
        harness.executions[.web] = .read([summary], at: nil)
        harness.run(.seconds(1300))
        #expect(reported(harness).isEmpty)
    }

    @Test(arguments: [StageStatus.failed, .inProgress, .succeeded])
    func `an execution that a stage shows is not reported, and not when the next one has the stage`(
        _ status: StageStatus
    ) {
        var harness = harness()
        var stage = StageSnapshot.failed("no", at: harness.wall)
        stage.latest?.status = status
        harness.states[.web]?.stages = [stage]
        harness.executions[.web] = .read([row(harness, .first)], at: nil)
        harness.run(.seconds(1300))
        harness.states[.web]?.stages[0].latest = StageExecution(id: .second, status: .succeeded)
        harness.run(.seconds(3600))
        #expect(reported(harness).isEmpty)
    }

    @Test func `an execution whose episode has ended before the list is not reported`() {
        var harness = harness()
        let first = row(harness, .first)
        let own = StageSnapshot.failed("no", at: harness.wall)
        harness.states[.web]?.stages = [own]
        harness.run(.seconds(60))
        let odd = StageSnapshot.failed("no", at: harness.wall, execution: ExecutionsTests.odd)
        harness.states[.web]?.stages = [odd]
        harness.run(.seconds(120))
        #expect(harness.count(.stageFailed) >= 2)
        harness.executions[.web] = .read([row(harness), first], at: nil)
        harness.run(.seconds(1300))
        #expect(reported(harness).isEmpty)
    }

    @Test func `a stage that shows the execution only after the list is believed`() {
        var harness = harness()
        harness.executions[.web] = .read([row(harness, .first)], at: nil)
        let time = harness.wall
        harness.run(.seconds(601)) { harness in
            // The newest received state does not have it; the one that the list requests does.
            if (harness.lists[.web] ?? 0) == 1 {
                harness.states[.web]?.stages = [.failed("no", at: time)]
            }
        }
        #expect(reported(harness).isEmpty)
        #expect(harness.count(.stageFailed) >= 1)
    }

    @Test func `nothing is reported before a poll that comes after the list`() {
        var harness = harness()
        harness.executions[.web] = .read([row(harness)], at: nil)
        harness.states[.web] = nil
        harness.run(.seconds(601))
        #expect(reported(harness).isEmpty)
    }

    @Test func `a missing permission is reported once for its target, as info, for an hour`() {
        var harness = EngineHarness(.watching(["web", "api"]))
        let api = PipelineKey(target: "prod", pipeline: "api")
        let quiet = PipelineSnapshot(version: 1, stages: [StageSnapshot(name: "Build")])
        for key in [.web, api] {
            harness.states[key] = quiet
            harness.executions[key] = .failed(denied(.accessDenied))
        }
        harness.run(.seconds(3600))
        #expect(harness.reports.map(\.level) == [.info])
        #expect(harness.lists.values.reduce(0, +) <= 2)
        harness.run(.seconds(4 * 3600))
        #expect(harness.reports.count == 1)
        #expect(harness.lists.values.reduce(0, +) <= 10)
        #expect(harness.lists.values.reduce(0, +) >= 4)
    }

    @Test func `a list that fails is requested again in the next round`() {
        var harness = harness()
        harness.executions[.web] = .failed(denied(.serverError))
        let row = row(harness)
        harness.run(.seconds(601))
        harness.executions[.web] = .read([row], at: nil)
        harness.run(.seconds(601))
        #expect(reported(harness) == [ExecutionsTests.odd])
    }

    @Test func `a PARALLEL pipeline is listed by its polls, and one that is lost is not`() {
        var harness = harness(["web", "api"])
        let api = PipelineKey(target: "prod", pipeline: "api")
        let parallel = PipelineDefinition(
            version: 2,
            executionMode: .parallel,
            stages: ["Build": StageDefinition()]
        )
        harness.definitions[.web] = .read(parallel, at: nil)
        harness.states[.web]?.version = 2
        harness.states[api] = nil
        harness.run(.seconds(1200))
        harness.lists = [:]
        harness.run(.seconds(3600))
        let lists = harness.lists[.web] ?? 0
        #expect(lists >= 3600 / 60 && lists <= 3600 / 30 + 1)
        #expect(harness.lists[api] == nil)
    }

    private func denied(_ kind: CallFailure.Kind) -> CallFailure {
        CallFailure(kind: kind, operation: .listPipelineExecutions, message: "no")
    }
}
