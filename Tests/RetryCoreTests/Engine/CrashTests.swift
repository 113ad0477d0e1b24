import Primitives
import RetryCore
import Testing

/// kill -9 between any two writes of the ledger.
@Suite struct CrashTests {
    /// The stage's reaction to each retry.
    enum World: String, CaseIterable, Sendable {
        /// AWS accepts it, and the stage fails again.
        case accepted
        /// The answer is lost, and the stage fails again.
        case unknown
        /// AWS accepts it, and the state does not change.
        case withoutEffect
        /// The answer is lost, and the state does not change.
        case swallowed
        /// AWS refuses once, then accepts.
        case refused
    }

    /// A harness in which the one stage of `web` has just failed.
    private func harness(_ world: World) -> EngineHarness {
        var harness = EngineHarness(.watching())
        harness.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: harness.epoch)]
        )
        let failure = CallFailure(kind: .invalid, operation: .retryStageExecution, message: "")
        switch world {
        case .accepted: break
        case .withoutEffect: harness.retriesMove = false
        case .unknown, .swallowed:
            harness.retryAnswers = Array(repeating: .unknown("lost"), count: 9)
            harness.retriesMove = world == .unknown
        case .refused: harness.retryAnswers = [.refused(.conflict, failure)]
        }
        return harness
    }

    /// Makes a running stage fail again.
    private func failAgain(_ harness: inout EngineHarness) {
        guard harness.states[.web]?.stages.first?.latest?.status == .inProgress else { return }
        let time = harness.wall
        harness.change(.web) { $0.failsAgain("queue full", at: time) }
    }

    @Test(arguments: World.allCases)
    func `a crash before any write neither takes our retry for a person's nor makes one too many`(
        _ world: World
    ) {
        var deaths = 0
        for writes in 0..<60 {
            var harness = harness(world)
            harness.writesToLive = writes
            harness.run(.seconds(3600), every: failAgain)
            guard harness.isDead else { break }
            deaths += 1
            harness.crash(.watching())
            harness.run(.seconds(7200), every: failAgain)
            let left = harness.reports.compactMap { report -> Reason? in
                if case .stageNotRetried(_, let reason, _, _, _) = report { reason } else { nil }
            }
            #expect(left.isEmpty, "dead at write \(writes): left for \(left)")
            // A refused call does not count.
            let most = world == .refused ? 4 : 3
            #expect(harness.retries.count <= most, "dead at write \(writes)")
        }
        #expect(deaths > 5)
    }

    @Test func `the ledger changes of one event are one write`() {
        for world in World.allCases {
            var harness = harness(world)
            harness.run(.seconds(3600), every: failAgain)
            #expect(harness.mostWrites == 1, "\(world)")
        }
    }
}
