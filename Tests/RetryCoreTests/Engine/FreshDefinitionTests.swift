@testable import RetryCore
import Testing

/// A definition counts when it is whole and of the version that the state shows.
@Suite struct FreshDefinitionTests {
    private func failing() -> Bench {
        var bench = Bench(.watching(["web"], .plain))
        bench.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: bench.epoch)]
        )
        return bench
    }

    @Test func `an answer that is no definition does not count as one`() {
        var bench = failing()
        bench.definitions[.web] = .read(
            PipelineDefinition(version: nil, executionMode: .superseded, stages: [:]),
            at: nil
        )
        bench.run(.seconds(10))
        bench.definitions[.web] = .read(
            PipelineDefinition(
                version: 1,
                executionMode: .superseded,
                stages: ["Build": StageDefinition(onFailure: .rollback)]
            ),
            at: nil
        )
        bench.run(.seconds(600))
        #expect(bench.retries.isEmpty)
        #expect(bench.ledger.episodes.map(\.reason) == [.rollsBack])
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

    @Test func `a definition without a stage that its own version shows does not count as one`() {
        var bench = failing()
        bench.definitions[.web] = foreign
        bench.run(.seconds(240))
        #expect(bench.kinds == [.stageFailed, .retryDeferred])
        bench.definitions = [:]
        bench.run(.seconds(120))
        #expect(bench.retries.count == 1)
    }

    @Test func `a definition that was read before the failure and lacks its stage is read again`() {
        var bench = failing()
        let failed = bench.states[.web]
        bench.change(.web) { $0.latest?.status = .succeeded }
        bench.definitions[.web] = foreign
        bench.run(.seconds(60))
        bench.definitions = [:]
        bench.states[.web] = failed
        bench.run(.seconds(120))
        #expect(bench.retries.count == 1)
    }

    @Test
    func `a denied definition is one error for the pipeline, and the retry comes with the grant`()
        throws
    {
        var bench = failing()
        let denied = CallFailure(kind: .accessDenied, operation: "GetPipeline", message: "no")
        bench.definitions[.web] = .failed(denied)
        bench.run(.seconds(1800))
        #expect(bench.kinds == [.stageFailed, .retryDeferred])
        #expect(bench.reports.filter { $0.level == .error }.count == 1)
        #expect(bench.reports.last?.message.contains("codepipeline:GetPipeline") == true)
        bench.definitions = [:]
        bench.run(.seconds(3600))
        #expect(bench.retries.count == 1)
    }

    @Test func `a definition that trouble keeps away defers, and give_up_after ends it`() {
        var bench = failing()
        let trouble = CallFailure(kind: .trouble, operation: "GetPipeline", message: "500")
        bench.definitions[.web] = .failed(trouble)
        bench.run(.seconds(7 * 3600))
        #expect(bench.count(.retryDeferred) == 1)
        #expect(bench.ledger.episodes.map(\.reason) == [.gaveUpAfter])
        #expect(bench.retries.isEmpty)
    }
}
