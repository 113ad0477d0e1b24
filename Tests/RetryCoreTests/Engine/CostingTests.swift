import Primitives
@testable import RetryCore
import Testing

/// Retries are charged when their intent is recorded, and corrected when they have ended.
@Suite struct CostingTests {
    private static func harness(minutes: Int, _ names: [PipelineName] = ["web"]) -> EngineHarness {
        var policy = StagePolicy.plain
        policy.cost = CostCeiling(minutes: minutes, per: .seconds(86_400))
        var harness = EngineHarness(.watching(names, policy))
        harness.precedents = Precedents(medians: ["Compile": .seconds(12 * 60)])
        harness.fail(names)
        return harness
    }

    private static func costs(_ harness: EngineHarness) -> [Int?] {
        harness.ledger.intents.map { $0.cost?.minutes }
    }

    /// Ends the action that a retry has started.
    private static func end(
        _ harness: inout EngineHarness,
        _ key: EpisodeKey,
        _ status: RetryCore.StageStatus,
        after span: Duration
    ) {
        harness.run(span)
        let now = harness.wall
        harness.change(key) { stage in
            stage.latest?.status = status
            for index in stage.actions.indices {
                stage.actions[index].executionID = "again"
                stage.actions[index].status = status == .failed ? .failed : .succeeded
                stage.actions[index].lastStatusChange = now
            }
        }
        harness.run(.seconds(30))
    }

    private static func episode(_ harness: EngineHarness) throws -> EpisodeKey {
        try #require(harness.ledger.intents.first?.episode)
    }

    @Test func `it asks how long the actions take, once, and records what it expects`() throws {
        var harness = Self.harness(minutes: 100)
        harness.run(.seconds(60))
        #expect(harness.compared.map(\.question.durations) == [["Compile"]])
        #expect(Self.costs(harness) == [12])
        let planned = harness.reports.compactMap { report in
            if case .retryScheduled(_, let plan, _) = report { plan.cost?.minutes } else { nil }
        }
        #expect(planned == [12])
    }

    @Test func `two failures together do not both take what is left for one`() {
        var harness = Self.harness(minutes: 20, ["web", "api"])
        harness.run(.seconds(120))
        #expect(harness.retries.count == 1)
        #expect(harness.count(.stageNotRetried) == 1)
        #expect(harness.ledger.episodes.compactMap(\.reason) == [.costSpent])
    }

    @Test(arguments: [RetryCore.StageStatus.succeeded, .failed])
    func `what it cost takes the place of what was expected`(
        _ status: RetryCore.StageStatus
    ) throws {
        var harness = Self.harness(minutes: 100)
        harness.run(.seconds(60))
        let key = try Self.episode(harness)
        let sent = try #require(harness.retries.first?.at)
        Self.end(&harness, key, status, after: .seconds(180))
        let ended = try #require(
            harness.states[key.pipeline]?.stages.first {
                $0.name == key.stage
            }?.actions.first?.lastStatusChange
        )
        let minutes = Int(((ended - sent).wholeMilliseconds + 59_999) / 60_000)
        #expect(Self.costs(harness).first == minutes)
        #expect(harness.count(.retryCost) == 1)
        #expect(minutes < 12)
    }

    @Test func `what a cheap retry left over is there for the next`() throws {
        // One of 12 and one of 4 min have room, two of 12 have not.
        var harness = Self.harness(minutes: 17)
        harness.run(.seconds(60))
        let key = try Self.episode(harness)
        Self.end(&harness, key, .failed, after: .seconds(120))
        harness.run(.seconds(600))
        #expect(harness.retries.count == 2)
    }

    @Test func `a retry that AWS refused costs nothing`() {
        var harness = Self.harness(minutes: 12)
        let failure = CallFailure(kind: .throttled, operation: nil, message: "slow down")
        harness.retryAnswers = [.refused(.throttled, failure)]
        harness.run(.seconds(60))
        #expect(Self.costs(harness) == [0, 12])
        #expect(harness.retries.count == 2)
    }

    @Test func `after a restart the ledger knows what was spent`() throws {
        var harness = Self.harness(minutes: 20)
        harness.run(.seconds(60))
        let before = harness.ledger
        var again = Self.harness(minutes: 20, ["web", "api"])
        again = EngineHarness(again.engine.configuration, ledger: before)
        again.precedents = harness.precedents
        again.fail(["api"])
        again.run(.seconds(120))
        #expect(again.ledger.episodes.compactMap(\.reason).contains(.costSpent))
        #expect(!again.retries.contains { $0.1.pipeline.pipeline == "api" })
    }

    @Test func `without a ceiling an intent has no cost and none is measured`() throws {
        var harness = EngineHarness(.watching(["web"], .plain))
        harness.fail(["web"])
        harness.run(.seconds(60))
        let key = try Self.episode(harness)
        Self.end(&harness, key, .succeeded, after: .seconds(180))
        #expect(Self.costs(harness) == [nil])
        #expect(harness.count(.retryCost) == 0)
    }
}
