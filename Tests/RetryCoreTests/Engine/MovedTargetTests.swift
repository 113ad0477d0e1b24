import Primitives
import RetryCore
import Testing

/// Reloads that change where a target looks, and what its entries take.
@Suite struct MovedTargetTests {
    private static func target(
        _ entries: [PipelineEntry.Selector],
        region: String = "eu-west-1",
        endpoint: String = "",
        rateGroup: RateGroup = "prod"
    ) -> Configuration {
        Configuration(targets: [
            Target(
                name: "prod",
                region: region,
                rateGroup: rateGroup,
                endpoint: endpoint,
                pipelines: entries.map {
                    PipelineEntry(selector: $0, policy: .plain, stages: [:])
                }
            )
        ])
    }

    private static let all = PipelineEntry.Selector.match(Glob("*"), except: [])

    /// A definition of the one stage, in an account.
    private static func definition(in account: String) -> ReadAnswer<PipelineDefinition> {
        let actions: [ActionName: ActionKind] = [
            "Compile": ActionKind(category: "Build", provider: "CodeBuild")
        ]
        let definition = PipelineDefinition(
            version: 1,
            executionMode: .superseded,
            account: account,
            stages: ["Build": StageDefinition(actions: actions)]
        )
        return .read(definition, at: nil)
    }

    /// The reasons of the episodes that were not retried.
    private static func reasons(_ harness: EngineHarness) -> [Reason] {
        harness.reports.compactMap { report in
            if case .stageNotRetried(_, let reason, _, _, _) = report { reason } else { nil }
        }
    }

    /// Another execution has the stage, and succeeds.
    private static func succeed(_ harness: inout EngineHarness) {
        harness.change(.web) { stage in
            stage.latest = StageExecution(id: .second, status: .succeeded, type: .standard)
        }
    }

    @Test(arguments: [
        target([.name("web")], region: "us-east-1"),
        target([.name("web")], endpoint: "http://127.0.0.1:4566"),
    ])
    func `a target that looks elsewhere no longer watches what it watched`(
        _ new: Configuration
    ) {
        var old = MovedTargetTests.target([.name("web")])
        if new.targets[0].endpoint != "" { old.targets[0].endpoint = "http://127.0.0.1:1" }
        var harness = EngineHarness(old)
        harness.fail(["web"])
        harness.run(.seconds(5))
        MovedTargetTests.succeed(&harness)
        harness.feed(.reloaded(new))
        harness.run(.seconds(600))
        #expect(MovedTargetTests.reasons(harness) == [.notWatched])
        #expect(harness.count(.stageSuperseded) == 0)
        #expect(harness.retries.isEmpty)
    }

    @Test func `a Region that is known only later is the one that the target always had`() {
        var harness = EngineHarness.failing()
        harness.run(.seconds(5))
        harness.feed(.reloaded(MovedTargetTests.target([.name("web")], region: "")))
        harness.feed(.targetPlanned("prod", region: "eu-west-1", rateGroup: "prod"))
        harness.run(.seconds(60))
        #expect(MovedTargetTests.reasons(harness).isEmpty)
        #expect(harness.retries.count == 1)
        harness.feed(.reloaded(MovedTargetTests.target([.name("web")], region: "")))
        harness.feed(.targetPlanned("prod", region: "us-east-1", rateGroup: "prod"))
        #expect(MovedTargetTests.reasons(harness) == [.notWatched])
    }

    @Test func `an answer that the Region before still gives is not of the new one`() {
        var harness = EngineHarness(.watching())
        harness.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("no route", at: harness.epoch)]
        )
        harness.hanging = [.web]
        harness.run(.seconds(1))
        let asked = harness.lastPoll
        harness.feed(.reloaded(MovedTargetTests.target([.name("web")], region: "us-east-1")))
        harness.run(.seconds(1))
        #expect(harness.lastPoll != asked)
        guard let asked, let state = harness.states[.web] else { return }
        harness.feed(.stateRead(asked, .state(state, digest: state.digest, at: harness.wall)))
        harness.run(.seconds(30))
        #expect(harness.count(.stageFailed) == 0)
    }

    @Test(arguments: [("111122223333", 0), ("999988887777", 1)])
    func `other credentials end an episode when they are of another account`(
        _ account: String,
        _ ended: Int
    ) {
        var harness = EngineHarness.failing()
        harness.definitions[.web] = MovedTargetTests.definition(in: "111122223333")
        harness.run(.seconds(5))
        #expect(harness.count(.retryScheduled) == 1)
        harness.definitions[.web] = MovedTargetTests.definition(in: account)
        harness.feed(.reloaded(MovedTargetTests.target([.name("web")], rateGroup: "role")))
        harness.run(.seconds(60))
        let reasons = MovedTargetTests.reasons(harness)
        #expect(reasons == Array(repeating: .notWatched, count: ended))
        #expect(harness.retries.count == 1 - ended)
    }

    @Test func `a list of before the target named its pipelines ends nothing`() {
        var harness = EngineHarness(MovedTargetTests.target([MovedTargetTests.all]))
        harness.states[PipelineKey(target: "prod", pipeline: "api")] = PipelineSnapshot(
            version: 1,
            stages: []
        )
        harness.listed = ["api"]
        harness.run(.seconds(5))
        harness.fail(["web"])
        harness.feed(.reloaded(MovedTargetTests.target([.name("web")])))
        harness.run(.seconds(5))
        harness.listed = ["api", "web"]
        harness.feed(.reloaded(MovedTargetTests.target([MovedTargetTests.all])))
        harness.run(.seconds(60))
        #expect(MovedTargetTests.reasons(harness).isEmpty)
        #expect(harness.retries.count == 1)
    }

    @Test func `a pipeline that a pattern takes over from its name is not missing in a list`() {
        let pattern = PipelineEntry.Selector.match(Glob("api*"), except: [])
        var harness = EngineHarness(MovedTargetTests.target([.name("web"), pattern]))
        harness.fail(["web"])
        harness.run(.seconds(5))
        harness.feed(.reloaded(MovedTargetTests.target([MovedTargetTests.all])))
        harness.run(.seconds(5))
        #expect(MovedTargetTests.reasons(harness).isEmpty)
    }

    @Test func `a pattern before its name takes a pipeline that no list has shown yet`() {
        let pattern = PipelineEntry.Selector.match(Glob("web*"), except: [])
        var configuration = MovedTargetTests.target([pattern, .name("web")])
        configuration.targets[0].pipelines[0].policy.never = true
        var harness = EngineHarness(configuration)
        harness.run(.seconds(5))
        #expect(harness.count(.pipelineLost) == 1)
        harness.fail(["web"])
        harness.run(.seconds(700))
        #expect(MovedTargetTests.reasons(harness) == [.stageNever])
        #expect(harness.retries.isEmpty)
    }

    @Test(
        arguments: [
            ([.name("api")], [.notWatched]), ([all, .name("api")], []),
        ] as [([PipelineEntry.Selector], [Reason])]
    )
    func `an episode of the ledger ends when a reload drops its pattern before a list`(
        _ entries: [PipelineEntry.Selector],
        _ reasons: [Reason]
    ) {
        var harness = EngineHarness(MovedTargetTests.target([MovedTargetTests.all]))
        harness.listed = ["web"]
        harness.fail(["web"])
        harness.run(.seconds(5))
        #expect(harness.count(.stageFailed) == 1)
        harness.listFailure = CallFailure(kind: .serverError, operation: nil, message: "HTTP 500")
        harness.crash(MovedTargetTests.target([MovedTargetTests.all]))
        harness.run(.seconds(5))
        harness.feed(.reloaded(MovedTargetTests.target(entries)))
        harness.run(.seconds(60))
        #expect(MovedTargetTests.reasons(harness) == reasons)
    }

    @Test func `a pipeline that moves to another target keeps the retries that AWS counts`() {
        var policy = StagePolicy.plain
        policy.maxRetries = 1
        policy.whenHumanRetried = .continue
        var harness = EngineHarness.failing(policy)
        harness.run(.seconds(60))
        #expect(harness.retries.count == 1)
        var moved = Configuration.watching(["web"], policy)
        moved.targets[0].name = "other"
        let key = PipelineKey(target: "other", pipeline: "web")
        harness.states[key] = PipelineSnapshot(
            version: 1,
            stages: [.failed("no route", attempt: 2, at: harness.wall)]
        )
        harness.states[key]?.stages[0].counters.manual = 1
        harness.feed(.reloaded(moved))
        harness.run(.seconds(600))
        #expect(harness.retries.count == 1)
        #expect(harness.count(.retriesExhausted) == 1)
    }
}
