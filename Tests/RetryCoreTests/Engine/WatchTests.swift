import Primitives
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

    private func watching(_ selector: PipelineEntry.Selector, _ stages: [StageName])
        -> Configuration
    {
        let entry = PipelineEntry(
            selector: selector,
            policy: .plain,
            stages: Dictionary(uniqueKeysWithValues: stages.map { ($0, StagePolicy.plain) })
        )
        return Configuration(targets: [
            Target(name: "prod", region: "eu-west-1", rateGroup: "prod", pipelines: [entry])
        ])
    }

    @Test func `a pattern that takes no pipeline is said once, and again after it took one`() {
        let file = watching(.match(Glob("svc-*"), except: []), ["Nope"])
        var bench = Bench(file)
        bench.listed = ["scv-a"]
        bench.run(.seconds(7200))
        #expect(bench.count(.configUnmatched) == 1)
        #expect(
            bench.reports.contains(
                .patternUnmatched(TargetContext(target: "prod", region: "eu-west-1"), Glob("svc-*"))
            )
        )
        bench.feed(.reloaded(file))
        bench.run(.seconds(7200))
        #expect(bench.count(.configUnmatched) == 1)
        bench.listed = ["svc-a"]
        bench.states[PipelineKey(target: "prod", pipeline: "svc-a")] = quiet
        bench.run(.seconds(7200))
        #expect(bench.count(.configUnmatched) == 1)
    }

    @Test func `a stage that the file sets and the pipeline has not is said once`() {
        var bench = Bench(watching(.name("web"), ["Deploi", "Build"]))
        bench.states[.web] = quiet
        bench.run(.seconds(7200))
        #expect(bench.count(.configUnmatched) == 1)
        let said = bench.reports.compactMap { report -> [StageName]? in
            guard case .stagesUnmatched(let context, let stages, _) = report,
                context.key == .web
            else { return nil }
            return stages
        }
        #expect(said == [["Deploi"]])
        // A reload looks at the file anew.
        bench.feed(.reloaded(watching(.name("web"), ["Deploi", "Test"])))
        bench.run(.seconds(60))
        #expect(bench.count(.configUnmatched) == 2)
        bench.feed(.reloaded(watching(.name("web"), ["Build"])))
        bench.run(.seconds(7200))
        #expect(bench.count(.configUnmatched) == 2)
    }

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

    @Test func `a target that cannot be reached is said anew when its cause is another`() {
        var bench = Bench(.watching(["web"]))
        func missing(_ what: String) -> CallFailure {
            CallFailure(kind: .credentials, operation: "connect", message: what, cause: "keys")
        }
        bench.outage = missing("no file")
        bench.feed(.targetUnusable("prod", missing("no file")))
        bench.run(.seconds(60))
        #expect(bench.kinds == [.targetDegraded])
        bench.feed(.targetUnusable("prod", missing("no Region")))
        bench.feed(.targetUnusable("prod", missing("no Region")))
        #expect(bench.kinds == [.targetDegraded, .targetDegraded])
        #expect(bench.engine.status.line.contains("degraded: prod (keys)"))
    }

    @Test func `the Region that a target learns is in its entries, and all is looked at`() {
        var configuration = Configuration.watching(["web", "api"])
        configuration.targets[0].region = ""
        var bench = Bench(configuration)
        bench.states[.web] = quiet
        bench.states[PipelineKey(target: "prod", pipeline: "api")] = quiet
        let failure = CallFailure(kind: .unreachable, operation: "connect", message: "no Region")
        bench.outage = failure
        bench.feed(.targetUnusable("prod", failure))
        bench.run(.seconds(600))
        #expect(bench.reports.first?.message.contains("Region not known yet") == true)
        #expect(bench.reports.first?.fields.contains { $0.0 == .region } == false)
        bench.outage = nil
        bench.reads = 0
        bench.feed(.targetPlanned("prod", region: "eu-west-3", rateGroup: "1/eu-west-3"))
        bench.run(.seconds(1))
        #expect(bench.reads >= 2, "each pipeline is looked at within a second")
        let last = bench.reports.last
        #expect(last?.kind == .targetRecovered)
        #expect(last?.fields.contains { $0.0 == .region && $0.1 == "eu-west-3" } == true)
        #expect(bench.engine.status.targets.first?.region == "eu-west-3")
    }

    @Test func `a pipeline that is gone ends its episodes, and is found again`() {
        var bench = Bench(.watching())
        bench.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: bench.epoch)]
        )
        bench.run(.seconds(5))
        bench.states[.web] = nil
        bench.run(.seconds(120))
        #expect(bench.count(.stageRemoved) == 1)
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
        // A list that lacks it is not enough: it still answers.
        #expect(bench.engine.status.targets.map(\.pipelines) == [3])
        bench.states[PipelineKey(target: "prod", pipeline: "svc-b")] = nil
        bench.run(.seconds(700))
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

    @Test func `a pipeline at rest is decoded once, then only its digest is compared`() {
        var bench = Bench(.watching())
        bench.states[.web] = quiet
        bench.run(.seconds(600))
        #expect(bench.reads > 15)
        #expect(bench.decodes == 1)
        bench.states[.web]?.stages[0].latest?.id = .second
        bench.run(.seconds(600))
        #expect(bench.decodes == 2)
    }

    @Test func `a failure whose end is said is decoded no more, until the state changes`() {
        var policy = StagePolicy.plain
        policy.maxRetries = 0
        var bench = Bench(.watching(["web"], policy))
        bench.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: bench.epoch)]
        )
        bench.run(.seconds(60))
        #expect(bench.kinds.contains(.retriesExhausted) || bench.kinds.contains(.stageNotRetried))
        let decodes = bench.decodes
        bench.run(.seconds(600))
        #expect(bench.decodes == decodes)
        bench.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", attempt: 2, at: bench.wall, execution: .second)]
        )
        bench.run(.seconds(60))
        #expect(bench.count(.stageFailed) == 2)
        let again = bench.decodes
        bench.run(.seconds(600))
        #expect(bench.decodes == again)
    }

    @Test func `a pipeline that nothing happens to for hours is looked at every two minutes`() {
        var bench = Bench(.watching())
        bench.states[.web] = quiet
        bench.run(.seconds(3 * 3600))
        bench.reads = 0
        bench.run(.seconds(3600))
        #expect((29...31).contains(bench.reads))
        bench.states[.web]?.stages[0].latest?.status = .inProgress
        bench.run(.seconds(130))
        bench.reads = 0
        bench.run(.seconds(300))
        #expect((29...31).contains(bench.reads))
    }

    @Test func `looks go out together, once a second`() {
        let names = (0..<300).map { PipelineName("p\($0)") }
        var configuration = Configuration.watching(names)
        configuration.poll.maxRate = 50
        configuration.poll.maxInFlight = 1000
        var bench = Bench(configuration)
        for name in names { bench.states[PipelineKey(target: "prod", pipeline: name)] = quiet }
        bench.run(.seconds(120))
        bench.reads = 0
        var times: Set<Instant> = []
        bench.run(.seconds(60)) { bench in
            let before = bench.reads
            bench.feed(.deadlineReached)
            if bench.reads > before { times.insert(bench.now) }
        }
        #expect((590...610).contains(bench.reads))
        #expect(times.count <= 61)
    }

    @Test func `more pipelines than the rate allows are said once, and once that they fit`() {
        let names = (0..<212).map { PipelineName("p\($0)") }
        var bench = Bench(.watching(names))
        for name in names { bench.states[PipelineKey(target: "prod", pipeline: name)] = quiet }
        bench.run(.seconds(600))
        #expect(bench.kinds == [.pollingSlowed])
        let text =
            "target prod (eu-west-1): 212 pipelines at 30s want 7.1 requests/s, limit 5: "
            + "each is seen every 42s on the average"
        #expect(bench.reports.map(\.message) == [text])
        bench.feed(.reloaded(.watching(Array(names.prefix(150)))))
        bench.run(.seconds(60))
        #expect(bench.kinds == [.pollingSlowed, .pollingSlowed])
        #expect(bench.reports.last?.level == .info)
    }

    @Test func `under a short rate what moves is seen far sooner than what rests`() {
        let names = (0..<400).map { PipelineName("p\($0)") }
        var bench = Bench(.watching(names))
        var moving = quiet
        moving.stages[0].latest?.status = .inProgress
        for (index, name) in names.enumerated() {
            bench.states[PipelineKey(target: "prod", pipeline: name)] = index < 20 ? moving : quiet
        }
        bench.run(.seconds(600))
        let before = bench.looks
        bench.run(.seconds(600))
        let counts = names.map { name in
            let key = PipelineKey(target: "prod", pipeline: name)
            return (bench.looks[key] ?? 0) - (before[key] ?? 0)
        }
        // 20 that move take 2 of 5 requests/s: each is seen every 11 s where the file asks for 10;
        // the other 380 share what is left, and none goes without.
        #expect(counts.prefix(20).allSatisfy { (54...61).contains($0) }, "\(counts.prefix(20))")
        #expect(counts.dropFirst(20).allSatisfy { (3...6).contains($0) }, "\(counts.dropFirst(20))")
    }
}
