import Primitives
import Testing

@testable import RetryCore

/// A pipeline that leaves PARALLEL mode, and may come back to it, or is made again.
@Suite struct ParallelChangeTests {
    @Test func `a refusal because of the mode outlasts a time in another mode`() {
        var harness = EngineHarness.parallel()
        let failure = CallFailure(kind: .invalid, operation: .retryStageExecution, message: "mode")
        harness.retryAnswers = [.refused(.notRetryable, failure)]
        harness.beginFailed(.run(1))
        harness.run(.seconds(600))
        #expect(harness.count(.parallelRefused) == 1)
        harness.leaveParallel(version: 2)
        harness.run(.seconds(1200))
        #expect(!harness.isParallel)
        #expect(harness.engine.fleet.parallel.isEmpty)
        harness.becomeParallel(version: 3)
        harness.run(.seconds(300))
        #expect(harness.isParallel)
        harness.beginFailed(.run(2))
        harness.nameVersion(3, of: .run(2))
        harness.run(.seconds(600))
        #expect(harness.retries.map(\.1.execution) == [.run(1)])
        #expect(harness.count(.parallelRefused) == 1)
        #expect(harness.ledger.episodes.map(\.reason) == [.parallelRefused, .parallelRefused])
        harness.run(.seconds(86_400))
        harness.beginFailed(.run(3))
        harness.nameVersion(3, of: .run(3))
        harness.run(.seconds(600))
        #expect(harness.retries.map(\.1.execution) == [.run(1), .run(3)])
    }

    @Test func `a refusal is forgotten with a pipeline that is not watched any more`() {
        var harness = EngineHarness.parallel()
        let failure = CallFailure(kind: .invalid, operation: .retryStageExecution, message: "mode")
        harness.retryAnswers = [.refused(.notRetryable, failure)]
        harness.beginFailed(.run(1))
        harness.run(.seconds(600))
        #expect(harness.engine.fleet.refusedUntil.keys.map(\.self) == [.web])
        harness.feed(.reloaded(.watching(["other"])))
        #expect(harness.engine.fleet.refusedUntil.isEmpty)
    }

    @Test func `an execution of before is watched to its end, also off the page`() {
        var harness = EngineHarness.parallel()
        harness.begin(.run(1))
        harness.run(.seconds(60))
        harness.leaveParallel(version: 2)
        harness.run(.seconds(900))
        #expect(!harness.isParallel)
        for number in 2...60 {
            harness.run(.milliseconds(10))
            harness.begin(.run(number), mode: .superseded)
            harness.succeed(.run(number))
        }
        harness.run(.seconds(300))
        #expect(harness.engine.fleet.parallel[.web] != nil)
        harness.failRun(.run(1))
        harness.run(.seconds(300))
        #expect(harness.kinds == [.stageFailed, .stageNotRetried])
        #expect(harness.ledger.episodes.map(\.reason) == [.modeChanged])
        #expect(harness.engine.fleet.parallel.isEmpty)
    }

    @Test func `a pipeline that has left PARALLEL mode is listed as rarely as any other`() {
        var harness = EngineHarness.parallel()
        harness.begin(.run(1))
        harness.succeed(.run(1))
        harness.run(.seconds(60))
        harness.leaveParallel(version: 2)
        harness.run(.seconds(1200))
        #expect(!harness.isParallel)
        let before = harness.lists[.web] ?? 0
        harness.run(.seconds(3600))
        #expect((4...7).contains((harness.lists[.web] ?? 0) - before))
    }

    @Test func `CodePipeline's own retry in a recreated pipeline is nobody's`() {
        var policy = StagePolicy.plain
        policy.maxRetries = 1
        policy.maxTotalRetries = 1
        var harness = EngineHarness.parallel(policy)
        harness.definitions[.web] = .parallel(9)
        harness.begin(.first)
        harness.runs[.first]?.summary.version = 9
        harness.succeed(.first)
        harness.run(.seconds(120))
        harness.runs = [:]
        harness.definitions[.web] = .parallel(1, onFailure: .retry)
        harness.beginFailed(.second)
        harness.runAgain(.second)
        harness.failRun(.second)
        harness.run(.seconds(60))
        // Still the definition of before, by which the second attempt was made by hand.
        #expect(harness.engine.fleet.pipelines[.web]?.version == 9)
        #expect(harness.runReads > 0)
        harness.run(.seconds(1200))
        #expect(harness.retries.map(\.1.execution) == [.second])
    }
}

extension EngineHarness {
    /// The pipeline runs one execution at a time from now on, and its state shows a stage.
    fileprivate mutating func leaveParallel(version: Int) {
        definitions[.web] = .parallel(version, mode: .superseded)
        states[.web] = PipelineSnapshot(
            version: version,
            stages: [StageSnapshot(name: "Build")]
        )
    }
}
