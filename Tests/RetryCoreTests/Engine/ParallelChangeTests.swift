import Primitives
import Testing

@testable import RetryCore

/// A pipeline that leaves PARALLEL mode, and may come back to it, or is made again.
@Suite struct ParallelChangeTests {
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
