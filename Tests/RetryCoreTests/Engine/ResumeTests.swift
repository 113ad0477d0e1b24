import Primitives
import Testing

@testable import RetryCore

/// How an intent of an earlier run goes on, by what the first look shows.
@Suite struct ResumeTests {
    /// What the first look shows of the stage whose intent the ledger has.
    enum Look: CaseIterable {
        case same, failedAnew, runs, succeeded, stopped
    }

    private func bench(_ state: IntentState, _ look: Look) -> Bench {
        let epoch = WallTime(milliseconds: 1_760_000_000_000)
        let before = StageSnapshot.failed("queue full", at: epoch)
        var record = EpisodeRecord(
            key: .web,
            firstFailure: epoch,
            firstSeen: epoch,
            foreignRetries: 0
        )
        record.lastFailure = before.mark
        record.sameErrorRun = 1
        record.counts.late = state == .unknown ? 1 : 0
        record.counts.own = state == .accepted || state == .effective ? 1 : 0
        let intent = Intent(
            episode: .web,
            sequence: 1,
            number: 1,
            policy: "default",
            rule: nil,
            mode: .failedActions,
            before: before.mark,
            recordedAt: epoch,
            state: state
        )
        var bench = Bench(
            .watching(),
            ledger: LedgerSnapshot(episodes: [record], intents: [intent])
        )
        bench.states[.web] = PipelineSnapshot(version: 1, stages: [before])
        bench.change(.web) { stage in
            if look == .failedAnew || look == .runs { stage.startsAgain() }
            if look == .failedAnew { stage.failsAgain("queue full", at: epoch + .seconds(9)) }
            if look == .succeeded { stage.latest?.status = .succeeded }
            if look == .stopped { stage.latest?.status = .stopped }
        }
        return bench
    }

    private func state(_ bench: Bench) -> IntentState? {
        bench.ledger.intents.first { $0.sequence == 1 }?.state
    }

    @Test(arguments: [IntentState.open, .unknown, .accepted], Look.allCases)
    func `what is under way is settled by the first looks`(_ old: IntentState, _ look: Look) {
        var bench = bench(old, look)
        bench.run(.seconds(5))
        let isAccepted = old == .accepted
        switch look {
        case .same:
            #expect(state(bench) == (isAccepted ? .accepted : .unknown))
            bench.run(.seconds(54))
            #expect(bench.retries.isEmpty)
            #expect(state(bench) == (isAccepted ? .accepted : .unknown))
            bench.run(.seconds(20))
            #expect(state(bench) == (isAccepted ? .withoutEffect : .unsettled))
        case .failedAnew, .runs, .succeeded: #expect(state(bench) == .effective)
        case .stopped: #expect(state(bench) == .unsettled)
        }
        let kinds = bench.kinds
        #expect(kinds.contains(.retryWithoutEffect) == (isAccepted && look == .same))
        #expect(kinds.contains(.stageRecovered) == (look == .succeeded))
        #expect(kinds.contains(.stageNotRetried) == (look == .stopped))
        #expect(bench.ledger.episodes.map(\.counts.late).max() ?? 0 <= 1)
    }

    @Test(
        arguments: [IntentState.effective, .withoutEffect, .unsettled, .notExecuted],
        Look.allCases
    )
    func `what is final stays so`(_ old: IntentState, _ look: Look) {
        var bench = bench(old, look)
        bench.run(.seconds(20))
        #expect(state(bench) == old)
    }

    @Test func `two that are open are both doubted, and only the newest is waited for`() {
        var first = bench(.open, .same)
        var second = first.ledger.intents[0]
        second.sequence = 2
        second.number = 2
        first.ledger.intents.append(second)
        var bench = Bench(.watching(), ledger: first.ledger)
        bench.states = first.states
        // The first look has its time before the state is asked for on purpose.
        #expect(bench.engine.episodes.nextDeadline == .origin + .seconds(90))
        bench.run(.seconds(5))
        #expect(
            bench.ledger.intents.map(\.state).sorted { $0.rawValue < $1.rawValue } == [
                .unknown, .unsettled,
            ]
        )
        #expect(bench.ledger.episodes.map(\.counts.late) == [2])
        #expect(bench.ledger.intents.first { $0.state == .unknown }?.sequence == 2)
    }

    @Test func `what the answers lack for half a minute after a start is gone`() throws {
        var first = bench(.notExecuted, .same)
        first.states[.web]?.stages[0].latest = nil
        first.states[.web]?.stages[0].actions = []
        let state = try #require(first.states[.web])
        var bench = first
        bench.hanging = [.web]
        func look(_ bench: Bench) -> CallID? {
            bench.engine.calls.purposes.first { $0.value == .aws(.state(.web)) }?.key
        }
        func answer(_ bench: inout Bench) throws {
            let id = try #require(look(bench))
            bench.feed(.stateRead(id, .state(state, digest: state.digest, at: bench.wall)))
        }
        bench.run(.seconds(1))
        try answer(&bench)
        let since = bench.now
        bench.run(.seconds(12))
        try answer(&bench)
        #expect(look(bench) == nil)
        bench.run(.seconds(30) - (bench.now - since))
        try answer(&bench)
        // Believed now, and asked once more.
        #expect(look(bench) != nil)
        try answer(&bench)
        #expect(bench.count(.stageSuperseded) == 1)
    }
}
