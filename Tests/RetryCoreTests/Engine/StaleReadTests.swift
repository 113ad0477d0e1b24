import Primitives
import RetryCore
import Testing

/// A stale read: a state older than one that was taken, as a service of many hosts shows it.
@Suite struct StaleReadTests {
    private let denied = CallFailure(
        kind: .accessDenied,
        operation: .listActionExecutions,
        message: "no"
    )

    /// Its first retry has failed a minute after it was sent, and a poll has shown that.
    private func failedTwice(_ policy: StagePolicy = .plain) -> EngineHarness {
        var harness = EngineHarness.failing(policy)
        harness.evidence[.first] = .failed(denied)
        harness.run(.seconds(90))
        let time = harness.wall
        harness.change(.web) { $0.failsAgain("queue full", at: time) }
        harness.run(.seconds(12))
        return harness
    }

    @Test func `an older failure is not counted again where the history may not be read`() {
        var policy = StagePolicy.plain
        policy.stopAfterSameError = 3
        policy.backoff.initial = .seconds(600)
        policy.backoff.max = .seconds(600)
        var harness = EngineHarness.failing(policy)
        harness.evidence[.first] = .failed(denied)
        harness.run(.seconds(610))
        #expect(harness.retries.count == 1)
        let time = harness.wall
        harness.change(.web) { $0.failsAgain("queue full", at: time) }
        harness.run(.seconds(12))
        #expect(harness.count(.stageFailed) == 2)
        let fresh = harness.states[.web]
        harness.states[.web]?.stages = [.failed("queue full", at: harness.epoch)]
        harness.run(.seconds(11))
        harness.states[.web] = fresh
        harness.run(.seconds(30))
        #expect(harness.count(.stageFailed) == 2)
        #expect(harness.count(.retriesExhausted) == 0)
    }

    /// The first poll shows the failure after CodePipeline's own retry.
    @Test func `a copy of before CodePipeline's own retry is older, though never seen before`() {
        var policy = StagePolicy.plain
        policy.backoff.initial = .seconds(600)
        policy.backoff.max = .seconds(600)
        var harness = EngineHarness.failing(policy)
        harness.evidence[.first] = .failed(denied)
        var older = harness.states[.web]
        older?.stages = [.failed("queue full", at: harness.epoch + .seconds(-60))]
        harness.change(.web) {
            $0.counters.automatic = 1
            $0.actions[0].executionID = "a2"
        }
        let fresh = harness.states[.web]
        harness.run(.seconds(12))
        harness.states[.web] = older
        harness.run(.seconds(11))
        harness.states[.web] = fresh
        harness.run(.seconds(30))
        #expect(harness.count(.stageFailed) == 1)
    }

    /// CodePipeline has retried the stage itself, and another action failed.
    @Test func `a failure that the history shows before the state is reported and counted once`() {
        var policy = StagePolicy.plain
        policy.stopAfterSameError = 2
        var harness = EngineHarness.failing(policy)
        func action(_ name: ActionName, _ id: Int, _ status: ActionStatus, at seconds: Int)
            -> ActionSnapshot
        {
            ActionSnapshot(
                name: name,
                executionID: ActionExecutionID("\(name)-\(id)"),
                status: status,
                lastStatusChange: harness.epoch + .seconds(seconds),
                message: status == .failed ? "queue full" : nil
            )
        }
        let lint = action("Lint", 1, .succeeded, at: -90)
        let compile = action("Compile", 1, .failed, at: -70)
        let again = action("Lint", 2, .failed, at: 0)
        let kinds: [ActionName: ActionKind] = [
            "Lint": ActionKind(category: "Build", provider: "CodeBuild", runOrder: 1),
            "Compile": ActionKind(category: "Build", provider: "CodeBuild", runOrder: 2),
        ]
        harness.definitions[.web] = .read(
            PipelineDefinition(
                version: 1,
                executionMode: .superseded,
                stages: ["Build": StageDefinition(actions: kinds)]
            ),
            at: nil
        )
        harness.change(.web) { $0.actions = [compile, lint] }
        harness.evidence[.first] = .read(
            [again, compile, lint].map {
                ActionRow(stage: "Build", action: $0, category: "Build", pipelineVersion: 1)
            },
            at: nil
        )
        harness.run(.seconds(8))
        harness.change(.web) { $0.actions = [compile, again] }
        harness.run(.seconds(60))
        #expect(harness.count(.stageFailed) == 1)
        #expect(harness.retries.count == 1)
    }

    @Test func `a stale read after the call proves no effect, and no second retry follows`() {
        var policy = StagePolicy.plain
        policy.backoff.initial = .seconds(5)
        policy.backoff.max = .seconds(5)
        var harness = EngineHarness.failing(policy)
        harness.evidence[.first] = .failed(denied)
        harness.run(.seconds(8))
        #expect(harness.retries.count == 1)
        let old = StageSnapshot.failed("queue full", at: harness.epoch)
        let time = harness.wall
        harness.change(.web) { $0.failsAgain("queue full", at: time) }
        harness.retriesMove = false
        let fresh = harness.states[.web]
        harness.run(.seconds(50)) { harness in
            let isLate =
                harness.retries.count == 2 && harness.wall < harness.retries[1].at + .seconds(3)
            harness.states[.web] = fresh
            if isLate { harness.states[.web]?.stages = [old] }
        }
        #expect(harness.retries.count == 2)
        #expect(harness.count(.stageFailed) == 2)
        #expect(harness.count(.retrySettled) == 0)
    }

    @Test func `a stale read that shows the stage InProgress does not delay the retry`() {
        var harness = EngineHarness.failing()
        harness.run(.seconds(12))
        let fresh = harness.states[.web]
        harness.change(.web) {
            $0.latest?.status = .inProgress
            $0.actions[0].status = .inProgress
            $0.actions[0].lastStatusChange = $0.actions[0].lastStatusChange.map {
                $0 + .seconds(-60)
            }
        }
        harness.run(.seconds(10))
        harness.states[.web] = fresh
        harness.run(.seconds(60))
        #expect(harness.retries.count == 1)
    }

    @Test func `an execution that left the stage is not opened again by stale reads`() {
        var harness = EngineHarness.failing()
        harness.run(.seconds(10))
        let old = harness.states[.web]
        harness.now = harness.now + .seconds(1)
        harness.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", attempt: 9, at: harness.wall, execution: .second)]
        )
        harness.run(.seconds(12))
        #expect(harness.count(.stageSuperseded) == 1)
        let fresh = harness.states[.web]
        harness.states[.web] = old
        harness.run(.seconds(15))
        harness.states[.web] = fresh
        harness.run(.seconds(120))
        #expect(harness.count(.stageFailed) == 2)
        #expect(harness.count(.stageSuperseded) == 1)
        #expect(harness.retries.map(\.1.execution) == [.second])
    }

    @Test func `a history that jumps back for good is accepted after five minutes`() {
        var harness = failedTwice()
        harness.states[.web]?.stages = [.failed("queue full", at: harness.epoch + .seconds(1))]
        harness.states[.web]?.stages[0].counters.manual = 1
        harness.run(.seconds(900))
        #expect(harness.retries.count == 2)
    }

    /// Answers that lack something that the stage had.
    static let lacking: [PipelineSnapshot] = [
        PipelineSnapshot(version: 1, stages: [StageSnapshot(name: "Source")]),
        PipelineSnapshot(version: nil, stages: [StageSnapshot(name: "Source")]),
        PipelineSnapshot(version: 1, stages: [StageSnapshot(name: "Build")]),
    ]

    @Test(arguments: lacking)
    func `answers that lack the stage after a restart end no episode`(_ answer: PipelineSnapshot) {
        var harness = EngineHarness.failing()
        harness.run(.seconds(10))
        let good = harness.states[.web]
        let definition = PipelineDefinition(
            version: 1,
            executionMode: .superseded,
            stages: [
                "Build": StageDefinition(actions: [
                    "Compile": ActionKind(category: "Build", provider: "CodeBuild")
                ])
            ]
        )
        harness.definitions[.web] = .read(definition, at: nil)
        harness.states[.web] = answer
        harness.crash(.watching())
        harness.run(.seconds(30))
        harness.states[.web] = good
        harness.run(.seconds(120))
        #expect(harness.count(.stageRemoved) + harness.count(.stageSuperseded) == 0)
        #expect(harness.retries.count == 1)
    }

    @Test func `a stage removed while the daemon was down is noticed after the restart`() {
        var harness = EngineHarness.failing()
        harness.run(.seconds(10))
        harness.states[.web] = PipelineSnapshot(version: 2, stages: [StageSnapshot(name: "Source")])
        harness.crash(.watching())
        harness.run(.seconds(300))
        #expect(harness.count(.stageRemoved) == 1)
        #expect(harness.count(.pipelineLost) == 0)
    }

    @Test func `a pipeline recreated while the daemon was down supersedes the old execution`() {
        var harness = EngineHarness.failing()
        harness.run(.seconds(10))
        harness.states[.web] = PipelineSnapshot(version: 1, stages: [StageSnapshot(name: "Build")])
        harness.crash(.watching())
        harness.run(.seconds(300))
        #expect(harness.count(.stageSuperseded) == 1)
    }

    @Test(arguments: [1, nil])
    func `a definition that is newer than the state shows the change`(_ version: Int?) {
        var harness = EngineHarness.failing()
        harness.states[.web]?.version = version
        harness.definitions[.web] = .read(
            PipelineDefinition(
                version: 2,
                executionMode: .superseded,
                stages: [
                    "Build": StageDefinition(actions: [
                        "Compile": ActionKind(category: "Build", provider: "CodeBuild")
                    ])
                ]
            ),
            at: nil
        )
        harness.run(.seconds(120))
        #expect(harness.retries.isEmpty)
        #expect(harness.ledger.episodes.map(\.reason) == [.definitionChanged])
    }
}
