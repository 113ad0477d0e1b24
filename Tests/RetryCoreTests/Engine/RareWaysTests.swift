import Primitives
import Testing

@testable import RetryCore

/// What the engine does where an answer is rare, late or contradicts another.
@Suite struct RareWaysTests {
    private func failure(_ kind: CallFailure.Kind, _ operation: AWSOperation?) -> CallFailure {
        CallFailure(kind: kind, operation: operation, message: "no")
    }

    private func stage(_ execution: ExecutionID, _ status: StageStatus) -> PipelineSnapshot {
        let latest = StageExecution(id: execution, status: status)
        return PipelineSnapshot(
            version: 1,
            stages: [StageSnapshot(name: "Build", latest: latest, actions: [])]
        )
    }

    @Test func `the state's version alone shows that the definition changed`() {
        var harness = EngineHarness.failing()
        harness.states[.web]?.version = 2
        harness.definitions[.web] = .failed(failure(.accessDenied, .getPipeline))
        harness.run(.seconds(20))
        let reasons = harness.reports.compactMap { report -> Reason? in
            if case .stageNotRetried(_, let reason, _, _, _) = report { reason } else { nil }
        }
        #expect(reasons == [.definitionChanged])
    }

    /// Only the definition tells that the failure of another run order is of an earlier attempt.
    @Test func `an error counted before the definition was read is counted anew with it`() {
        var policy = StagePolicy.plain
        policy.stopAfterSameError = 2
        var harness = EngineHarness.failing(policy)
        func kind(_ order: Int) -> ActionKind {
            ActionKind(category: "Build", provider: "CodeBuild", runOrder: order)
        }
        let definition = PipelineDefinition(
            version: 1,
            executionMode: .superseded,
            stages: ["Build": StageDefinition(actions: ["Compile": kind(2), "Lint": kind(1)])]
        )
        let earlier = ActionSnapshot(
            name: "Lint",
            executionID: "lint",
            status: .failed,
            lastStatusChange: harness.epoch + .seconds(-60),
            code: "JobFailed",
            message: "style"
        )
        func showHistory(_ harness: inout EngineHarness) {
            let actions = (harness.states[.web]?.stages[0].actions ?? []) + [earlier]
            let rows = actions.map { action in
                ActionRow(
                    stage: "Build",
                    action: action,
                    category: "Build",
                    provider: "CodeBuild",
                    pipelineVersion: 1
                )
            }
            harness.evidence[.first] = .read(rows, at: nil)
        }
        harness.definitions[.web] = .read(definition, at: nil)
        showHistory(&harness)
        harness.run(.seconds(40))
        #expect(harness.retries.count == 1)
        harness.definitions[.web] = .failed(failure(.serverError, .getPipeline))
        var configuration = Configuration.watching(["web"], policy)
        configuration.targets[0].rateGroup = "other"
        harness.feed(.reloaded(configuration))
        let time = harness.wall
        harness.change(.web) { $0.failsAgain("queue full", at: time) }
        showHistory(&harness)
        harness.run(.seconds(120))
        #expect(harness.count(.stageFailed) == 2)
        harness.definitions[.web] = .read(definition, at: nil)
        harness.run(.seconds(300))
        #expect(harness.retries.count == 1)
        #expect(harness.ledger.episodes.map(\.reason) == [.sameError])
    }

    @Test func `credentials that only the history's call reports degrade their target`() {
        var harness = EngineHarness.failing()
        harness.evidence[.first] = .failed(failure(.credentials, .listActionExecutions))
        harness.run(.seconds(5))
        #expect(harness.count(.targetDegraded) == 1)
    }

    @Test func `an older failure does not take the stage back from a newer one`() {
        var harness = EngineHarness.failing()
        harness.run(.seconds(5))
        let failed = harness.states[.web]
        let other = StageSnapshot.failed("queue full", at: harness.wall, execution: .second)
        harness.states[.web] = PipelineSnapshot(version: 1, stages: [other])
        harness.run(.seconds(20))
        #expect(harness.count(.stageSuperseded) == 1)
        #expect(harness.count(.stageFailed) == 2)
        // The ledger has lost it: only the engine knows that it ended.
        harness.memory = .new
        let recalls = harness.recalls
        harness.states[.web] = failed
        harness.run(.seconds(300))
        #expect(harness.count(.stageSuperseded) == 1)
        #expect(harness.count(.stageFailed) == 2)
        #expect(harness.recalls == recalls)
        #expect(harness.retries.isEmpty)
    }

    @Test func `an unknown retry of a stage that another execution took had no effect`() {
        var harness = EngineHarness.failing()
        harness.retryAnswers = [.unknown("reset")]
        harness.retriesMove = false
        harness.run(.seconds(35))
        #expect(harness.retries.count == 1)
        harness.states[.web] = stage(.second, .inProgress)
        harness.run(.seconds(60))
        let effects = harness.reports.compactMap { report -> Bool? in
            if case .retrySettled(_, _, let tookEffect) = report { tookEffect } else { nil }
        }
        #expect(effects == [false])
        #expect(harness.count(.stageSuperseded) == 1)
    }

    @Test
    func `a stage that vanishes while its retry is under way is not removed before the answer`() {
        var harness = EngineHarness.failing()
        harness.holdsRetry = true
        harness.run(.seconds(35))
        #expect(harness.retries.count == 1)
        var other = stage(.first, .succeeded)
        other.version = 2
        other.stages[0].name = "Deploy"
        harness.states[.web] = other
        for _ in 0..<4 {
            harness.engine.poll(.web, at: harness.now, harness.now)
            harness.run(.seconds(5))
        }
        #expect(harness.count(.stageRemoved) == 0)
        harness.holdsRetry = false
        for id in harness.heldRetries {
            harness.feed(.retryAnswered(id, .accepted(requestID: "r", at: harness.wall)))
        }
        harness.run(.seconds(300))
        #expect(harness.count(.stageRemoved) == 1)
    }

    @Test func `a target that can be reached again begins with short waits`() {
        var harness = EngineHarness(.watching())
        harness.states[.web] = stage(.first, .succeeded)
        harness.run(.seconds(5))
        harness.sick[.web] = failure(.serverError, .getPipelineState)
        harness.run(.seconds(600))
        harness.feed(.targetPlanned("prod", region: "eu-west-1", rateGroup: "prod"))
        let before = harness.polls[.web] ?? 0
        harness.run(.seconds(70))
        // Within the start's spread, then after 5, 10 and 20 s more.
        #expect((harness.polls[.web] ?? 0) - before >= 3)
    }

    @Test func `two pipelines that are both gone are removed after a minute`() {
        var harness = EngineHarness(.watching(["api", "web"]))
        harness.fail(["api", "web"])
        harness.run(.seconds(10))
        harness.states = [:]
        harness.run(.seconds(300))
        #expect(harness.count(.stageRemoved) == 2)
    }

    @Test func `an open episode that only a pattern of before took ends before the next list`() {
        func configuration(_ pattern: String) -> Configuration {
            var configuration = Configuration.discovering
            configuration.targets[0].pipelines[0].selector = .match(Glob(pattern), except: [])
            return configuration
        }
        var harness = EngineHarness.failing()
        harness.run(.seconds(5))
        harness.listFailure = failure(.serverError, .listPipelines)
        harness.crash(configuration("w*"))
        harness.run(.seconds(5))
        harness.feed(.reloaded(configuration("api*")))
        #expect(harness.engine.episodes.live.isEmpty)
        harness.listFailure = nil
        harness.listed = ["api", "web"]
        harness.run(.seconds(600))
        #expect(harness.ledger.episodes.map(\.reason) == [.notWatched])
        #expect(harness.engine.episodes.live.isEmpty)
        #expect(harness.retries.isEmpty)
    }
}
