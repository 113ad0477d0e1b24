import Primitives
import RetryCore
import Testing

/// What a dry run and a shadow policy say at the end.
@Suite struct RehearsalTests {
    private static func dry(_ policy: StagePolicy = .plain) -> Configuration {
        var configuration = Configuration.watching(["web"], policy)
        configuration.dryRun = true
        return configuration
    }

    private static func shadow(_ policy: StagePolicy = .plain) -> Configuration {
        var policy = policy
        policy.shadow = true
        return .watching(["web"], policy)
    }

    private func run(_ configuration: Configuration, for span: Duration) -> Bench {
        var bench = Bench(configuration)
        bench.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: bench.epoch)]
        )
        bench.run(span)
        return bench
    }

    @Test(arguments: [dry(), shadow()])
    func `a rehearsal that runs past give_up_after leaves the stage, and exhausts nothing`(
        _ configuration: Configuration
    ) {
        let bench = run(configuration, for: .seconds(8 * 3600))
        #expect(bench.kinds == [.stageFailed, .wouldRetry, .stageNotRetried])
        #expect(bench.ledger.episodes.map(\.outcome) == [.notRetried])
        #expect(bench.ledger.episodes.map(\.reason) == [.shadow])
    }

    @Test func `the same holds when the daemon was down while give_up_after ran out`() {
        var bench = run(Self.dry(), for: .seconds(60))
        bench.crash(Self.dry())
        bench.now = bench.now + .seconds(8 * 3600)
        bench.run(.seconds(60))
        #expect(bench.kinds.last == .stageNotRetried)
        #expect(bench.ledger.episodes.map(\.reason) == [.shadow])
    }

    @Test func `a limit that would end it in earnest ends it in a rehearsal`() {
        var none = StagePolicy.plain
        none.maxRetries = 0
        none.maxTotalRetries = 0
        #expect(run(Self.dry(none), for: .seconds(60)).kinds == [.stageFailed, .retriesExhausted])
        var late = StagePolicy.plain
        late.giveUpAfter = .seconds(10)
        #expect(run(Self.dry(late), for: .seconds(60)).kinds == [.stageFailed, .retriesExhausted])
    }

    @Test func `in earnest give_up_after exhausts, also what a pause held all the time`() {
        var bench = Bench(.watching())
        bench.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: bench.epoch)]
        )
        bench.feed(.paused(Pause(scope: PauseScope(), reason: "x", uid: 0, until: nil)))
        bench.run(.seconds(8 * 3600))
        #expect(bench.count(.retriesExhausted) == 1)
    }
}
