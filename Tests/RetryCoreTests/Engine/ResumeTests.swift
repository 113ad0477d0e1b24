import Primitives
import Testing

@testable import RetryCore

/// How an intent of an earlier run continues, by what the first poll shows.
@Suite struct ResumeTests {
    /// What the first poll shows of the stage whose intent the ledger has.
    enum Poll: CaseIterable {
        case same, failedAnew, runs, succeeded, stopped
    }

    private func harness(_ state: IntentState, _ poll: Poll) -> EngineHarness {
        let epoch = WallTime(milliseconds: 1_760_000_000_000)
        let before = StageSnapshot.failed("queue full", at: epoch)
        var record = EpisodeRecord(
            key: .web,
            firstFailure: epoch,
            firstSeen: epoch,
            foreignRetries: 0
        )
        record.lastFailure = before.baseline
        record.sameErrorRun = 1
        record.counts.late = state == .unknown ? 1 : 0
        record.counts.own = state == .accepted || state == .effective ? 1 : 0
        let intent = Intent.web(1, state, before: before.baseline, at: epoch)
        var harness = EngineHarness(
            .watching(),
            ledger: LedgerSnapshot(episodes: [record], intents: [intent])
        )
        harness.states[.web] = PipelineSnapshot(version: 1, stages: [before])
        harness.change(.web) { stage in
            if poll == .failedAnew || poll == .runs { stage.startsAgain() }
            if poll == .failedAnew { stage.failsAgain("queue full", at: epoch + .seconds(9)) }
            if poll == .succeeded { stage.latest?.status = .succeeded }
            if poll == .stopped { stage.latest?.status = .stopped }
        }
        return harness
    }

    private func state(_ harness: EngineHarness) -> IntentState? {
        harness.ledger.intents.first { $0.sequence == 1 }?.state
    }

    @Test(arguments: [IntentState.open, .unknown, .accepted], Poll.allCases)
    func `a call under way is settled by the first polls`(_ old: IntentState, _ poll: Poll) {
        var harness = harness(old, poll)
        harness.run(.seconds(5))
        let isAccepted = old == .accepted
        switch poll {
        case .same:
            #expect(state(harness) == (isAccepted ? .accepted : .unknown))
            harness.run(.seconds(54))
            #expect(harness.retries.isEmpty)
            #expect(state(harness) == (isAccepted ? .accepted : .unknown))
            harness.run(.seconds(20))
            #expect(state(harness) == (isAccepted ? .withoutEffect : .unsettled))
        case .failedAnew, .runs, .succeeded: #expect(state(harness) == .effective)
        case .stopped: #expect(state(harness) == .unsettled)
        }
        let kinds = harness.kinds
        #expect(kinds.contains(.retryWithoutEffect) == (isAccepted && poll == .same))
        #expect(kinds.contains(.stageRecovered) == (poll == .succeeded))
        #expect(kinds.contains(.stageNotRetried) == (poll == .stopped))
        #expect(harness.ledger.episodes.map(\.counts.late).max() ?? 0 <= 1)
    }

    @Test(
        arguments: [IntentState.effective, .withoutEffect, .unsettled, .notExecuted],
        Poll.allCases
    )
    func `a final state does not change`(_ old: IntentState, _ poll: Poll) {
        var harness = harness(old, poll)
        harness.run(.seconds(20))
        #expect(state(harness) == old)
    }

    @Test func `two open intents both become uncertain, and only the newest is waited for`() {
        var first = harness(.open, .same)
        var second = first.ledger.intents[0]
        second.sequence = 2
        second.number = 2
        first.ledger.intents.append(second)
        var harness = EngineHarness(.watching(), ledger: first.ledger)
        harness.states = first.states
        // The first poll has its time before the state is requested on purpose.
        #expect(harness.engine.episodes.nextDeadline == .origin + .seconds(90))
        harness.run(.seconds(5))
        #expect(
            harness.ledger.intents.map(\.state).sorted { $0.rawValue < $1.rawValue } == [
                .unknown, .unsettled,
            ]
        )
        #expect(harness.ledger.episodes.map(\.counts.late) == [2])
        #expect(harness.ledger.intents.first { $0.state == .unknown }?.sequence == 2)
    }

    @Test func `a stage that the answers lack for half a minute after a start is removed`() throws {
        var first = harness(.notExecuted, .same)
        first.states[.web]?.stages[0].latest = nil
        first.states[.web]?.stages[0].actions = []
        let state = try #require(first.states[.web])
        var harness = first
        harness.hanging = [.web]
        func poll(_ harness: EngineHarness) -> CallID? {
            harness.engine.calls.purposes.first { $0.value == .aws(.state(.web)) }?.key
        }
        func answer(_ harness: inout EngineHarness) throws {
            let id = try #require(poll(harness))
            harness.feed(.stateRead(id, .state(state, digest: state.digest, at: harness.wall)))
        }
        harness.run(.seconds(1))
        try answer(&harness)
        let since = harness.now
        harness.run(.seconds(12))
        try answer(&harness)
        #expect(poll(harness) == nil)
        harness.run(.seconds(30) - (harness.now - since))
        try answer(&harness)
        // Believed now, and polled once more.
        #expect(poll(harness) != nil)
        try answer(&harness)
        #expect(harness.count(.stageSuperseded) == 1)
    }
}
