import Primitives
import RetryCore
import Testing

/// Executions that fail before any stage, as ListPipelineExecutions shows them.
@Suite struct ExecutionsTests {
    private static let odd: ExecutionID = "33333333-3333-4333-8333-333333333333"
    private static let reason = "Values for required variables haven't been provided: Alpha"

    /// A pipeline at rest, whose executions were listed once.
    private func bench(_ names: [PipelineName] = ["web"]) -> Bench {
        var bench = Bench(.watching(names))
        for name in names {
            bench.states[PipelineKey(target: "prod", pipeline: name)] = PipelineSnapshot(
                version: 1,
                stages: [
                    StageSnapshot(
                        name: "Build",
                        latest: StageExecution(id: .second, status: .succeeded)
                    )
                ]
            )
        }
        bench.run(.seconds(601))
        return bench
    }

    /// The row of an execution that failed now, before any stage, as it was recorded.
    private func row(_ bench: Bench, _ id: ExecutionID = odd) -> ExecutionSummary {
        ExecutionSummary(
            id: id,
            status: .failed,
            mode: .queued,
            started: bench.wall,
            lastUpdate: bench.wall,
            statusSummary: ExecutionsTests.reason
        )
    }

    private func said(_ bench: Bench) -> [ExecutionID] {
        bench.reports.compactMap { report in
            if case .executionFailed(_, let id, _) = report { id } else { nil }
        }
    }

    @Test func `a failed execution that no stage shows is said once, and nothing is retried`() {
        var bench = bench()
        bench.executions[.web] = .read([row(bench)], at: nil)
        bench.run(.seconds(601))
        let context = PipelineContext(key: .web, region: "eu-west-1", account: "111122223333")
        #expect(
            bench.reports == [
                .executionFailed(context, ExecutionsTests.odd, ExecutionsTests.reason)
            ]
        )
        bench.run(.seconds(3 * 3600))
        #expect(bench.count(.executionFailed) == 1)
        #expect(bench.retries.isEmpty)
    }

    @Test func `what failed in a pipeline that was deleted since is not said of the new one`() {
        var bench = bench()
        bench.executions[.web] = .read([row(bench)], at: nil)
        // The list comes, and the look that would say what it means does not.
        bench.hanging = [.web]
        bench.run(.seconds(601))
        #expect(bench.lists[.web] == 2)
        bench.hanging = []
        bench.sick[.web] = CallFailure(
            kind: .notFound,
            operation: "GetPipelineState",
            message: "pipeline not found"
        )
        bench.run(.seconds(1201))
        #expect(bench.count(.pipelineLost) == 1)
        bench.executions[.web] = .read([], at: nil)
        bench.sick[.web] = nil
        bench.run(.seconds(1800))
        #expect(bench.count(.pipelineFound) == 1)
        #expect(said(bench).isEmpty)
    }

    @Test func `each of several is said, the oldest first`() {
        var bench = bench()
        let older = row(bench, .first)
        bench.run(.seconds(5))
        bench.executions[.web] = .read([row(bench), older], at: nil)
        bench.run(.seconds(1300))
        #expect(said(bench) == [.first, ExecutionsTests.odd])
    }

    @Test func `a list is asked for every ten minutes, the first within them and not at once`() {
        var bench = Bench(.watching())
        bench.states[.web] = PipelineSnapshot(version: 1, stages: [StageSnapshot(name: "Build")])
        bench.run(.seconds(1))
        #expect(bench.lists.isEmpty)
        bench.run(.seconds(600))
        #expect(bench.lists[.web] == 1)
        bench.run(.seconds(6000))
        #expect((10...11).contains(bench.lists[.web] ?? 0))
    }

    @Test func `many pipelines take a tenth of their rate for it`() {
        var bench = resting(84, every: .seconds(120))
        bench.run(.seconds(2 * 840))
        #expect(bench.lists.count == 84)
        bench.lists = [:]
        bench.run(.seconds(840))
        #expect((80...85).contains(count(bench)), "\(count(bench))")
    }

    @Test func `looks that need more than the rate leave it a thirtieth, after the definitions`() {
        var bench = resting(150, every: .seconds(30))
        bench.run(.seconds(150 * 30))
        let before = count(bench)
        bench.run(.seconds(150 * 30))
        #expect((100...160).contains(count(bench) - before), "\(before) \(count(bench))")
        bench.run(.seconds(1500))
        #expect(bench.lists.count == 150)
    }

    private func count(_ bench: Bench) -> Int { bench.lists.values.reduce(0, +) }

    /// So many pipelines at rest that share one call a second.
    private func resting(_ count: Int, every interval: Duration) -> Bench {
        let names = (1...count).map { PipelineName("p\($0)") }
        var configuration = Configuration.watching(names)
        configuration.poll.maxRate = 1
        configuration.poll.interval = interval
        var bench = Bench(configuration)
        for name in names {
            let key = PipelineKey(target: "prod", pipeline: name)
            bench.states[key] = PipelineSnapshot(
                version: 1,
                stages: [StageSnapshot(name: "Build")]
            )
        }
        return bench
    }

    @Test func `what ended before the first list or too long ago is not said`() {
        var bench = Bench(.watching())
        bench.states[.web] = PipelineSnapshot(version: 1, stages: [StageSnapshot(name: "Build")])
        bench.executions[.web] = .read([row(bench)], at: nil)
        bench.run(.seconds(3600))
        var stale = row(bench, .first)
        stale.lastUpdate = bench.wall + .seconds(-600)
        bench.executions[.web] = .failed(denied(.trouble))
        bench.run(.seconds(3 * 3600))
        bench.executions[.web] = .read([stale], at: nil)
        bench.run(.seconds(3600))
        #expect(said(bench).isEmpty)
    }

    /// Rows that are not what is looked for; those with a time ended just now.
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
    func `an execution that says otherwise is not said`(_ row: ExecutionSummary) {
        var bench = bench()
        var summary = row
        if summary.lastUpdate != nil { summary.lastUpdate = bench.wall }
        bench.executions[.web] = .read([summary], at: nil)
        bench.run(.seconds(1300))
        #expect(said(bench).isEmpty)
    }

    @Test(arguments: [StageStatus.failed, .inProgress, .succeeded])
    func `an execution that a stage shows is not said, and not when the next one has the stage`(
        _ status: StageStatus
    ) {
        var bench = bench()
        var stage = StageSnapshot.failed("no", at: bench.wall)
        stage.latest?.status = status
        bench.states[.web]?.stages = [stage]
        bench.executions[.web] = .read([row(bench, .first)], at: nil)
        bench.run(.seconds(1300))
        bench.states[.web]?.stages[0].latest = StageExecution(id: .second, status: .succeeded)
        bench.run(.seconds(3600))
        #expect(said(bench).isEmpty)
    }

    @Test func `an execution whose episode has ended before the list is not said`() {
        var bench = bench()
        let first = row(bench, .first)
        let own = StageSnapshot.failed("no", at: bench.wall)
        bench.states[.web]?.stages = [own]
        bench.run(.seconds(60))
        let odd = StageSnapshot.failed("no", at: bench.wall, execution: ExecutionsTests.odd)
        bench.states[.web]?.stages = [odd]
        bench.run(.seconds(120))
        #expect(bench.count(.stageFailed) >= 2)
        bench.executions[.web] = .read([row(bench), first], at: nil)
        bench.run(.seconds(1300))
        #expect(said(bench).isEmpty)
    }

    @Test func `a stage that shows the execution only after the list is believed`() {
        var bench = bench()
        bench.executions[.web] = .read([row(bench, .first)], at: nil)
        let time = bench.wall
        bench.run(.seconds(601)) { bench in
            // The newest state that was seen does not have it; the one that the list asks for does.
            if (bench.lists[.web] ?? 0) == 1 {
                bench.states[.web]?.stages = [.failed("no", at: time)]
            }
        }
        #expect(said(bench).isEmpty)
        #expect(bench.count(.stageFailed) >= 1)
    }

    @Test func `nothing is said before a look that comes after the list`() {
        var bench = bench()
        bench.executions[.web] = .read([row(bench)], at: nil)
        bench.states[.web] = nil
        bench.run(.seconds(601))
        #expect(said(bench).isEmpty)
    }

    @Test func `a missing permission is said once for its target, as info, and left for an hour`() {
        var bench = Bench(.watching(["web", "api"]))
        let api = PipelineKey(target: "prod", pipeline: "api")
        let quiet = PipelineSnapshot(version: 1, stages: [StageSnapshot(name: "Build")])
        for key in [.web, api] {
            bench.states[key] = quiet
            bench.executions[key] = .failed(denied(.accessDenied))
        }
        bench.run(.seconds(3600))
        #expect(bench.reports.map(\.level) == [.info])
        #expect(bench.lists.values.reduce(0, +) <= 2)
        bench.run(.seconds(4 * 3600))
        #expect(bench.reports.count == 1)
        #expect(bench.lists.values.reduce(0, +) <= 10)
        #expect(bench.lists.values.reduce(0, +) >= 4)
    }

    @Test func `a list that fails is asked for again in the next round`() {
        var bench = bench()
        bench.executions[.web] = .failed(denied(.trouble))
        let row = row(bench)
        bench.run(.seconds(601))
        bench.executions[.web] = .read([row], at: nil)
        bench.run(.seconds(601))
        #expect(said(bench) == [ExecutionsTests.odd])
    }

    @Test func `a PARALLEL pipeline and one that is lost are not listed`() {
        var bench = bench(["web", "api"])
        let api = PipelineKey(target: "prod", pipeline: "api")
        let parallel = PipelineDefinition(
            version: 2,
            executionMode: .parallel,
            stages: ["Build": StageDefinition()]
        )
        bench.definitions[.web] = .read(parallel, at: nil)
        bench.states[.web]?.version = 2
        bench.states[api] = nil
        bench.run(.seconds(1200))
        bench.lists = [:]
        bench.run(.seconds(3600))
        #expect(bench.lists.isEmpty)
    }

    private func denied(_ kind: CallFailure.Kind) -> CallFailure {
        CallFailure(kind: kind, operation: "ListPipelineExecutions", message: "no")
    }
}
