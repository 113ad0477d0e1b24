import Primitives
import RetryCore
import Testing

@Suite struct EpisodeTests {
    /// The history of the attempts that the state shows, in a version of the pipeline.
    private func rows(of harness: EngineHarness, version: Int) -> [ActionRow] {
        (harness.states[.web]?.stages.first?.actions ?? []).map {
            ActionRow(stage: "Build", action: $0, category: "Build", pipelineVersion: version)
        }
    }

    @Test func `a failure is retried after its wait and recovers with one outcome`() {
        var harness = EngineHarness.failing()
        harness.run(.seconds(29))
        #expect(harness.retries.isEmpty)
        harness.run(.seconds(10))
        #expect(harness.retries.count == 1)
        #expect(harness.retries.first?.at == harness.epoch + .seconds(30))
        harness.change(.web) { $0.latest?.status = .succeeded }
        harness.run(.seconds(60))
        #expect(
            harness.kinds == [
                .stageFailed, .retryScheduled, .retrySent, .retryAccepted, .stageRecovered,
            ]
        )
        #expect(harness.engine.status.episodes.isEmpty)
    }

    @Test func `the limit ends the episode with one outcome and nothing follows`() {
        var harness = EngineHarness.failing()
        harness.run(.seconds(3600)) { harness in
            if harness.states[.web]?.stages.first?.latest?.status == .inProgress {
                let time = harness.wall
                harness.change(.web) { $0.failsAgain("queue full", at: time) }
            }
        }
        #expect(harness.retries.count == 3)
        #expect(harness.count(.retriesExhausted) == 1)
        #expect(harness.count(.stageFailed) == 4)
    }

    @Test func `an intent is durable before the call, and without it nothing is sent`() {
        var harness = EngineHarness.failing()
        harness.durability = [.failed("disk full"), .failed("disk full")]
        harness.run(.seconds(34))
        #expect(harness.retries.isEmpty)
        #expect(harness.count(.targetDegraded) == 1)
        harness.run(.seconds(60))
        #expect(harness.retries.count == 1)
        #expect(harness.count(.targetRecovered) == 1)
        #expect(harness.ledger.intents.count == 1)
    }

    @Test func `an unknown answer that took effect is settled and not sent again`() {
        var harness = EngineHarness.failing()
        harness.retryAnswers = [.unknown("connection closed")]
        harness.run(.seconds(120))
        #expect(harness.retries.count == 1)
        #expect(harness.count(.retryUnknown) == 1)
        #expect(harness.count(.retrySettled) == 1)
        #expect(harness.ledger.intents.first?.state == .effective)
        #expect(harness.ledger.episodes.first?.counts.own == 1)
    }

    @Test func `an unknown answer without effect counts, and the next retry follows`() {
        var harness = EngineHarness.failing()
        harness.retryAnswers = [.unknown("time-out")]
        harness.retriesMove = false
        harness.run(.seconds(120))
        #expect(harness.ledger.intents.first?.state == .unsettled)
        #expect(harness.retries.count == 2)
        #expect(harness.ledger.intents.map(\.number) == [1, 2])
    }

    @Test func `an accepted retry without effect is reported and counts`() {
        var harness = EngineHarness.failing()
        harness.retriesMove = false
        harness.run(.seconds(600))
        #expect(harness.count(.retryWithoutEffect) == 3)
        #expect(harness.retries.count == 3)
        #expect(harness.count(.retriesExhausted) == 1)
    }

    @Test(arguments: RetryRefusal.allCases)
    func `a refused call never counts`(_ refusal: RetryRefusal) {
        var harness = EngineHarness.failing()
        let failure = CallFailure(kind: .invalid, operation: .retryStageExecution, message: "no")
        harness.retryAnswers = [.refused(refusal, failure)]
        harness.run(.seconds(32))
        #expect(harness.retries.count == 1)
        #expect(harness.ledger.intents.map(\.state) == [.notExecuted])
        harness.run(.seconds(7200))
        let ends: [RetryRefusal] = [
            .notLatest, .invalid, .other,
        ]
        #expect(harness.retries.count == (ends.contains(refusal) ? 1 : 2))
        if harness.retries.count == 2 {
            #expect(harness.ledger.intents.map(\.number) == [1, 1])
        }
    }

    @Test(arguments: RetryRefusal.allCases)
    func `every sent retry has its answer, though the reason stays the same`(
        _ refusal: RetryRefusal
    ) {
        var harness = EngineHarness.failing()
        let failure = CallFailure(kind: .invalid, operation: .retryStageExecution, message: "no")
        harness.retryAnswers = .init(repeating: .refused(refusal, failure), count: 500)
        harness.run(.seconds(4 * 3600))
        harness.feed(.reloaded(.watching()))
        harness.run(.seconds(600))
        #expect(harness.count(.retrySent) >= 1)
        #expect(harness.count(.retryRefused) == harness.count(.retrySent))
    }

    @Test func `a stage that AWS calls not retryable twice is not retried`() {
        var harness = EngineHarness.failing()
        let failure = CallFailure(kind: .invalid, operation: .retryStageExecution, message: "no")
        harness.retryAnswers = .init(repeating: .refused(.notRetryable, failure), count: 5)
        harness.run(.seconds(600))
        #expect(harness.retries.count == 2)
        #expect(harness.ledger.episodes.first?.reason == .notRetryable)
    }

    @Test func `another execution supersedes the episode`() {
        var harness = EngineHarness.failing()
        harness.run(.seconds(10))
        harness.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [
                StageSnapshot(
                    name: "Build",
                    latest: StageExecution(id: .second, status: .inProgress)
                )
            ]
        )
        harness.run(.seconds(60))
        #expect(harness.retries.isEmpty)
        #expect(harness.count(.stageSuperseded) == 1)
    }

    @Test func `a restart between two retries keeps the count and the due time`() {
        var harness = EngineHarness.failing()
        harness.run(.seconds(35))
        let time = harness.wall
        harness.change(.web) { $0.failsAgain("queue full", at: time) }
        harness.run(.seconds(15))
        let due = harness.engine.status.dueTimes
        harness.crash(.watching())
        harness.reports = []
        harness.run(.seconds(5))
        #expect(harness.engine.status.dueTimes == due)
        #expect(harness.kinds == [.retryScheduled])
        harness.run(.seconds(3600)) { harness in
            if harness.states[.web]?.stages.first?.latest?.status == .inProgress {
                let time = harness.wall
                harness.change(.web) { $0.failsAgain("queue full", at: time) }
            }
        }
        #expect(harness.retries.count == 3)
    }

    @Test func `a crash between intent and call is settled before anything is sent`() {
        var harness = EngineHarness.failing()
        harness.run(.seconds(10))
        var open = harness.ledger
        open.intents = [
            Intent.web(
                before: StageSnapshot.failed("", at: harness.epoch).baseline,
                at: harness.wall
            )
        ]
        harness.ledger = open
        harness.crash(.watching())
        harness.run(.seconds(50))
        #expect(harness.retries.isEmpty)
        harness.run(.seconds(3600))
        #expect(harness.count(.retrySettled) == 1)
        #expect(harness.ledger.intents.first?.state == .unsettled)
        #expect(harness.ledger.intents.dropFirst().first?.number == 2)
    }

    @Test func `an outcome is reported once, even after a restart`() {
        var harness = EngineHarness.failing()
        harness.definitions[.web] = .read(
            PipelineDefinition(
                version: 1,
                executionMode: .superseded,
                stages: ["Build": StageDefinition(onFailure: .rollback)]
            ),
            at: nil
        )
        harness.run(.seconds(60))
        #expect(harness.count(.stageNotRetried) == 1)
        harness.crash(.watching())
        harness.run(.seconds(600))
        #expect(harness.count(.stageNotRetried) == 1)
        #expect(harness.retries.isEmpty)
    }

    @Test func `what a state shows of a pipeline in PARALLEL mode is not acted on`() {
        var harness = EngineHarness.failing()
        harness.definitions[.web] = .definition(1, .parallel)
        harness.run(.seconds(600))
        #expect(harness.kinds.isEmpty)
        #expect(harness.isParallel)
    }

    /// By an update, or by a deletion after which versions start again.
    @Test(arguments: [(old: 1, new: 2), (old: 5, new: 1), (old: 1, new: 1)])
    func `a failure in a pipeline that becomes PARALLEL is not retried, and not waited for`(
        _ version: (old: Int, new: Int)
    ) {
        func definition(_ number: Int, _ mode: ExecutionMode) -> ReadAnswer<PipelineDefinition> {
            let stages: [StageName: StageDefinition] = ["Build": StageDefinition()]
            return .read(
                PipelineDefinition(version: number, executionMode: mode, stages: stages),
                at: nil
            )
        }
        var harness = EngineHarness.failing()
        harness.states[.web]?.version = version.old
        harness.states[.web]?.created = harness.epoch
        harness.definitions[.web] = definition(version.old, .superseded)
        harness.evidence[.first] = .read(rows(of: harness, version: version.old), at: nil)
        harness.run(.seconds(5))
        #expect(harness.kinds == [.stageFailed, .retryScheduled])
        let created = version.new > version.old ? harness.epoch : harness.wall
        harness.states[.web] = PipelineSnapshot(version: version.new, created: created, stages: [])
        harness.definitions[.web] = definition(version.new, .parallel)
        harness.run(.seconds(300))
        #expect(harness.retries.isEmpty)
        #expect(harness.ledger.episodes.first?.reason == .modeChanged)
        #expect(harness.isParallel)
        #expect(harness.count(.pipelineLost) == 0)
    }

    @Test(arguments: [true, false])
    func `the version of an answer without stages does not identify what ran`(isDenied: Bool) {
        var harness = EngineHarness.failing()
        harness.states[.web]?.version = 11
        harness.evidence[.first] = .read(rows(of: harness, version: 11), at: nil)
        harness.definitions[.web] = .definition(11)
        harness.run(.seconds(5))
        let shown = harness.states[.web]
        harness.states[.web] = PipelineSnapshot(version: 1, stages: [])
        if isDenied {
            let failure = CallFailure(kind: .accessDenied, operation: .getPipeline, message: "no")
            harness.definitions[.web] = .failed(failure)
        }
        harness.run(.seconds(12))
        harness.feed(.reloaded(.watching()))
        harness.run(.seconds(3))
        #expect(harness.count(.stageNotRetried) == 0)
        harness.states[.web] = shown
        harness.run(.seconds(60))
        #expect(harness.count(.stageNotRetried) == 0)
        #expect(harness.retries.isEmpty == isDenied)
    }

    /// Without stages only the definition tells it, and the permission may come back.
    @Test func `a pipeline that became PARALLEL while its definition was denied is recognised`() {
        var harness = EngineHarness.failing()
        harness.run(.seconds(5))
        harness.states[.web] = PipelineSnapshot(version: 2, stages: [])
        harness.definitions[.web] = .failed(
            CallFailure(kind: .accessDenied, operation: .getPipeline, message: "no")
        )
        harness.crash(.watching())
        harness.run(.seconds(600))
        let reads = harness.definitionReads
        harness.definitions[.web] = .definition(2, .parallel)
        harness.run(.seconds(2900))
        #expect(harness.definitionReads == reads)
        harness.run(.seconds(1300))
        // Then every ten minutes, since no list shows another mode.
        #expect((reads + 1...reads + 4).contains(harness.definitionReads))
        #expect(harness.retries.isEmpty)
        #expect(harness.ledger.episodes.map(\.reason) == [.modeChanged])
        #expect(harness.isParallel)
    }

    @Test func `a recreated pipeline is judged by its own definition`() {
        var harness = EngineHarness.failing()
        harness.states[.web]?.created = harness.epoch
        harness.run(.seconds(5))
        let reads = harness.definitionReads
        var stage = StageSnapshot.failed("queue full", at: harness.wall)
        stage.latest?.id = .second
        harness.states[.web] = PipelineSnapshot(version: 1, created: harness.wall, stages: [stage])
        harness.run(.seconds(20))
        #expect(harness.definitionReads == reads + 1)
    }

    @Test func `an execution that a stage lacks for hours is believed to be removed`() {
        var policy = StagePolicy.plain
        policy.giveUpAfter = .seconds(48 * 3600)
        policy.paused = true
        var harness = EngineHarness.failing(policy)
        harness.evidence[.first] = .read(rows(of: harness, version: 1), at: nil)
        harness.run(.seconds(60))
        harness.states[.web] = PipelineSnapshot(version: 1, stages: [StageSnapshot(name: "Build")])
        harness.run(.seconds(5 * 3600))
        #expect(harness.ledger.episodes.first?.reason == nil)
        #expect(harness.ledger.episodes.first?.outcome == nil)
        harness.run(.seconds(2 * 3600))
        #expect(harness.ledger.episodes.first?.outcome != nil)
        #expect(harness.engine.status.episodes.isEmpty)
    }

    @Test func `answers without stages of a known version read no definition`() {
        var harness = EngineHarness.failing()
        harness.run(.seconds(5))
        let reads = harness.definitionReads
        harness.states[.web] = PipelineSnapshot(version: 1, stages: [])
        harness.run(.seconds(600))
        #expect(harness.definitionReads == reads)
        #expect(!harness.isParallel)
    }

    @Test func `after a person's retry the daemon does not retry`() {
        var harness = EngineHarness.failing()
        harness.run(.seconds(10))
        harness.change(.web) { $0.startsAgain() }
        harness.run(.seconds(15))
        let time = harness.wall
        harness.change(.web) { $0.failsAgain("queue full", at: time) }
        harness.run(.seconds(600))
        #expect(harness.retries.isEmpty)
        #expect(harness.ledger.episodes.first?.reason == .humanRetried)
    }

    @Test func `a dry run reports what it would do and sends nothing`() {
        var configuration = Configuration.watching()
        configuration.dryRun = true
        var harness = EngineHarness(configuration)
        harness.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: harness.epoch)]
        )
        harness.run(.seconds(7200))
        #expect(harness.retries.isEmpty)
        #expect(harness.kinds == [.stageFailed, .wouldRetry])
    }

    @Test func `history that arrives after it was given up is considered before a retry`() throws {
        var harness = EngineHarness(.watching())
        harness.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: harness.epoch)]
        )
        let compile = ActionKind(category: "Build", provider: "CodeBuild")
        harness.definitions[.web] = .read(
            PipelineDefinition(
                version: 1,
                executionMode: .superseded,
                stages: ["Build": StageDefinition(actions: ["Compile": compile])]
            ),
            at: nil
        )
        harness.holdsEvidence = true
        harness.change(.web) { $0.transitionEnabled = false }
        harness.run(.seconds(330))
        #expect(harness.count(.retryDeferred) == 1)
        let late = try #require(harness.heldEvidence.last)
        let row = ActionRow(
            stage: "Build",
            action: ActionSnapshot(name: "Compile", status: .failed),
            category: "Build",
            provider: "CodeBuild",
            pipelineVersion: 7
        )
        harness.evidence[.first] = .read([row], at: nil)
        harness.holdsEvidence = false
        harness.feed(.evidenceRead(late, .read([row], at: nil)))
        harness.change(.web) { $0.transitionEnabled = true }
        harness.run(.seconds(600))
        #expect(harness.retries.isEmpty)
        #expect(harness.count(.stageNotRetried) == 1)
    }
}
