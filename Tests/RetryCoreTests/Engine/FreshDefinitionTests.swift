@testable import RetryCore
import Primitives
import Testing

/// A definition counts when it is whole and of the version that the state shows.
@Suite struct FreshDefinitionTests {
    @Test func `an invalid answer does not count as a definition`() {
        var harness = EngineHarness.failing()
        harness.definitions[.web] = .read(
            PipelineDefinition(version: nil, executionMode: .superseded, stages: [:]),
            at: nil
        )
        harness.run(.seconds(10))
        harness.definitions[.web] = .read(
            PipelineDefinition(
                version: 1,
                executionMode: .superseded,
                stages: ["Build": StageDefinition(onFailure: .rollback)]
            ),
            at: nil
        )
        harness.run(.seconds(600))
        #expect(harness.retries.isEmpty)
        #expect(harness.ledger.episodes.map(\.reason) == [.rollsBack])
    }

    /// A definition of the newest version, with another stage than the state's.
    private var foreign: ReadAnswer<PipelineDefinition> {
        .read(
            PipelineDefinition(
                version: 1,
                executionMode: .superseded,
                stages: ["Other": StageDefinition()]
            ),
            at: nil
        )
    }

    @Test func `a definition without a stage that its own version shows is ignored`() {
        var harness = EngineHarness.failing()
        harness.definitions[.web] = foreign
        harness.run(.seconds(240))
        #expect(harness.kinds == [.stageFailed, .retryDeferred])
        harness.definitions = [:]
        harness.run(.seconds(120))
        #expect(harness.retries.count == 1)
    }

    @Test func `a definition that was read before the failure and lacks its stage is read again`() {
        var harness = EngineHarness.failing()
        let failed = harness.states[.web]
        harness.change(.web) { $0.latest?.status = .succeeded }
        harness.definitions[.web] = foreign
        harness.run(.seconds(60))
        harness.definitions = [:]
        harness.states[.web] = failed
        harness.run(.seconds(120))
        #expect(harness.retries.count == 1)
    }

    @Test
    func `a denied definition is one error for the pipeline, and the retry comes with the grant`()
        throws
    {
        var harness = EngineHarness.failing()
        let denied = CallFailure(kind: .accessDenied, operation: .getPipeline, message: "no")
        harness.definitions[.web] = .failed(denied)
        harness.run(.seconds(1800))
        #expect(harness.kinds == [.stageFailed, .retryDeferred])
        #expect(harness.reports.filter { $0.level == .error }.count == 1)
        #expect(harness.reports.last?.message.contains("codepipeline:GetPipeline") == true)
        harness.definitions = [:]
        harness.run(.seconds(3600))
        #expect(harness.retries.count == 1)
    }

    @Test func `a definition that an error withholds defers, and give_up_after ends it`() {
        var harness = EngineHarness.failing()
        let degradation = CallFailure(kind: .serverError, operation: .getPipeline, message: "500")
        harness.definitions[.web] = .failed(degradation)
        harness.run(.seconds(7 * 3600))
        #expect(harness.count(.retryDeferred) == 1)
        #expect(harness.ledger.episodes.map(\.reason) == [.gaveUpAfter])
        #expect(harness.retries.isEmpty)
    }
}
