import Primitives
import Testing

@testable import RetryCore

/// Which names a pause can mean, and how many pauses there can be.
@Suite struct ScopeTests {
    private func target(_ name: TargetName, _ pipelines: [PipelineName]) -> Target {
        Target(
            name: name,
            region: "eu-west-1",
            rateGroup: RateGroup(name.text),
            pipelines: pipelines.map {
                PipelineEntry(selector: .name($0), policy: .plain, stages: [:])
            }
        )
    }

    /// Two targets: `one` with `api` and `web`, `two` with `web`; each pipeline has a stage.
    private func harness(reads definitions: Bool = true) -> EngineHarness {
        var harness = EngineHarness(
            Configuration(targets: [target("one", ["api", "web"]), target("two", ["web"])])
        )
        for (name, stage) in [("one", "Build"), ("two", "Deploy")] as [(TargetName, StageName)] {
            for pipeline in ["api", "web"] as [PipelineName] {
                let key = PipelineKey(target: name, pipeline: pipeline)
                harness.states[key] = PipelineSnapshot(
                    version: 1,
                    stages: [
                        StageSnapshot(
                            name: stage,
                            latest: StageExecution(id: .first, status: .succeeded)
                        )
                    ]
                )
                guard !definitions else { continue }
                let late = CallFailure(
                    kind: .serverError,
                    operation: .getPipeline,
                    message: "late"
                )
                harness.definitions[key] = .failed(late)
            }
        }
        harness.run(.seconds(60))
        return harness
    }

    @Test func `a scope without parts covers every target and pipeline`() {
        let names = harness().engine.names(in: PauseScope())
        #expect(names == ScopeNames(targets: ["one", "two"], pipelines: ["api", "web"]))
    }

    @Test func `a target's scope covers its pipelines, a pipeline's their stages`() {
        let engine = harness().engine
        let one = engine.names(in: PauseScope(target: "one", stage: "x"))
        #expect(one.pipelines == ["api", "web"])
        #expect(one.stages == ["Build"])
        #expect(engine.names(in: PauseScope(target: "two")).pipelines == ["web"])
        let web = engine.names(in: PauseScope(pipeline: "web", stage: "x"))
        #expect(web.stages == ["Build", "Deploy"])
        let api = engine.names(in: PauseScope(pipeline: "api", stage: "x"))
        #expect(api.stages == ["Build"])
    }

    @Test func `a failed stage that the definition does not name is a name all the same`() {
        var harness = EngineHarness.failing()
        harness.definitions[.web] = .read(
            PipelineDefinition(version: 9, executionMode: .superseded, stages: ["Other": .init()]),
            at: harness.wall
        )
        harness.run(.seconds(20))
        let names = harness.engine.names(in: PauseScope(pipeline: "web", stage: "x"))
        #expect(names.stages == ["Build", "Other"])
    }

    @Test func `stages are not known before every definition is, nor pipelines before a list`() {
        let engine = harness(reads: false).engine
        #expect(engine.names(in: PauseScope(stage: "x")).stages == nil)
        var harness = EngineHarness(.discovering)
        harness.listFailure = CallFailure(
            kind: .serverError,
            operation: .listPipelines,
            message: ""
        )
        harness.run(.seconds(10))
        #expect(harness.engine.names(in: PauseScope()).pipelines == nil)
        #expect(harness.engine.names(in: PauseScope(target: "other")).pipelines == [])
        harness.listFailure = nil
        harness.run(.seconds(120))
        #expect(harness.engine.names(in: PauseScope()).pipelines == [])
    }

    @Test(arguments: [
        (PauseScope(), false), (PauseScope(target: "one"), false),
        (PauseScope(target: "three"), true), (PauseScope(pipeline: "api"), false),
        (PauseScope(target: "two", pipeline: "api"), true),
        (PauseScope(pipeline: "web", stage: "Deploy"), false),
        (PauseScope(target: "one", pipeline: "web", stage: "Deploy"), true),
    ])
    func `a scope lacks only what certainly does not exist`(_ scope: PauseScope, _ lacks: Bool) {
        #expect(harness().engine.names(in: scope).lack(scope) == lacks)
    }

    @Test func `a thousand pauses leave room only for their own scopes, or if one is void`() {
        var harness = harness()
        func pause(_ scope: PauseScope) -> Event {
            .paused(Pause(scope: scope, reason: "x", uid: 0, until: nil))
        }
        let mine = PauseScope(target: "one", pipeline: "web", stage: "Build")
        for scope in [PauseScope(), PauseScope(target: "one"), mine] { harness.feed(pause(scope)) }
        for number in 3..<Engine.mostPauses {
            let pipeline = PipelineName("gone-\(number)")
            #expect(harness.engine.hasRoom(for: PauseScope(pipeline: pipeline)))
            harness.feed(pause(PauseScope(pipeline: pipeline)))
        }
        #expect(harness.engine.holds.pauses.all.count == Engine.mostPauses)
        #expect(harness.engine.hasRoom(for: PauseScope(target: "two")))
        // One of the same scope replaces the other, and nothing has to be dropped.
        harness.feed(pause(mine))
        #expect(harness.engine.holds.pauses.all.count == Engine.mostPauses)
        #expect(harness.count(.resumed) == 0)
        harness.feed(pause(PauseScope(target: "two")))
        #expect(harness.engine.holds.pauses.all.count == 4)
        #expect(harness.count(.resumed) == Engine.mostPauses - 3)
        #expect(harness.ledger.pauses.count == 4)
    }

    @Test func `when every one of a thousand pauses holds something there is no room`() {
        let names = (0..<Engine.mostPauses).map { PipelineName("p\($0)") }
        var harness = EngineHarness(.watching(names + ["web"]))
        harness.silent = true
        for name in names {
            let scope = PauseScope(pipeline: name)
            harness.feed(.paused(Pause(scope: scope, reason: "x", uid: 0, until: nil)))
        }
        #expect(!harness.engine.hasRoom(for: PauseScope(pipeline: "web")))
        #expect(harness.engine.hasRoom(for: PauseScope(pipeline: "p7")))
    }
}
