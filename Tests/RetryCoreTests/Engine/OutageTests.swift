import Primitives
import Testing

@testable import RetryCore

/// `outage_hold`: one probe after the other, and nobody waits for a slow one.
@Suite struct OutageTests {
    /// So many pipelines with the same error; the last of them stays well when asked.
    private func failing(_ count: Int, well: Int = 0, within: Duration = .seconds(600)) -> Bench {
        let names = (0..<count).map { PipelineName("p\($0)") }
        var configuration = Configuration.watching(names)
        configuration.outageHold = OutageHold(
            pipelines: 5,
            within: within,
            probeEvery: .seconds(300)
        )
        var bench = Bench(configuration)
        for (index, name) in names.enumerated() {
            bench.states[PipelineKey(target: "prod", pipeline: name)] =
                index >= count - well
                ? .quiet
                : PipelineSnapshot(
                    version: 1,
                    stages: [.failed("queue full", attempt: index, at: bench.epoch)]
                )
        }
        return bench
    }

    private func fail(_ name: PipelineName, _ message: String, in bench: inout Bench) {
        bench.states[PipelineKey(target: "prod", pipeline: name)] = PipelineSnapshot(
            version: 1,
            stages: [.failed(message, attempt: 50, at: bench.wall, execution: .second)]
        )
    }

    private func probe(_ bench: Bench, _ index: Int) throws -> EpisodeKey {
        try #require(bench.retries.count > index ? bench.retries[index].1 : nil)
    }

    @Test func `a probe that succeeds after within ends the hold all the same`() throws {
        var bench = failing(7, well: 1, within: .seconds(600))
        bench.run(.seconds(345))
        let first = try probe(bench, 0)
        // The probe's build takes twenty minutes; meanwhile another pipeline fails the same way.
        bench.run(.seconds(590))
        fail("p6", "queue full", in: &bench)
        bench.run(.seconds(600))
        #expect(bench.count(.outageOver) == 0)
        bench.change(first) { $0.latest?.status = .succeeded }
        bench.run(.seconds(60))
        #expect(bench.count(.outageOver) == 1)
        #expect(bench.count(.outageHold) == 1)
    }

    @Test func `a probe whose stage runs for hours keeps nobody waiting`() {
        var bench = failing(6)
        bench.run(.seconds(345))
        #expect(bench.retries.count == 1)
        bench.run(.seconds(5 * 3600))
        // One more every five minutes until all six are let through, and no sooner.
        #expect(bench.retries.count == 6)
        let times = bench.retries.map(\.at)
        #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 >= .seconds(300) })
        #expect(bench.count(.retriesExhausted) == 0)
        #expect(bench.count(.outageOver) == 0)
    }

    @Test func `a probe that a pause defers keeps nobody waiting`() throws {
        var bench = failing(6)
        bench.holdsRetry = true
        bench.run(.seconds(295))
        #expect(bench.retries.isEmpty)
        // The first that would be let through is paused in the moment in which it is chosen.
        bench.feed(
            .paused(Pause(scope: PauseScope(pipeline: "p0"), reason: "x", uid: 0, until: nil))
        )
        bench.run(.seconds(20))
        bench.holdsRetry = false
        bench.run(.seconds(310))
        #expect(bench.retries.contains { $0.1.pipeline.pipeline != "p0" })
    }

    @Test func `a failed probe is followed by another pipeline's, probe_every later`() throws {
        var bench = failing(6)
        bench.run(.seconds(345))
        let first = try probe(bench, 0)
        bench.run(.seconds(100))
        let time = bench.wall
        bench.change(first) { $0.failsAgain("queue full", at: time) }
        bench.run(.seconds(299))
        #expect(bench.retries.count == 1)
        bench.run(.seconds(40))
        #expect(bench.retries.count == 2)
        #expect(try probe(bench, 1) != first)
        #expect(bench.retries[1].at - time >= .seconds(300))
    }

    @Test func `a probe that fails with another error proves nothing, and the next one goes`()
        throws
    {
        var bench = failing(6)
        bench.run(.seconds(345))
        let first = try probe(bench, 0)
        let time = bench.wall
        bench.change(first) { $0.failsAgain("a test is red", at: time) }
        bench.run(.seconds(400))
        #expect(bench.count(.outageOver) == 0)
        #expect(bench.retries.contains { $0.1 != first })
        // What recovers now says nothing of the first error.
        bench.change(first) { $0.latest?.status = .succeeded }
        bench.run(.seconds(30))
        #expect(bench.count(.outageOver) == 0)
    }

    @Test func `a stage with the error that somebody else retried ends the hold, another does not`()
    {
        var bench = failing(7, well: 1)
        fail("p6", "a test is red", in: &bench)
        bench.run(.seconds(60))
        #expect(bench.count(.outageHold) == 1)
        bench.change(.of("p6", .second)) { $0.latest?.status = .succeeded }
        bench.run(.seconds(60))
        #expect(bench.count(.outageOver) == 0)
        bench.change(.of("p3", .first)) { $0.latest?.status = .succeeded }
        bench.run(.seconds(60))
        #expect(bench.count(.outageOver) == 1)
        #expect(bench.count(.stageRecovered) == 2)
    }

    @Test func `a probe that is superseded makes room for another at once`() throws {
        var bench = failing(6)
        bench.run(.seconds(345))
        let first = try probe(bench, 0)
        bench.states[first.pipeline] = .quiet
        bench.change(first) { $0.latest?.id = .second }
        bench.run(.seconds(60))
        #expect(bench.count(.stageSuperseded) == 1)
        #expect(bench.retries.count == 2)
    }

    @Test
    func `a hold ends when no failed stage is left, and errors that never hold are forgotten`() {
        var bench = failing(6)
        bench.run(.seconds(60))
        #expect(bench.count(.outageHold) == 1)
        bench.states = bench.states.mapValues { _ in nil }.compactMapValues { $0 }
        bench.run(.seconds(1200))
        #expect(bench.count(.outageOver) == 1)
        #expect(bench.engine.holds.outages.all.isEmpty)
    }

    @Test func `different errors without end are counted up to a bound`() {
        var bench = failing(6, well: 6, within: .seconds(86_400))
        func word(_ number: Int) -> String {
            var text = ""
            var rest = number
            repeat {
                text.append(Character(UnicodeScalar(UInt8(97 + rest % 26))))
                rest /= 26
            } while rest > 0
            return text
        }
        for round in 0..<230 {
            let execution = ExecutionID("\(round)")
            bench.states[PipelineKey(target: "prod", pipeline: "p0")] = PipelineSnapshot(
                version: 1,
                stages: [.failed("error \(word(round))x", at: bench.wall, execution: execution)]
            )
            bench.run(.seconds(15))
        }
        #expect(bench.count(.stageFailed) > 205)
        #expect(bench.engine.holds.outages.all.count == 200)
    }
}

extension PipelineSnapshot {
    /// One stage that succeeded.
    static let quiet = PipelineSnapshot(
        version: 1,
        stages: [
            StageSnapshot(name: "Build", latest: StageExecution(id: .first, status: .succeeded))
        ]
    )
}

extension EpisodeKey {
    /// An execution of the stage of a pipeline of the bench's own target.
    static func of(_ pipeline: PipelineName, _ execution: ExecutionID) -> EpisodeKey {
        EpisodeKey(
            pipeline: PipelineKey(target: "prod", pipeline: pipeline),
            stage: "Build",
            execution: execution
        )
    }
}
