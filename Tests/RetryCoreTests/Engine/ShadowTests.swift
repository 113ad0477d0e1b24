import Primitives
import RetryCore
import Testing

/// The reports of a dry run and a shadow policy at the end.
@Suite struct ShadowTests {
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

    private func run(_ configuration: Configuration, for span: Duration) -> EngineHarness {
        var harness = EngineHarness(configuration)
        harness.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: harness.epoch)]
        )
        harness.run(span)
        return harness
    }

    @Test(arguments: [dry(), shadow()])
    func `a dry run past give_up_after does not retry the stage, and exhausts nothing`(
        _ configuration: Configuration
    ) {
        let harness = run(configuration, for: .seconds(8 * 3600))
        #expect(harness.kinds == [.stageFailed, .wouldRetry, .stageNotRetried])
        #expect(harness.ledger.episodes.map(\.outcome) == [.notRetried])
        #expect(harness.ledger.episodes.map(\.reason) == [.shadow])
    }

    @Test func `the same holds when the daemon was down while give_up_after expired`() {
        var harness = run(Self.dry(), for: .seconds(60))
        harness.crash(Self.dry())
        harness.now = harness.now + .seconds(8 * 3600)
        harness.run(.seconds(60))
        #expect(harness.kinds.last == .stageNotRetried)
        #expect(harness.ledger.episodes.map(\.reason) == [.shadow])
    }

    @Test func `a limit that would end a real retry ends a dry run`() {
        var none = StagePolicy.plain
        none.maxRetries = 0
        none.maxTotalRetries = 0
        #expect(run(Self.dry(none), for: .seconds(60)).kinds == [.stageFailed, .retriesExhausted])
        var late = StagePolicy.plain
        late.giveUpAfter = .seconds(10)
        #expect(run(Self.dry(late), for: .seconds(60)).kinds == [.stageFailed, .retriesExhausted])
    }

    @Test func `give_up_after exhausts a real retry, even if a pause held it all the time`() {
        var harness = EngineHarness(.watching())
        harness.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: harness.epoch)]
        )
        harness.feed(.paused(Pause(scope: PauseScope(), reason: "x", uid: 0, until: nil)))
        harness.run(.seconds(8 * 3600))
        #expect(harness.count(.retriesExhausted) == 1)
    }
}
