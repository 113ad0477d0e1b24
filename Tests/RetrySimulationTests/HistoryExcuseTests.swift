import Primitives
import RetryCore
import Testing

@testable import RetrySimulation

/// What the oracle excuses of executions in PARALLEL mode, and nothing more.
@Suite struct HistoryExcuseTests {
    private static let pipeline = PipelineKey(target: "one", pipeline: "p1")
    private static let key = ExecutionKey(pipeline: pipeline, execution: "a")

    private static let definition = PipelineDefinition(
        version: 1,
        executionMode: .parallel,
        stages: ["Build": StageDefinition(actions: [:])]
    )

    private static func configuration(longest age: Duration) -> Configuration {
        var policy = StagePolicy.standard
        policy.maxFailureAge = age
        let entry = PipelineEntry(selector: .name("p1"), policy: policy, stages: [:])
        let target = Target(name: "one", region: "r", rateGroup: "g", pipelines: [entry])
        return Configuration(targets: [target])
    }

    @Test(
        arguments: [
            (53_999, -20_000, false), (54_000, -20_000, true), (1000, -20_001, false),
            (1000, -19_999, true),
        ] as [(Int64, Int64, Bool)]
    )
    func `a definition is read again when it is a minute old, or another one came`(
        _ time: Int64,
        _ changedAt: Int64,
        _ isRenewed: Bool
    ) {
        var readings = Readings()
        let call = CallID(number: 1)
        readings.asked(call, for: .definition(Self.pipeline), at: 0)
        readings.record(.definitionRead(call, .read(Self.definition, at: nil)), at: 0)
        #expect(readings.isRenewed(Self.pipeline, at: time, changedAt: changedAt) == isRenewed)
    }

    @Test(
        arguments: [
            (54, 0, false), (56, 0, true), (54, 100, false), (56, 100, true),
        ] as [(Int64, Int64, Bool)]
    )
    func `a failure is history by the file of when it was shown first`(
        _ age: Int64,
        _ later: Int64,
        _ isOld: Bool
    ) {
        var oracle = Oracle(trustsDates: true, trustsAnswers: true, judgesTruth: true)
        let row = ExecutionSummary(
            id: "a",
            status: .failed,
            mode: .parallel,
            lastUpdate: HostClock.epoch
        )
        let definition = CallID(number: 9)
        oracle.readings.asked(definition, for: .definition(Self.pipeline), at: 0)
        oracle.readings.record(.definitionRead(definition, .read(Self.definition, at: nil)), at: 0)
        let page = PolledExecutions.executions([row], digest: nil)
        let ages: [Duration] = [.seconds(60), .seconds(7200)]
        for (number, longest) in zip(1... as PartialRangeFrom<UInt64>, ages) {
            let call = CallID(number: number)
            let time = (age + (number > 1 ? later : 0)) * 1000
            oracle.histories.lists[call] = (Self.pipeline, time)
            oracle.listed(
                .executionsListed(call, .read(page, at: nil)),
                at: time,
                Self.configuration(longest: longest)
            )
        }
        #expect(oracle.histories.rows[Self.key]?.isOld == isOld)
    }

    @Test(arguments: [(89_999, true), (90_000, false)] as [(Int64, Bool)])
    func `a page that comes when nobody waits for it any more shows nothing`(
        _ wait: Int64,
        _ isShown: Bool
    ) {
        var oracle = Oracle(trustsDates: true, trustsAnswers: true, judgesTruth: true)
        let (definition, list) = (CallID(number: 1), CallID(number: 2))
        oracle.readings.asked(definition, for: .definition(Self.pipeline), at: 0)
        oracle.readings.record(.definitionRead(definition, .read(Self.definition, at: nil)), at: 0)
        let row = ExecutionSummary(
            id: "a",
            status: .inProgress,
            mode: .parallel,
            lastUpdate: HostClock.epoch
        )
        oracle.histories.lists[list] = (Self.pipeline, 0)
        let page = PolledExecutions.executions([row], digest: nil)
        oracle.listed(
            .executionsListed(list, .read(page, at: nil)),
            at: wait,
            Self.configuration(longest: .seconds(60))
        )
        #expect((oracle.histories.rows[Self.key] != nil) == isShown)
    }

    @Test(
        arguments: [
            ([1, 2], 0, false), ([2, 1], 0, true), ([2, 1], 329_999, true),
            ([2, 1], 330_000, false), ([2, 1, 2], 0, false),
        ] as [([Int], Int64, Bool)]
    )
    func `an older definition is late for five minutes, and then that of another pipeline`(
        _ versions: [Int],
        _ lasts: Int64,
        _ isMadeAgain: Bool
    ) {
        var readings = Readings()
        var number: UInt64 = 0
        func read(_ version: Int, at time: Int64) {
            number += 1
            var definition = Self.definition
            definition.version = version
            let call = CallID(number: number)
            readings.asked(call, for: .definition(Self.pipeline), at: time)
            readings.record(.definitionRead(call, .read(definition, at: nil)), at: time)
        }
        for version in versions { read(version, at: 0) }
        if lasts > 0, let last = versions.last { read(last, at: lasts) }
        #expect(readings.isMadeAgain(Self.pipeline) == isMadeAgain)
    }

    @Test(
        arguments: [
            (true, 119, false), (true, 121, true), (false, 0, true),
        ] as [(Bool, Int64, Bool)]
    )
    func `a definition is known two minutes after it came, and at once where the state shows it`(
        _ isOfHistory: Bool,
        _ failedAfter: Int64,
        _ isKnown: Bool
    ) {
        var truth = StageTruth()
        truth.isOfHistory = isOfHistory
        truth.definedAt = HostClock.epoch
        truth.formerReactions = ["ROLLBACK"]
        truth.failed = [
            StageTruth.FailedRun(
                attempt: "1",
                category: "Build",
                code: "",
                message: "",
                at: HostClock.epoch + .seconds(failedAfter),
                runOrder: 1
            )
        ]
        #expect(truth.isDefinitionKnown == isKnown)
        #expect(truth.mayReact(by: "ROLLBACK"))
        #expect(!truth.mayReact(by: "SKIP"))
    }
}
