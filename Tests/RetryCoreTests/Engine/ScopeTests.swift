import Testing

@testable import RetryCore

/// Which names a pause can mean, and how many pauses there can be.
@Suite struct ScopeTests {
    private func target(_ name: TargetName, _ pipelines: [PipelineName]) -> Target {
        Target(
            name: name,
            region: "eu-west-1",
            rateGroup: name.text,
            pipelines: pipelines.map {
                PipelineEntry(selector: .name($0), policy: .plain, stages: [:])
            }
        )
    }

    /// Two targets: `one` with `api` and `web`, `two` with `web`; each pipeline has a stage.
    private func bench(reads definitions: Bool = true) -> Bench {
        var bench = Bench(
            Configuration(targets: [target("one", ["api", "web"]), target("two", ["web"])])
        )
        for (name, stage) in [("one", "Build"), ("two", "Deploy")] as [(TargetName, StageName)] {
            for pipeline in ["api", "web"] as [PipelineName] {
                let key = PipelineKey(target: name, pipeline: pipeline)
                bench.states[key] = PipelineSnapshot(
                    version: 1,
                    stages: [
                        StageSnapshot(
                            name: stage,
                            latest: StageExecution(id: .first, status: .succeeded)
                        )
                    ]
                )
                guard !definitions else { continue }
                let late = CallFailure(kind: .trouble, operation: "GetPipeline", message: "late")
                bench.definitions[key] = .failed(late)
            }
        }
        bench.run(.seconds(60))
        return bench
    }

    @Test func `without parts a scope means every target and pipeline`() {
        let names = bench().engine.names(in: PauseScope())
        #expect(names == ScopeNames(targets: ["one", "two"], pipelines: ["api", "web"]))
    }

    @Test func `a target's scope means its pipelines, a pipeline's their stages`() {
        let engine = bench().engine
        let one = engine.names(in: PauseScope(target: "one", stage: "x"))
        #expect(one.pipelines == ["api", "web"])
        #expect(one.stages == ["Build"])
        #expect(engine.names(in: PauseScope(target: "two")).pipelines == ["web"])
        let web = engine.names(in: PauseScope(pipeline: "web", stage: "x"))
        #expect(web.stages == ["Build", "Deploy"])
        let api = engine.names(in: PauseScope(pipeline: "api", stage: "x"))
        #expect(api.stages == ["Build"])
    }

    @Test func `stages are not known before every definition is, nor pipelines before a list`() {
        let engine = bench(reads: false).engine
        #expect(engine.names(in: PauseScope(stage: "x")).stages == nil)
        var bench = Bench(.discovering)
        bench.listFailure = CallFailure(kind: .trouble, operation: "ListPipelines", message: "")
        bench.run(.seconds(10))
        #expect(bench.engine.names(in: PauseScope()).pipelines == nil)
        #expect(bench.engine.names(in: PauseScope(target: "other")).pipelines == [])
        bench.listFailure = nil
        bench.run(.seconds(120))
        #expect(bench.engine.names(in: PauseScope()).pipelines == [])
    }

    @Test(arguments: [
        (PauseScope(), false), (PauseScope(target: "one"), false),
        (PauseScope(target: "three"), true), (PauseScope(pipeline: "api"), false),
        (PauseScope(target: "two", pipeline: "api"), true),
        (PauseScope(pipeline: "web", stage: "Deploy"), false),
        (PauseScope(target: "one", pipeline: "web", stage: "Deploy"), true),
    ])
    func `a scope lacks what is surely not there`(_ scope: PauseScope, _ lacks: Bool) {
        #expect(bench().engine.names(in: scope).lack(scope) == lacks)
    }

    @Test func `a thousand pauses leave no room but for their own scopes, or where one is void`() {
        var bench = bench()
        func pause(_ scope: PauseScope) -> Event {
            .paused(Pause(scope: scope, reason: "x", uid: 0, until: nil))
        }
        let mine = PauseScope(target: "one", pipeline: "web", stage: "Build")
        for scope in [PauseScope(), PauseScope(target: "one"), mine] { bench.feed(pause(scope)) }
        for number in 3..<Engine.mostPauses {
            let pipeline = PipelineName("gone-\(number)")
            #expect(bench.engine.hasRoom(for: PauseScope(pipeline: pipeline)))
            bench.feed(pause(PauseScope(pipeline: pipeline)))
        }
        #expect(bench.engine.holds.pauses.all.count == Engine.mostPauses)
        #expect(bench.engine.hasRoom(for: PauseScope(target: "two")))
        // One of the same scope takes the other's place, and nothing has to go.
        bench.feed(pause(mine))
        #expect(bench.engine.holds.pauses.all.count == Engine.mostPauses)
        #expect(bench.count(.resumed) == 0)
        bench.feed(pause(PauseScope(target: "two")))
        #expect(bench.engine.holds.pauses.all.count == 4)
        #expect(bench.count(.resumed) == Engine.mostPauses - 3)
        #expect(bench.ledger.pauses.count == 4)
    }

    @Test func `where every one of a thousand pauses holds something there is room for none`() {
        let names = (0..<Engine.mostPauses).map { PipelineName("p\($0)") }
        var bench = Bench(.watching(names + ["web"]))
        bench.silent = true
        for name in names {
            let scope = PauseScope(pipeline: name)
            bench.feed(.paused(Pause(scope: scope, reason: "x", uid: 0, until: nil)))
        }
        #expect(!bench.engine.hasRoom(for: PauseScope(pipeline: "web")))
        #expect(bench.engine.hasRoom(for: PauseScope(pipeline: "p7")))
    }
}
