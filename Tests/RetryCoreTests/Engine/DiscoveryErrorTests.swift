import Primitives
import Testing

@testable import RetryCore

/// Lists, refusals and reloads of targets whose pipelines are discovered.
@Suite struct DiscoveryErrorTests {
    @Test func `credentials of another account end no episode of listed pipelines`() {
        let names: [PipelineName] = ["a", "b", "c", "d"]
        var harness = EngineHarness(.discovering)
        harness.listed = names
        for name in names {
            harness.states[.prod(name)] = PipelineSnapshot(
                version: 1,
                stages: [.failed("queue full", at: harness.epoch)]
            )
        }
        harness.run(.seconds(10))
        let good = harness.states
        harness.states = [:]
        harness.listed = ["other"]
        harness.states[.prod("other")] = .quiet
        harness.run(.seconds(3600))
        #expect(harness.count(.stageNotRetried) == 0)
        #expect(harness.count(.stageRemoved) == 0)
        harness.listed = names
        harness.states = good
        harness.run(.seconds(1500))
        #expect(harness.retries.count == 4)
    }

    @Test func `a pipeline that was deleted with its failure is removed, not unwatched`() {
        var harness = EngineHarness(.discovering)
        harness.listed = ["a", "b", "c", "web"]
        for name in harness.listed { harness.states[.prod(name)] = .quiet }
        harness.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: harness.epoch)]
        )
        harness.change(.web) { $0.transitionEnabled = false }
        harness.run(.seconds(10))
        harness.states[.web] = nil
        harness.listed = ["a", "b", "c"]
        harness.run(.seconds(3600))
        #expect(harness.count(.stageRemoved) == 1)
        #expect(harness.count(.pipelineLost) == 1)
        #expect(harness.engine.fleet.pipelines[.web] == nil)
    }

    @Test func `a target that a reload makes name its pipelines lists no more, and recovers`() {
        var harness = EngineHarness(.discovering)
        harness.listFailure = CallFailure(
            kind: .accessDenied,
            operation: .listPipelines,
            message: "no"
        )
        harness.run(.seconds(60))
        #expect(harness.count(.targetDegraded) == 1)
        harness.states[.web] = .quiet
        harness.feed(.reloaded(.watching()))
        harness.run(.seconds(3600))
        #expect(harness.count(.targetRecovered) == 1)
        #expect(harness.engine.fleet.listings.count == 0)
    }

    @Test func `pipelines that are created, fail and are deleted leave nothing behind`() {
        var configuration = Configuration.discovering
        configuration.poll.maxRate = 1000
        configuration.targets[0].pipelines[0].policy.never = true
        var harness = EngineHarness(configuration)
        for round in 0..<3 {
            let names = (0..<600).map { PipelineName("branch-\(round)-\($0)") }
            for name in names {
                harness.states[.prod(name)] = PipelineSnapshot(
                    version: 1,
                    stages: [.failed("queue full", at: harness.wall)]
                )
            }
            harness.states[.prod("main")] = .quiet
            harness.listed = ["main"] + names
            harness.run(.seconds(400))
            for name in names { harness.states[.prod(name)] = nil }
            harness.listed = ["main"]
            harness.run(.seconds(1600))
        }
        #expect(harness.count(.stageNotRetried) == 1800)
        #expect(harness.engine.fleet.pipelines.count == 1)
        #expect(harness.engine.episodes.live.count + harness.engine.episodes.ended.count == 0)
        #expect(harness.engine.episodes.nextDeadline == nil)
    }
}
