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

    /// A stage that failed with an error after so many retries.
    private static func failed(
        _ code: String,
        after retries: Int,
        isMoving: Bool = false
    ) -> StageTruth {
        var truth = StageTruth()
        truth.status = .failed
        truth.manualRetries = retries
        truth.hasRunning = isMoving
        truth.baseline = StageBaseline(
            manualRetries: retries,
            actionExecutions: [],
            lastStatusChange: nil
        )
        truth.failed = [
            StageTruth.FailedRun(
                attempt: ActionExecutionID("run-\(retries)"),
                category: "Build",
                code: code,
                message: "",
                at: HostClock.epoch,
                runOrder: 1
            )
        ]
        return truth
    }

    /// The history is not requested, awaited, or denied.
    @Test(arguments: [(false, false, false), (true, false, true), (true, true, false)])
    func `a retry whose history is being read when its pause ends is not held by it`(
        _ isRequested: Bool,
        _ isDenied: Bool,
        _ isExcused: Bool
    ) {
        var oracle = Self.oracle()
        let call = CallID(number: 1)
        if isRequested { oracle.readings.asked(call, for: .history(of: Self.key), at: 0) }
        if isDenied { oracle.readings.record(.evidenceRead(call, .failed(Self.denied)), at: 1) }
        oracle.waits.held[Self.key] = Waits.Held(reason: .paused, baseline: nil, upheavals: 0)
        oracle.noteWaits(.resumed(PauseScope(), uid: nil), at: 10)
        oracle.judgeRelease(Self.key, StageTruth(), at: 500)
        #expect((oracle.broken == nil) == isExcused)
    }

    @Test(arguments: [false, true])
    func `an attempt of which an action still ran may have ended with other errors`(
        _ isMoving: Bool
    ) {
        var oracle = Self.oracle()
        var policy = StagePolicy.standard
        policy.stopAfterSameError = 2
        var state = Oracle.Case()
        for retries in 0...1 {
            let truth = Self.failed("A", after: retries, isMoving: isMoving && retries == 0)
            state.saw(truth, failedAt: HostClock.epoch, at: Int64(retries), 0)
            state.reportedAt.append(Int64(retries))
        }
        oracle.judgeSameError(Self.key, nil, state, policy)
        #expect((oracle.broken == nil) == isMoving)
    }

    @Test(arguments: [(false, false, false), (true, false, true), (true, true, false)])
    func `an attempt shown only while a call has no answer does not come between two others`(
        _ isCalling: Bool,
        _ isShownAfter: Bool,
        _ isExcused: Bool
    ) {
        var state = Oracle.Case()
        func see(_ code: String, after retries: Int, at time: Int64) {
            let truth = Self.failed(code, after: retries)
            state.saw(truth, failedAt: HostClock.epoch, at: time, 0)
        }
        see("A", after: 0, at: 0)
        let call = CallID(number: 1)
        let sent = Oracle.Sent(call: call, rule: nil, at: 1, truth: StageTruth())
        if isCalling { state.sent = [sent] }
        see("B", after: 1, at: 2)
        state.sent = []
        if isShownAfter { see("B", after: 1, at: 3) }
        see("A", after: 2, at: 4)
        #expect(state.hasRepeatedError(StageTruth()) == isExcused)
    }

    /// The first failure is 100 s old when it is seen, and goes on by 110 s.
    @Test(arguments: [(120, false, true), (109, false, false), (120, true, false)])
    func `a failure that comes while its stage is watched is not one of before`(
        _ failedAt: Int64,
        _ isAsking: Bool,
        _ isExcused: Bool
    ) {
        var oracle = Self.oracle()
        var policy = StagePolicy.standard
        policy.maxFailureAge = .seconds(60)
        let first = Self.failed("A", after: 0)
        var second = first
        second.baseline?.lastStatusChange = HostClock.epoch
        oracle.cases[Self.key] = Oracle.Case()
        oracle.cases[Self.key]?.saw(first, failedAt: HostClock.epoch, at: 100_000, 0)
        if isAsking { oracle.recalls.asked(CallID(number: 1), Self.key, at: 100_000) }
        oracle.goesOn(Self.key, since: 110_000)
        let later = HostClock.epoch + .seconds(failedAt)
        oracle.cases[Self.key]?.saw(second, failedAt: later, at: 300_000, 0)
        oracle.judgeAge(Self.key, second, oracle.cases[Self.key] ?? Oracle.Case(), policy)
        #expect((oracle.broken == nil) == isExcused)
    }

    @Test func `a definition read with other credentials does not count`() {
        var readings = Readings()
        let definition = PipelineDefinition(
            version: 1,
            executionMode: .superseded,
            stages: ["Build": StageDefinition(actions: [:])]
        )
        for number in 1...2 as ClosedRange<UInt64> {
            readings.asked(CallID(number: number), for: .definition(Self.pipeline), at: 0)
        }
        let answer = ReadAnswer.read(definition, at: nil)
        readings.record(.definitionRead(CallID(number: 1), answer), at: 1)
        readings.forgetDefinitions(of: "two", at: 2)
        #expect(readings.isDefined(Self.key))
        readings.forgetDefinitions(of: "one", at: 2)
        #expect(!readings.isDefined(Self.key))
        readings.record(.definitionRead(CallID(number: 2), answer), at: 3)
        #expect(!readings.isDefined(Self.key))
    }
}
