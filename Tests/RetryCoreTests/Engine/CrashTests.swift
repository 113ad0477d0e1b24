import RetryCore
import Testing

/// kill -9 between any two writes of the ledger.
@Suite struct CrashTests {
    /// What happens to the stage after each retry.
    enum World: String, CaseIterable, Sendable {
        /// AWS says yes, and the stage fails again.
        case accepted
        /// The answer is lost, and the stage fails again.
        case unknown
        /// AWS says yes, and nothing moves.
        case withoutEffect
        /// The answer is lost, and nothing moves.
        case swallowed
        /// AWS refuses once, then says yes.
        case refused
    }

    /// A bench in which the one stage of `web` has just failed.
    private func bench(_ world: World) -> Bench {
        var bench = Bench(.watching())
        bench.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: bench.epoch)]
        )
        let failure = CallFailure(kind: .invalid, operation: "RetryStageExecution", message: "")
        switch world {
        case .accepted: break
        case .withoutEffect: bench.retriesMove = false
        case .unknown, .swallowed:
            bench.retryAnswers = Array(repeating: .unknown("lost"), count: 9)
            bench.retriesMove = world == .unknown
        case .refused: bench.retryAnswers = [.refused(.conflict, failure)]
        }
        return bench
    }

    /// Lets a stage that runs fail again.
    private func failAgain(_ bench: inout Bench) {
        guard bench.states[.web]?.stages.first?.latest?.status == .inProgress else { return }
        let time = bench.wall
        bench.change(.web) { $0.failsAgain("queue full", at: time) }
    }

    @Test(arguments: World.allCases)
    func `a crash before any write makes neither a person's retry of ours nor one too many`(
        _ world: World
    ) {
        var deaths = 0
        for writes in 0..<60 {
            var bench = bench(world)
            bench.writesToLive = writes
            bench.run(.seconds(3600), every: failAgain)
            guard bench.isDead else { break }
            deaths += 1
            bench.crash(.watching())
            bench.run(.seconds(7200), every: failAgain)
            let left = bench.reports.compactMap { report -> Reason? in
                if case .stageNotRetried(_, let reason, _, _, _) = report { reason } else { nil }
            }
            #expect(left.isEmpty, "dead at write \(writes): left for \(left)")
            // A refused call does not count.
            let most = world == .refused ? 4 : 3
            #expect(bench.retries.count <= most, "dead at write \(writes)")
        }
        #expect(deaths > 5)
    }

    @Test func `what one event changes in the ledger is one write`() {
        for world in World.allCases {
            var bench = bench(world)
            bench.run(.seconds(3600), every: failAgain)
            #expect(bench.mostWrites == 1, "\(world)")
        }
    }
}
