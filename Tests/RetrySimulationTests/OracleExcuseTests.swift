import Primitives
import RetryCore
import Testing

@testable import RetrySimulation

/// What the oracle excuses, and nothing more.
@Suite struct OracleExcuseTests {
    private static let day: Int64 = 86_400_000
    private static let pipeline = PipelineKey(target: "one", pipeline: "p1")
    private static let key = EpisodeKey(pipeline: pipeline, stage: "Build", execution: "a")
    private static let denied = CallFailure(
        kind: .accessDenied,
        operation: nil,
        message: "no"
    )

    private static func oracle() -> Oracle {
        Oracle(trustsDates: true, trustsAnswers: true, judgesTruth: true)
    }

    @Test(
        arguments: [
            (0, false, "", false), (0, true, "Build", false), (30, true, "Build", false),
            (31, true, "Build", true), (31, false, "Build", false), (31, true, "Deploy", false),
            (31, true, "", false), (400, false, "", false), (401, false, "", true),
        ] as [(Int64, Bool, StageName, Bool)]
    )
    func `an outcome is said again only when the ledger has deleted it`(
        _ days: Int64,
        _ hasMoved: Bool,
        _ newer: StageName,
        _ isExcused: Bool
    ) {
        var oracle = Self.oracle()
        oracle.noteOutcome(Self.key, .stageNotRetried, at: 0)
        if hasMoved { oracle.movedAt["one"] = 1 }
        if newer != "" {
            let other = EpisodeKey(pipeline: Self.pipeline, stage: newer, execution: "b")
            oracle.cases[other] = Oracle.Case(isSeen: true)
            oracle.noteOutcome(other, .retriesExhausted, at: 2)
        }
        oracle.noteOutcome(Self.key, .stageNotRetried, at: days * Self.day)
        #expect((oracle.broken == nil) == isExcused)
    }

    @Test func `an outcome may be said again while a newer failure of its stage is open`() {
        var oracle = Self.oracle()
        oracle.noteOutcome(Self.key, .stageNotRetried, at: 0)
        oracle.movedAt["one"] = 1
        let other = EpisodeKey(pipeline: Self.pipeline, stage: "Build", execution: "b")
        oracle.cases[other] = Oracle.Case(isSeen: true)
        oracle.noteOutcome(Self.key, .stageNotRetried, at: 31 * Self.day)
        #expect(oracle.broken == nil)
    }

    @Test func `a budget counts no retry that a shorter one let the daemon forget`() {
        let short = Configuration(targets: [])
        let long = Configuration(
            budget: Budget(retries: 1, per: .seconds(3 * 86_400)),
            targets: []
        )
        func isAllowed(_ change: (inout Oracle) -> Void) -> Bool {
            var oracle = Self.oracle()
            oracle.sends = [Oracle.Drawn(at: 0, policy: "default")]
            change(&oracle)
            oracle.judgeBudget(.standard, long, at: 2 * Self.day + 1)
            return oracle.broken == nil
        }
        #expect(!isAllowed { _ in })
        #expect(!isAllowed { $0.forgetDrawn(long, at: 2 * Self.day) })
        #expect(!isAllowed { $0.forgetDrawn(short, at: Self.day / 2) })
        #expect(isAllowed { $0.forgetDrawn(short, at: 2 * Self.day) })
        #expect(isAllowed { $0.readDrawn(short, at: 2 * Self.day) })
        // The next start reads them from the ledger.
        #expect(
            !isAllowed {
                $0.forgetDrawn(short, at: 2 * Self.day)
                $0.readDrawn(long, at: 2 * Self.day)
            }
        )
    }

    @Test func `the history that one target read is not that of another`() {
        var readings = Readings()
        let other = EpisodeKey(
            pipeline: PipelineKey(target: "two", pipeline: "p1"),
            stage: "Build",
            execution: "a"
        )
        readings.asked(CallID(number: 1), for: .history(of: Self.key), at: 0)
        readings.asked(CallID(number: 2), for: .history(of: other), at: 0)
        readings.record(.evidenceRead(CallID(number: 2), .failed(Self.denied)), at: 1)
        #expect(readings.isHistoryDenied(other))
        #expect(!readings.isHistoryDenied(Self.key))
    }

    @Test(
        arguments: [
            (true, "p1", 10, true), (true, "p1", 11, false), (true, "p2", 10, false),
            (false, "p1", 10, false),
        ] as [(Bool, PipelineName, Int64, Bool)]
    )
    func `of what a reload no longer names only what was due at its moment is reported`(
        _ isDue: Bool,
        _ former: PipelineName,
        _ time: Int64,
        _ isExcused: Bool
    ) {
        var oracle = Self.oracle()
        func naming(_ names: [PipelineName]) -> Configuration {
            let entries = names.map { name in
                PipelineEntry(selector: .name(name), policy: .standard, stages: [:])
            }
            let target = Target(name: "one", region: "r", rateGroup: "g", pipelines: entries)
            return Configuration(targets: [target])
        }
        let new = naming([])
        oracle.reloaded(from: naming([former]), to: new, [Self.pipeline], isDue: isDue, at: 10)
        let context = PipelineContext(key: Self.pipeline, region: "r", account: nil)
        oracle.judgeScope(of: .pipelineLost(context, .notFound, Self.denied), at: time, new)
        #expect((oracle.broken == nil) == isExcused)
    }

    /// One retry is allowed, and was made before.
    @Test(
        arguments: [
            (true, true, 0, true), (true, true, 160_000, true), (true, true, 160_001, false),
            (false, true, 0, false), (false, false, 0, true), (false, false, 160_001, false),
        ] as [(Bool, Bool, Int64, Bool)]
    )
    func `a call of which nobody knows any more counts once a state may show it`(
        _ hasMoved: Bool,
        _ isKnown: Bool,
        _ decidedBy: Int64,
        _ isExcused: Bool
    ) {
        var oracle = Self.oracle()
        let other = EpisodeKey(
            pipeline: PipelineKey(target: "two", pipeline: "p1"),
            stage: "Build",
            execution: "a"
        )
        let sent = Oracle.Sent(call: CallID(number: 1), rule: nil, at: 0, truth: StageTruth())
        oracle.cases[Self.key] = Oracle.Case(
            allowed: 1,
            sent: isKnown ? [sent] : [],
            effective: 1,
            outcomes: hasMoved ? 1 : 0
        )
        oracle.cases[other] = Oracle.Case(allowed: 1, effective: 1)
        oracle.tookEffect(CallID(number: 1), Self.key, sentAt: 0, at: 100_000)
        for key in [Self.key, other] { oracle.cases[key]?.decided(by: decidedBy) }
        oracle.retried("Build", in: "a")
        #expect((oracle.broken == nil) == isExcused)
    }
}
