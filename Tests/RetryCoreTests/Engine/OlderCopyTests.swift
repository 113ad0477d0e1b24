import Primitives
import RetryCore
import Testing

/// A copy of the state that is older than one that was taken, as a service of many hosts shows it.
@Suite struct OlderCopyTests {
    private let denied = CallFailure(
        kind: .accessDenied,
        operation: "ListActionExecutions",
        message: "no"
    )

    private func failing(_ policy: StagePolicy = .plain) -> Bench {
        var bench = Bench(.watching(["web"], policy))
        bench.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: bench.epoch)]
        )
        return bench
    }

    /// Its first retry has failed a minute after it was sent, and a look has shown that.
    private func failedTwice(_ policy: StagePolicy = .plain) -> Bench {
        var bench = failing(policy)
        bench.evidence[.first] = .failed(denied)
        bench.run(.seconds(90))
        let time = bench.wall
        bench.change(.web) { $0.failsAgain("queue full", at: time) }
        bench.run(.seconds(12))
        return bench
    }

    @Test func `an older failure is not counted again where the history may not be read`() {
        var policy = StagePolicy.plain
        policy.stopAfterSameError = 3
        policy.backoff.initial = .seconds(600)
        policy.backoff.max = .seconds(600)
        var bench = failing(policy)
        bench.evidence[.first] = .failed(denied)
        bench.run(.seconds(610))
        #expect(bench.retries.count == 1)
        let time = bench.wall
        bench.change(.web) { $0.failsAgain("queue full", at: time) }
        bench.run(.seconds(12))
        #expect(bench.count(.stageFailed) == 2)
        let fresh = bench.states[.web]
        bench.states[.web]?.stages = [.failed("queue full", at: bench.epoch)]
        bench.run(.seconds(11))
        bench.states[.web] = fresh
        bench.run(.seconds(30))
        #expect(bench.count(.stageFailed) == 2)
        #expect(bench.count(.retriesExhausted) == 0)
    }

    /// CodePipeline has retried the stage itself, and another action failed.
    @Test func `a failure that the history shows before the state is said and counted once`() {
        var policy = StagePolicy.plain
        policy.stopAfterSameError = 2
        var bench = failing(policy)
        func action(_ name: ActionName, _ id: Int, _ status: ActionStatus, at seconds: Int)
            -> ActionSnapshot
        {
            ActionSnapshot(
                name: name,
                executionID: ActionExecutionID("\(name)-\(id)"),
                status: status,
                lastStatusChange: bench.epoch + .seconds(seconds),
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
        bench.definitions[.web] = .read(
            PipelineDefinition(
                version: 1,
                executionMode: .superseded,
                stages: ["Build": StageDefinition(actions: kinds)]
            ),
            at: nil
        )
        bench.change(.web) { $0.actions = [compile, lint] }
        bench.evidence[.first] = .read(
            [again, compile, lint].map {
                ActionRow(stage: "Build", action: $0, category: "Build", pipelineVersion: 1)
            },
            at: nil
        )
        bench.run(.seconds(8))
        bench.change(.web) { $0.actions = [compile, again] }
        bench.run(.seconds(60))
        #expect(bench.count(.stageFailed) == 1)
        #expect(bench.retries.count == 1)
    }

    @Test func `an older copy after the call proves no effect, and no second retry follows`() {
        var policy = StagePolicy.plain
        policy.backoff.initial = .seconds(5)
        policy.backoff.max = .seconds(5)
        var bench = failing(policy)
        bench.evidence[.first] = .failed(denied)
        bench.run(.seconds(8))
        #expect(bench.retries.count == 1)
        let old = StageSnapshot.failed("queue full", at: bench.epoch)
        let time = bench.wall
        bench.change(.web) { $0.failsAgain("queue full", at: time) }
        bench.retriesMove = false
        let fresh = bench.states[.web]
        bench.run(.seconds(50)) { bench in
            let isLate = bench.retries.count == 2 && bench.wall < bench.retries[1].at + .seconds(3)
            bench.states[.web] = fresh
            if isLate { bench.states[.web]?.stages = [old] }
        }
        #expect(bench.retries.count == 2)
        #expect(bench.count(.stageFailed) == 2)
        #expect(bench.count(.retrySettled) == 0)
    }

    @Test func `an older copy that shows the stage InProgress does not put the retry off`() {
        var bench = failing()
        bench.run(.seconds(12))
        let fresh = bench.states[.web]
        bench.change(.web) {
            $0.latest?.status = .inProgress
            $0.actions[0].status = .inProgress
            $0.actions[0].lastStatusChange = $0.actions[0].lastStatusChange.map {
                $0 + .seconds(-60)
            }
        }
        bench.run(.seconds(10))
        bench.states[.web] = fresh
        bench.run(.seconds(60))
        #expect(bench.retries.count == 1)
    }

    @Test func `an execution that left the stage is not opened again by older copies`() {
        var bench = failing()
        bench.run(.seconds(10))
        let old = bench.states[.web]
        bench.now = bench.now + .seconds(1)
        bench.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", attempt: 9, at: bench.wall, execution: .second)]
        )
        bench.run(.seconds(12))
        #expect(bench.count(.stageSuperseded) == 1)
        let fresh = bench.states[.web]
        bench.states[.web] = old
        bench.run(.seconds(15))
        bench.states[.web] = fresh
        bench.run(.seconds(120))
        #expect(bench.count(.stageFailed) == 2)
        #expect(bench.count(.stageSuperseded) == 1)
        #expect(bench.retries.map(\.1.execution) == [.second])
    }

    @Test func `a history that jumps back for good is taken after five minutes`() {
        var bench = failedTwice()
        bench.states[.web]?.stages = [.failed("queue full", at: bench.epoch + .seconds(1))]
        bench.states[.web]?.stages[0].counters.manual = 1
        bench.run(.seconds(900))
        #expect(bench.retries.count == 2)
    }

    /// Answers that lack what the stage had.
    static let lacking: [PipelineSnapshot] = [
        PipelineSnapshot(version: 1, stages: [StageSnapshot(name: "Source")]),
        PipelineSnapshot(version: nil, stages: [StageSnapshot(name: "Source")]),
        PipelineSnapshot(version: 1, stages: [StageSnapshot(name: "Build")]),
    ]

    @Test(arguments: lacking)
    func `answers that lack the stage after a restart end no episode`(_ answer: PipelineSnapshot) {
        var bench = failing()
        bench.run(.seconds(10))
        let good = bench.states[.web]
        let definition = PipelineDefinition(
            version: 1,
            executionMode: .superseded,
            stages: [
                "Build": StageDefinition(actions: [
                    "Compile": ActionKind(category: "Build", provider: "CodeBuild")
                ])
            ]
        )
        bench.definitions[.web] = .read(definition, at: nil)
        bench.states[.web] = answer
        bench.crash(.watching())
        bench.run(.seconds(30))
        bench.states[.web] = good
        bench.run(.seconds(120))
        #expect(bench.count(.stageRemoved) + bench.count(.stageSuperseded) == 0)
        #expect(bench.retries.count == 1)
    }

    @Test func `a stage that went while the daemon was down is gone after the restart`() {
        var bench = failing()
        bench.run(.seconds(10))
        bench.states[.web] = PipelineSnapshot(version: 2, stages: [StageSnapshot(name: "Source")])
        bench.crash(.watching())
        bench.run(.seconds(300))
        #expect(bench.count(.stageRemoved) == 1)
        #expect(bench.count(.pipelineLost) == 0)
    }

    @Test func `a pipeline made anew while the daemon was down supersedes the old execution`() {
        var bench = failing()
        bench.run(.seconds(10))
        bench.states[.web] = PipelineSnapshot(version: 1, stages: [StageSnapshot(name: "Build")])
        bench.crash(.watching())
        bench.run(.seconds(300))
        #expect(bench.count(.stageSuperseded) == 1)
    }

    @Test(arguments: [1, nil])
    func `a definition that is newer than the state shows the change`(_ version: Int?) {
        var bench = failing()
        bench.states[.web]?.version = version
        bench.definitions[.web] = .read(
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
        bench.run(.seconds(120))
        #expect(bench.retries.isEmpty)
        #expect(bench.ledger.episodes.map(\.reason) == [.definitionChanged])
    }
}
