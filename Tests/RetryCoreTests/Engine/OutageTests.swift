import Primitives
import Testing

@testable import RetryCore

/// `outage_hold`: one probe after the other, and none waits for a slow one.
@Suite struct OutageTests {
    /// This many pipelines with the same error; the last of them recover on request.
    private func failing(_ count: Int, well: Int = 0, within: Duration = .seconds(600))
        -> EngineHarness
    {
        let names = (0..<count).map { PipelineName("p\($0)") }
        var configuration = Configuration.watching(names)
        configuration.outageHold = OutageHold(
            pipelines: 5,
            within: within,
            probeEvery: .seconds(300)
        )
        var harness = EngineHarness(configuration)
        for (index, name) in names.enumerated() {
            harness.states[PipelineKey(target: "prod", pipeline: name)] =
                index >= count - well
                ? .quiet
                : PipelineSnapshot(
                    version: 1,
                    stages: [.failed("queue full", attempt: index, at: harness.epoch)]
                )
        }
        return harness
    }

    private func fail(_ name: PipelineName, _ message: String, in harness: inout EngineHarness) {
        harness.states[PipelineKey(target: "prod", pipeline: name)] = PipelineSnapshot(
            version: 1,
            stages: [.failed(message, attempt: 50, at: harness.wall, execution: .second)]
        )
    }

    private func probe(_ harness: EngineHarness, _ index: Int) throws -> EpisodeKey {
        try #require(harness.retries.count > index ? harness.retries[index].1 : nil)
    }

    @Test func `a probe that succeeds after within still ends the hold`() throws {
        var harness = failing(7, well: 1, within: .seconds(600))
        harness.run(.seconds(345))
        let first = try probe(harness, 0)
        // The probe's build takes twenty minutes; meanwhile another pipeline fails the same way.
        harness.run(.seconds(590))
        fail("p6", "queue full", in: &harness)
        harness.run(.seconds(600))
        #expect(harness.count(.outageOver) == 0)
        harness.change(first) { $0.latest?.status = .succeeded }
        harness.run(.seconds(60))
        #expect(harness.count(.outageOver) == 1)
        #expect(harness.count(.outageHold) == 1)
    }

    @Test func `a probe whose stage runs for hours does not delay the others`() {
        var harness = failing(6)
        harness.run(.seconds(345))
        #expect(harness.retries.count == 1)
        harness.run(.seconds(5 * 3600))
        // One more every five minutes until all six are released, and not before.
        #expect(harness.retries.count == 6)
        let times = harness.retries.map(\.at)
        #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 >= .seconds(300) })
        #expect(harness.count(.retriesExhausted) == 0)
        #expect(harness.count(.outageOver) == 0)
    }

    @Test func `a probe that a pause defers does not delay the others`() throws {
        var harness = failing(6)
        harness.holdsRetry = true
        harness.run(.seconds(295))
        #expect(harness.retries.isEmpty)
        // The first that would be released is paused in the moment in which it is chosen.
        harness.feed(
            .paused(Pause(scope: PauseScope(pipeline: "p0"), reason: "x", uid: 0, until: nil))
        )
        harness.run(.seconds(20))
        harness.holdsRetry = false
        harness.run(.seconds(310))
        #expect(harness.retries.contains { $0.1.pipeline.pipeline != "p0" })
    }

    @Test func `a failed probe is followed by another pipeline's, probe_every later`() throws {
        var harness = failing(6)
        harness.run(.seconds(345))
        let first = try probe(harness, 0)
        harness.run(.seconds(100))
        let time = harness.wall
        harness.change(first) { $0.failsAgain("queue full", at: time) }
        harness.run(.seconds(299))
        #expect(harness.retries.count == 1)
        harness.run(.seconds(40))
        #expect(harness.retries.count == 2)
        #expect(try probe(harness, 1) != first)
        #expect(harness.retries[1].at - time >= .seconds(300))
    }

    @Test func `a probe that fails with another error proves nothing, and the next one goes`()
        throws
    {
        var harness = failing(6)
        harness.run(.seconds(345))
        let first = try probe(harness, 0)
        let time = harness.wall
        harness.change(first) { $0.failsAgain("a test is red", at: time) }
        harness.run(.seconds(400))
        #expect(harness.count(.outageOver) == 0)
        #expect(harness.retries.contains { $0.1 != first })
        // A recovery now proves nothing about the first error.
        harness.change(first) { $0.latest?.status = .succeeded }
        harness.run(.seconds(30))
        #expect(harness.count(.outageOver) == 0)
    }

    @Test func `a stage with the error that somebody else retried ends the hold, another does not`()
    {
        var harness = failing(7, well: 1)
        fail("p6", "a test is red", in: &harness)
        harness.run(.seconds(60))
        #expect(harness.count(.outageHold) == 1)
        harness.change(.of("p6", .second)) { $0.latest?.status = .succeeded }
        harness.run(.seconds(60))
        #expect(harness.count(.outageOver) == 0)
        harness.change(.of("p3", .first)) { $0.latest?.status = .succeeded }
        harness.run(.seconds(60))
        #expect(harness.count(.outageOver) == 1)
        #expect(harness.count(.stageRecovered) == 2)
    }

    @Test func `a probe that is superseded makes room for another at once`() throws {
        var harness = failing(6)
        harness.run(.seconds(345))
        let first = try probe(harness, 0)
        harness.states[first.pipeline] = .quiet
        harness.change(first) { $0.latest?.id = .second }
        harness.run(.seconds(60))
        #expect(harness.count(.stageSuperseded) == 1)
        #expect(harness.retries.count == 2)
    }

    @Test
    func `a hold ends when no failed stage is left, and errors that never hold are forgotten`() {
        var harness = failing(6)
        harness.run(.seconds(60))
        #expect(harness.count(.outageHold) == 1)
        harness.states = harness.states.mapValues { _ in nil }.compactMapValues { $0 }
        harness.run(.seconds(1200))
        #expect(harness.count(.outageOver) == 1)
        #expect(harness.engine.holds.outages.all.isEmpty)
    }

    @Test func `an endless series of different errors is counted up to a limit`() {
        var harness = failing(6, well: 6, within: .seconds(86_400))
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
            harness.states[PipelineKey(target: "prod", pipeline: "p0")] = PipelineSnapshot(
                version: 1,
                stages: [.failed("error \(word(round))x", at: harness.wall, execution: execution)]
            )
            harness.run(.seconds(15))
        }
        #expect(harness.count(.stageFailed) > 205)
        #expect(harness.engine.holds.outages.all.count == 200)
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
    /// An execution of the stage of a pipeline of the harness's own target.
    static func of(_ pipeline: PipelineName, _ execution: ExecutionID) -> EpisodeKey {
        EpisodeKey(
            pipeline: PipelineKey(target: "prod", pipeline: pipeline),
            stage: "Build",
            execution: execution
        )
    }
}
