import RetryCore
import Testing

@Suite struct WatchTests {
    private let quiet = PipelineSnapshot(
        version: 1,
        stages: [
            StageSnapshot(
                name: "Build",
                latest: StageExecution(id: .first, status: .succeeded)
            )
        ]
    )

    @Test func `a quiet pipeline is looked at once an interval, a moving one more often`() {
        var bench = Bench(.watching())
        bench.states[.web] = quiet
        bench.run(.seconds(300))
        #expect((10...11).contains(bench.reads))
        bench.states[.web]?.stages[0].latest?.status = .inProgress
        bench.run(.seconds(30))
        bench.reads = 0
        bench.run(.seconds(300))
        #expect((29...31).contains(bench.reads))
    }

    @Test func `an unreachable endpoint is said once and its return once`() {
        var bench = Bench(.watching(["web", "api"]))
        bench.states[.web] = quiet
        bench.states[PipelineKey(target: "prod", pipeline: "api")] = quiet
        bench.outage = CallFailure(
            kind: .unreachable,
            operation: "GetPipelineState",
            message: "connection refused"
        )
        bench.run(.seconds(600))
        #expect(bench.kinds == [.targetDegraded])
        #expect(bench.engine.status.line.contains("degraded: prod"))
        bench.outage = nil
        bench.run(.seconds(120))
        #expect(bench.kinds == [.targetDegraded, .targetRecovered])
    }

    @Test func `a pipeline that is gone ends its episodes, and is found again`() {
        var bench = Bench(.watching())
        bench.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: bench.epoch)]
        )
        bench.run(.seconds(5))
        bench.states[.web] = nil
        bench.run(.seconds(60))
        #expect(bench.count(.stageGone) == 1)
        #expect(bench.count(.pipelineLost) == 1)
        bench.states[.web] = quiet
        bench.run(.seconds(1200))
        #expect(bench.count(.pipelineFound) == 1)
    }

    @Test func `the rate is kept, and throttling halves it`() {
        let names = (0..<50).map { PipelineName("p\($0)") }
        var bench = Bench(.watching(names))
        for name in names { bench.states[PipelineKey(target: "prod", pipeline: name)] = quiet }
        bench.run(.seconds(60))
        bench.reads = 0
        bench.run(.seconds(600))
        #expect((950...1010).contains(bench.reads))
        bench.outage = CallFailure(kind: .throttled, operation: "GetPipelineState", message: "")
        bench.reads = 0
        bench.run(.seconds(60))
        #expect(bench.reads < 60)
        #expect(bench.count(.throttled) == 1)
    }

    @Test func `discovery watches what matches and drops what is gone`() {
        var configuration = Configuration.watching([])
        configuration.targets[0].pipelines = [
            PipelineEntry(
                selector: .match(Glob("svc-*"), except: [Glob("*-old")]),
                policy: .plain,
                stages: [:]
            )
        ]
        var bench = Bench(configuration)
        let names: [PipelineName] = ["svc-a", "svc-b", "svc-old", "other"]
        for name in names { bench.states[PipelineKey(target: "prod", pipeline: name)] = quiet }
        bench.listed = names
        bench.run(.seconds(10))
        #expect(bench.engine.status.targets.map(\.pipelines) == [2])
        bench.listed = ["svc-a", "svc-c"]
        bench.run(.seconds(400))
        #expect(bench.engine.status.targets.map(\.pipelines) == [2])
        #expect(bench.kinds.contains(.pipelineFound))
        #expect(bench.kinds.contains(.pipelineLost))
    }

    @Test func `a pause holds a due retry without consuming it, and resume lets it go`() {
        var bench = Bench(.watching())
        bench.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: bench.epoch)]
        )
        bench.run(.seconds(5))
        bench.feed(
            .paused(Pause(scope: PauseScope(), reason: "release", uid: 0, until: nil))
        )
        bench.run(.seconds(600))
        #expect(bench.retries.isEmpty)
        #expect(bench.ledger.pauses.count == 1)
        bench.feed(.resumed(PauseScope(), uid: 0))
        bench.run(.seconds(30))
        #expect(bench.retries.count == 1)
        #expect(bench.ledger.pauses.isEmpty)
    }

    @Test func `a lost answer is a deadline reached`() {
        var bench = Bench(.watching())
        bench.states[.web] = quiet
        bench.silent = true
        bench.run(.seconds(10))
        #expect(bench.engine.status.callsInFlight >= 1)
        bench.silent = false
        bench.run(.seconds(300))
        #expect(bench.reads > 3)
        #expect(bench.engine.status.callsInFlight == 0)
    }

    @Test func `an outage on many pipelines holds all, probes with one, then lets go`() {
        let names = (0..<6).map { PipelineName("p\($0)") }
        var configuration = Configuration.watching(names)
        configuration.outageHold = OutageHold(
            pipelines: 5,
            within: .seconds(600),
            probeEvery: .seconds(300)
        )
        var bench = Bench(configuration)
        for (index, name) in names.enumerated() {
            bench.states[PipelineKey(target: "prod", pipeline: name)] = PipelineSnapshot(
                version: 1,
                stages: [.failed("queue full", attempt: index, at: bench.epoch)]
            )
        }
        bench.run(.seconds(250))
        #expect(bench.retries.isEmpty)
        #expect(bench.count(.outageHold) == 1)
        bench.run(.seconds(100))
        #expect(bench.retries.count == 1)
        if let probe = bench.retries.first?.1 {
            bench.change(probe) { $0.latest?.status = .succeeded }
        }
        bench.run(.seconds(120))
        #expect(bench.count(.outageOver) == 1)
        #expect(bench.retries.count == 6)
    }
}
