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

    @Test func `a pattern without a match is reported once, and again after it had one`() {
        let file = watching(.match(Glob("svc-*"), except: []), ["Nope"])
        var harness = EngineHarness(file)
        harness.listed = ["scv-a"]
        harness.run(.seconds(7200))
        #expect(harness.count(.configUnmatched) == 1)
        #expect(
            harness.reports.contains(
                .patternUnmatched(TargetContext(target: "prod", region: "eu-west-1"), Glob("svc-*"))
            )
        )
        harness.feed(.reloaded(file))
        harness.run(.seconds(7200))
        #expect(harness.count(.configUnmatched) == 1)
        harness.listed = ["svc-a"]
        harness.states[PipelineKey(target: "prod", pipeline: "svc-a")] = quiet
        harness.run(.seconds(7200))
        #expect(harness.count(.configUnmatched) == 1)
    }

    @Test func `a configured stage that the pipeline does not have is reported once`() {
        var harness = EngineHarness(watching(.name("web"), ["Deploi", "Build"]))
        harness.states[.web] = quiet
        harness.run(.seconds(7200))
        #expect(harness.count(.configUnmatched) == 1)
        let reported = harness.reports.compactMap { report -> [StageName]? in
            guard case .stagesUnmatched(let context, let stages, _) = report,
                context.key == .web
            else { return nil }
            return stages
        }
        #expect(reported == [["Deploi"]])
        // A reload reads the file again.
        harness.feed(.reloaded(watching(.name("web"), ["Deploi", "Test"])))
        harness.run(.seconds(60))
        #expect(harness.count(.configUnmatched) == 2)
        harness.feed(.reloaded(watching(.name("web"), ["Build"])))
        harness.run(.seconds(7200))
        #expect(harness.count(.configUnmatched) == 2)
    }

    @Test func `an idle pipeline is polled once an interval, an active one more often`() {
        var harness = EngineHarness(.watching())
        harness.states[.web] = quiet
        harness.run(.seconds(300))
        #expect((10...11).contains(harness.reads))
        harness.states[.web]?.stages[0].latest?.status = .inProgress
        harness.run(.seconds(30))
        harness.reads = 0
        harness.run(.seconds(300))
        #expect((29...31).contains(harness.reads))
    }

    @Test func `an unreachable endpoint is reported once and its return once`() {
        var harness = EngineHarness(.watching(["web", "api"]))
        harness.states[.web] = quiet
        harness.states[PipelineKey(target: "prod", pipeline: "api")] = quiet
        harness.outage = CallFailure(
            kind: .unreachable,
            operation: .getPipelineState,
            message: "connection refused"
        )
        harness.run(.seconds(600))
        #expect(harness.kinds == [.targetDegraded])
        #expect(harness.engine.status.line.contains("degraded: prod"))
        harness.outage = nil
        harness.run(.seconds(120))
        #expect(harness.kinds == [.targetDegraded, .targetRecovered])
    }

    @Test func `a target that cannot be reached is reported again when its cause changes`() {
        var harness = EngineHarness(.watching(["web"]))
        func missing(_ what: String) -> CallFailure {
            CallFailure(kind: .credentials, operation: nil, message: what, cause: "keys")
        }
        harness.outage = missing("no file")
        harness.feed(.targetUnusable("prod", missing("no file")))
        harness.run(.seconds(60))
        #expect(harness.kinds == [.targetDegraded])
        harness.feed(.targetUnusable("prod", missing("no Region")))
        harness.feed(.targetUnusable("prod", missing("no Region")))
        #expect(harness.kinds == [.targetDegraded, .targetDegraded])
        #expect(harness.engine.status.line.contains("degraded: prod (keys)"))
    }

    @Test func `the Region that a target gets is in its entries, and everything is polled`() {
        var configuration = Configuration.watching(["web", "api"])
        configuration.targets[0].region = ""
        var harness = EngineHarness(configuration)
        harness.states[.web] = quiet
        harness.states[PipelineKey(target: "prod", pipeline: "api")] = quiet
        let failure = CallFailure(kind: .unreachable, operation: nil, message: "no Region")
        harness.outage = failure
        harness.feed(.targetUnusable("prod", failure))
        harness.run(.seconds(600))
        #expect(harness.reports.first?.message.contains("Region not known yet") == true)
        #expect(harness.reports.first?.fields.contains { $0.0 == .region } == false)
        harness.outage = nil
        harness.reads = 0
        harness.feed(.targetPlanned("prod", region: "eu-west-3", rateGroup: "1/eu-west-3"))
        harness.run(.seconds(1))
        #expect(harness.reads >= 2, "each pipeline is looked at within a second")
        let last = harness.reports.last
        #expect(last?.kind == .targetRecovered)
        #expect(last?.fields.contains { $0.0 == .region && $0.1 == "eu-west-3" } == true)
        #expect(harness.engine.status.targets.first?.region == "eu-west-3")
    }

    @Test func `a removed pipeline ends its episodes, and is found again`() {
        var harness = EngineHarness(.watching())
        harness.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: harness.epoch)]
        )
        harness.run(.seconds(5))
        harness.states[.web] = nil
        harness.run(.seconds(120))
        #expect(harness.count(.stageRemoved) == 1)
        #expect(harness.count(.pipelineLost) == 1)
        harness.states[.web] = quiet
        harness.run(.seconds(1200))
        #expect(harness.count(.pipelineFound) == 1)
    }

    @Test func `the rate is kept, and throttling halves it`() {
        let names = (0..<50).map { PipelineName("p\($0)") }
        var harness = EngineHarness(.watching(names))
        for name in names { harness.states[PipelineKey(target: "prod", pipeline: name)] = quiet }
        harness.run(.seconds(60))
        harness.reads = 0
        harness.run(.seconds(600))
        #expect((950...1010).contains(harness.reads))
        harness.outage = CallFailure(kind: .throttled, operation: .getPipelineState, message: "")
        harness.reads = 0
        harness.run(.seconds(60))
        #expect(harness.reads < 60)
        #expect(harness.count(.throttled) == 1)
    }

    @Test func `discovery watches matching pipelines and drops removed ones`() {
        var configuration = Configuration.watching([])
        configuration.targets[0].pipelines = [
            PipelineEntry(
                selector: .match(Glob("svc-*"), except: [Glob("*-old")]),
                policy: .plain,
                stages: [:]
            )
        ]
        var harness = EngineHarness(configuration)
        let names: [PipelineName] = ["svc-a", "svc-b", "svc-old", "other"]
        for name in names { harness.states[PipelineKey(target: "prod", pipeline: name)] = quiet }
        harness.listed = names
        harness.run(.seconds(10))
        #expect(harness.engine.status.targets.map(\.pipelines) == [2])
        harness.listed = ["svc-a", "svc-c"]
        harness.run(.seconds(400))
        // A list that lacks it is not enough: it still answers.
        #expect(harness.engine.status.targets.map(\.pipelines) == [3])
        harness.states[PipelineKey(target: "prod", pipeline: "svc-b")] = nil
        harness.run(.seconds(700))
        #expect(harness.engine.status.targets.map(\.pipelines) == [2])
        #expect(harness.kinds.contains(.pipelineFound))
        #expect(harness.kinds.contains(.pipelineLost))
    }

    @Test func `a pause holds a due retry without consuming it, and resume lets it go`() {
        var harness = EngineHarness(.watching())
        harness.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: harness.epoch)]
        )
        harness.run(.seconds(5))
        harness.feed(
            .paused(Pause(scope: PauseScope(), reason: "release", uid: 0, until: nil))
        )
        harness.run(.seconds(600))
        #expect(harness.retries.isEmpty)
        #expect(harness.ledger.pauses.count == 1)
        harness.feed(.resumed(PauseScope(), uid: 0))
        harness.run(.seconds(30))
        #expect(harness.retries.count == 1)
        #expect(harness.ledger.pauses.isEmpty)
    }

    @Test func `a lost answer becomes a reached deadline`() {
        var harness = EngineHarness(.watching())
        harness.states[.web] = quiet
        harness.silent = true
        harness.run(.seconds(10))
        #expect(harness.engine.status.callsInFlight >= 1)
        harness.silent = false
        harness.run(.seconds(300))
        #expect(harness.reads > 3)
        #expect(harness.engine.status.callsInFlight == 0)
    }

    @Test func `an outage on many pipelines holds all, probes with one, then lets go`() {
        let names = (0..<6).map { PipelineName("p\($0)") }
        var configuration = Configuration.watching(names)
        configuration.outageHold = OutageHold(
            pipelines: 5,
            within: .seconds(600),
            probeEvery: .seconds(300)
        )
        var harness = EngineHarness(configuration)
        for (index, name) in names.enumerated() {
            harness.states[PipelineKey(target: "prod", pipeline: name)] = PipelineSnapshot(
                version: 1,
                stages: [.failed("queue full", attempt: index, at: harness.epoch)]
            )
        }
        harness.run(.seconds(250))
        #expect(harness.retries.isEmpty)
        #expect(harness.count(.outageHold) == 1)
        harness.run(.seconds(100))
        #expect(harness.retries.count == 1)
        if let probe = harness.retries.first?.1 {
            harness.change(probe) { $0.latest?.status = .succeeded }
        }
        harness.run(.seconds(120))
        #expect(harness.count(.outageOver) == 1)
        #expect(harness.retries.count == 6)
    }

    @Test func `an idle pipeline is decoded once, then only its digest is compared`() {
        var harness = EngineHarness(.watching())
        harness.states[.web] = quiet
        harness.run(.seconds(600))
        #expect(harness.reads > 15)
        #expect(harness.decodes == 1)
        harness.states[.web]?.stages[0].latest?.id = .second
        harness.run(.seconds(600))
        #expect(harness.decodes == 2)
    }

    @Test func `a failure with a reported end is not decoded again, until the state changes`() {
        var policy = StagePolicy.plain
        policy.maxRetries = 0
        var harness = EngineHarness(.watching(["web"], policy))
        harness.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: harness.epoch)]
        )
        harness.run(.seconds(60))
        #expect(
            harness.kinds.contains(.retriesExhausted) || harness.kinds.contains(.stageNotRetried)
        )
        let decodes = harness.decodes
        harness.run(.seconds(600))
        #expect(harness.decodes == decodes)
        harness.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", attempt: 2, at: harness.wall, execution: .second)]
        )
        harness.run(.seconds(60))
        #expect(harness.count(.stageFailed) == 2)
        let again = harness.decodes
        harness.run(.seconds(600))
        #expect(harness.decodes == again)
    }

    @Test func `a pipeline without activity for hours is polled every two minutes`() {
        var harness = EngineHarness(.watching())
        harness.states[.web] = quiet
        harness.run(.seconds(3 * 3600))
        harness.reads = 0
        harness.run(.seconds(3600))
        #expect((29...31).contains(harness.reads))
        harness.states[.web]?.stages[0].latest?.status = .inProgress
        harness.run(.seconds(130))
        harness.reads = 0
        harness.run(.seconds(300))
        #expect((29...31).contains(harness.reads))
    }

    @Test func `polls go out together, once a second`() {
        let names = (0..<300).map { PipelineName("p\($0)") }
        var configuration = Configuration.watching(names)
        configuration.poll.maxRate = 50
        configuration.poll.maxInFlight = 1000
        var harness = EngineHarness(configuration)
        for name in names { harness.states[PipelineKey(target: "prod", pipeline: name)] = quiet }
        harness.run(.seconds(120))
        harness.reads = 0
        var times: Set<Instant> = []
        harness.run(.seconds(60)) { harness in
            let before = harness.reads
            harness.feed(.deadlineReached)
            if harness.reads > before { times.insert(harness.now) }
        }
        #expect((590...610).contains(harness.reads))
        #expect(times.count <= 61)
    }

    @Test func `more pipelines than the rate allows are reported once, and once that they fit`() {
        let names = (0..<212).map { PipelineName("p\($0)") }
        var harness = EngineHarness(.watching(names))
        for name in names { harness.states[PipelineKey(target: "prod", pipeline: name)] = quiet }
        harness.run(.seconds(600))
        #expect(harness.kinds == [.pollingSlowed])
        let text =
            "target prod (eu-west-1): polling 212 pipelines every 30s needs 7.1 requests/s, "
            + "the limit is 5; each is polled every 42s on average"
        #expect(harness.reports.map(\.message) == [text])
        harness.feed(.reloaded(.watching(Array(names.prefix(150)))))
        harness.run(.seconds(60))
        #expect(harness.kinds == [.pollingSlowed, .pollingSlowed])
        #expect(harness.reports.last?.level == .info)
    }

    @Test func `under a short rate active pipelines are seen far sooner than idle ones`() {
        let names = (0..<400).map { PipelineName("p\($0)") }
        var harness = EngineHarness(.watching(names))
        var moving = quiet
        moving.stages[0].latest?.status = .inProgress
        for (index, name) in names.enumerated() {
            harness.states[PipelineKey(target: "prod", pipeline: name)] =
                index < 20 ? moving : quiet
        }
        harness.run(.seconds(600))
        let before = harness.polls
        harness.run(.seconds(600))
        let counts = names.map { name in
            let key = PipelineKey(target: "prod", pipeline: name)
            return (harness.polls[key] ?? 0) - (before[key] ?? 0)
        }
        // 20 active pipelines take 2 of 5 requests/s: each is seen every 11 s instead of the
        // configured 10; the other 380 share the rest, and none goes without.
        #expect(counts.prefix(20).allSatisfy { (54...61).contains($0) }, "\(counts.prefix(20))")
        #expect(counts.dropFirst(20).allSatisfy { (3...6).contains($0) }, "\(counts.dropFirst(20))")
    }
}
