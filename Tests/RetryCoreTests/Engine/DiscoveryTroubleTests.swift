import Testing

@testable import RetryCore

/// Lists, refusals and reloads of targets whose pipelines are found by name.
@Suite struct DiscoveryTroubleTests {
    @Test func `keys of another account end no episode of pipelines that a list had found`() {
        let names: [PipelineName] = ["a", "b", "c", "d"]
        var bench = Bench(.discovering)
        bench.listed = names
        for name in names {
            bench.states[.prod(name)] = PipelineSnapshot(
                version: 1,
                stages: [.failed("queue full", at: bench.epoch)]
            )
        }
        bench.run(.seconds(10))
        let good = bench.states
        bench.states = [:]
        bench.listed = ["other"]
        bench.states[.prod("other")] = .quiet
        bench.run(.seconds(3600))
        #expect(bench.count(.stageNotRetried) == 0)
        #expect(bench.count(.stageRemoved) == 0)
        bench.listed = names
        bench.states = good
        bench.run(.seconds(1500))
        #expect(bench.retries.count == 4)
    }

    @Test func `a pipeline that was deleted with its failure is gone, not unwatched`() {
        var bench = Bench(.discovering)
        bench.listed = ["a", "b", "c", "web"]
        for name in bench.listed { bench.states[.prod(name)] = .quiet }
        bench.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: bench.epoch)]
        )
        bench.change(.web) { $0.transitionEnabled = false }
        bench.run(.seconds(10))
        bench.states[.web] = nil
        bench.listed = ["a", "b", "c"]
        bench.run(.seconds(3600))
        #expect(bench.count(.stageRemoved) == 1)
        #expect(bench.count(.pipelineLost) == 1)
        #expect(bench.engine.fleet.pipelines[.web] == nil)
    }

    @Test func `a target that a reload lets name its pipelines lists no more, and recovers`() {
        var bench = Bench(.discovering)
        bench.listFailure = CallFailure(
            kind: .accessDenied,
            operation: "ListPipelines",
            message: "no"
        )
        bench.run(.seconds(60))
        #expect(bench.count(.targetDegraded) == 1)
        bench.states[.web] = .quiet
        bench.feed(.reloaded(.watching()))
        bench.run(.seconds(3600))
        #expect(bench.count(.targetRecovered) == 1)
        #expect(bench.engine.fleet.listings.count == 0)
    }

    @Test func `pipelines that come, fail and go leave nothing behind`() {
        var configuration = Configuration.discovering
        configuration.poll.maxRate = 1000
        configuration.targets[0].pipelines[0].policy.never = true
        var bench = Bench(configuration)
        for round in 0..<3 {
            let names = (0..<600).map { PipelineName("branch-\(round)-\($0)") }
            for name in names {
                bench.states[.prod(name)] = PipelineSnapshot(
                    version: 1,
                    stages: [.failed("queue full", at: bench.wall)]
                )
            }
            bench.states[.prod("main")] = .quiet
            bench.listed = ["main"] + names
            bench.run(.seconds(400))
            for name in names { bench.states[.prod(name)] = nil }
            bench.listed = ["main"]
            bench.run(.seconds(1600))
        }
        #expect(bench.count(.stageNotRetried) == 1800)
        #expect(bench.engine.fleet.pipelines.count == 1)
        #expect(bench.engine.episodes.live.count + bench.engine.episodes.ended.count == 0)
        #expect(bench.engine.episodes.nextDeadline == nil)
    }
}
