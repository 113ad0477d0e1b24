import Primitives
import RetryCore
import Testing

@Suite struct EpisodeTests {
    /// A bench in which the one stage of `web` has just failed.
    private func failing(_ policy: StagePolicy = .plain) -> Bench {
        var bench = Bench(.watching(["web"], policy))
        bench.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: bench.epoch)]
        )
        return bench
    }

    /// The history of what the state shows, in a version of the pipeline.
    private func rows(of bench: Bench, version: Int) -> [ActionRow] {
        (bench.states[.web]?.stages.first?.actions ?? []).map {
            ActionRow(stage: "Build", action: $0, category: "Build", pipelineVersion: version)
        }
    }

    @Test func `a failure is retried after its wait and recovers with one outcome`() {
        var bench = failing()
        bench.run(.seconds(29))
        #expect(bench.retries.isEmpty)
        bench.run(.seconds(10))
        #expect(bench.retries.count == 1)
        #expect(bench.retries.first?.at == bench.epoch + .seconds(30))
        bench.change(.web) { $0.latest?.status = .succeeded }
        bench.run(.seconds(60))
        #expect(
            bench.kinds == [
                .stageFailed, .retryScheduled, .retrySent, .retryAccepted, .stageRecovered,
            ]
        )
        #expect(bench.engine.status.episodes.isEmpty)
    }

    @Test func `the limit ends the episode with one outcome and nothing follows`() {
        var bench = failing()
        bench.run(.seconds(3600)) { bench in
            if bench.states[.web]?.stages.first?.latest?.status == .inProgress {
                let time = bench.wall
                bench.change(.web) { $0.failsAgain("queue full", at: time) }
            }
        }
        #expect(bench.retries.count == 3)
        #expect(bench.count(.retriesExhausted) == 1)
        #expect(bench.count(.stageFailed) == 4)
    }

    @Test func `an intent is durable before the call, and without it nothing is sent`() {
        var bench = failing()
        bench.durability = [.failed("disk full"), .failed("disk full")]
        bench.run(.seconds(34))
        #expect(bench.retries.isEmpty)
        #expect(bench.count(.targetDegraded) == 1)
        bench.run(.seconds(60))
        #expect(bench.retries.count == 1)
        #expect(bench.count(.targetRecovered) == 1)
        #expect(bench.ledger.intents.count == 1)
    }

    @Test func `an unknown answer that took effect is settled and not sent again`() {
        var bench = failing()
        bench.retryAnswers = [.unknown("connection closed")]
        bench.run(.seconds(120))
        #expect(bench.retries.count == 1)
        #expect(bench.count(.retryUnknown) == 1)
        #expect(bench.count(.retrySettled) == 1)
        #expect(bench.ledger.intents.first?.state == .effective)
        #expect(bench.ledger.episodes.first?.counts.own == 1)
    }

    @Test func `an unknown answer without effect counts, and the next retry follows`() {
        var bench = failing()
        bench.retryAnswers = [.unknown("time-out")]
        bench.retriesMove = false
        bench.run(.seconds(120))
        #expect(bench.ledger.intents.first?.state == .unsettled)
        #expect(bench.retries.count == 2)
        #expect(bench.ledger.intents.map(\.number) == [1, 2])
    }

    @Test func `an accepted retry without effect is said and counts`() {
        var bench = failing()
        bench.retriesMove = false
        bench.run(.seconds(600))
        #expect(bench.count(.retryWithoutEffect) == 3)
        #expect(bench.retries.count == 3)
        #expect(bench.count(.retriesExhausted) == 1)
    }

    @Test(arguments: RetryRefusal.allCases)
    func `a refused call never counts`(_ refusal: RetryRefusal) {
        var bench = failing()
        let failure = CallFailure(kind: .invalid, operation: "RetryStageExecution", message: "no")
        bench.retryAnswers = [.refused(refusal, failure)]
        bench.run(.seconds(32))
        #expect(bench.retries.count == 1)
        #expect(bench.ledger.intents.map(\.state) == [.notExecuted])
        bench.run(.seconds(7200))
        let ends: [RetryRefusal] = [
            .notLatest, .invalid, .other,
        ]
        #expect(bench.retries.count == (ends.contains(refusal) ? 1 : 2))
        if bench.retries.count == 2 {
            #expect(bench.ledger.intents.map(\.number) == [1, 1])
        }
    }

    @Test(arguments: RetryRefusal.allCases)
    func `every retry that is sent has its answer, though the reason stays the same`(
        _ refusal: RetryRefusal
    ) {
        var bench = failing()
        let failure = CallFailure(kind: .invalid, operation: "RetryStageExecution", message: "no")
        bench.retryAnswers = .init(repeating: .refused(refusal, failure), count: 500)
        bench.run(.seconds(4 * 3600))
        bench.feed(.reloaded(.watching()))
        bench.run(.seconds(600))
        #expect(bench.count(.retrySent) >= 1)
        #expect(bench.count(.retryRefused) == bench.count(.retrySent))
    }

    @Test func `a stage that AWS calls not retryable twice is left`() {
        var bench = failing()
        let failure = CallFailure(kind: .invalid, operation: "RetryStageExecution", message: "no")
        bench.retryAnswers = .init(repeating: .refused(.notRetryable, failure), count: 5)
        bench.run(.seconds(600))
        #expect(bench.retries.count == 2)
        #expect(bench.ledger.episodes.first?.reason == .notRetryable)
    }

    @Test func `another execution supersedes the episode`() {
        var bench = failing()
        bench.run(.seconds(10))
        bench.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [
                StageSnapshot(
                    name: "Build",
                    latest: StageExecution(id: .second, status: .inProgress)
                )
            ]
        )
        bench.run(.seconds(60))
        #expect(bench.retries.isEmpty)
        #expect(bench.count(.stageSuperseded) == 1)
    }

    @Test func `a restart between two retries keeps the count and the due time`() {
        var bench = failing()
        bench.run(.seconds(35))
        let time = bench.wall
        bench.change(.web) { $0.failsAgain("queue full", at: time) }
        bench.run(.seconds(15))
        let due = bench.engine.status.dueTimes
        bench.crash(.watching())
        bench.reports = []
        bench.run(.seconds(5))
        #expect(bench.engine.status.dueTimes == due)
        #expect(bench.kinds == [.retryScheduled])
        bench.run(.seconds(3600)) { bench in
            if bench.states[.web]?.stages.first?.latest?.status == .inProgress {
                let time = bench.wall
                bench.change(.web) { $0.failsAgain("queue full", at: time) }
            }
        }
        #expect(bench.retries.count == 3)
    }

    @Test func `a crash between intent and call is settled before anything is sent`() {
        var bench = failing()
        bench.run(.seconds(10))
        var open = bench.ledger
        open.intents = [
            Intent(
                episode: .web,
                sequence: 1,
                number: 1,
                policy: "default",
                rule: nil,
                mode: .failedActions,
                before: StageSnapshot.failed("", at: bench.epoch).mark,
                recordedAt: bench.wall,
                state: .open
            )
        ]
        bench.ledger = open
        bench.crash(.watching())
        bench.run(.seconds(50))
        #expect(bench.retries.isEmpty)
        bench.run(.seconds(3600))
        #expect(bench.count(.retrySettled) == 1)
        #expect(bench.ledger.intents.first?.state == .unsettled)
        #expect(bench.ledger.intents.dropFirst().first?.number == 2)
    }

    @Test func `an outcome is said once, even after a restart`() {
        var bench = failing()
        bench.definitions[.web] = .read(
            PipelineDefinition(
                version: 1,
                executionMode: .superseded,
                stages: ["Build": StageDefinition(onFailure: .rollback)]
            ),
            at: nil
        )
        bench.run(.seconds(60))
        #expect(bench.count(.stageNotRetried) == 1)
        bench.crash(.watching())
        bench.run(.seconds(600))
        #expect(bench.count(.stageNotRetried) == 1)
        #expect(bench.retries.isEmpty)
    }

    @Test func `a pipeline in PARALLEL mode is said once and not acted on`() {
        var bench = failing()
        bench.definitions[.web] = .definition(1, .parallel)
        bench.run(.seconds(600))
        #expect(bench.kinds == [.pipelineUnsupported])
    }

    /// By an update, or by a deletion after which versions begin anew.
    @Test(arguments: [(old: 1, new: 2), (old: 5, new: 1), (old: 1, new: 1)])
    func `a failure in a pipeline that becomes PARALLEL is left, not waited for`(
        _ version: (old: Int, new: Int)
    ) {
        func definition(_ number: Int, _ mode: ExecutionMode) -> ReadAnswer<PipelineDefinition> {
            let stages: [StageName: StageDefinition] = ["Build": StageDefinition()]
            return .read(
                PipelineDefinition(version: number, executionMode: mode, stages: stages),
                at: nil
            )
        }
        var bench = failing()
        bench.states[.web]?.version = version.old
        bench.states[.web]?.created = bench.epoch
        bench.definitions[.web] = definition(version.old, .superseded)
        bench.evidence[.first] = .read(rows(of: bench, version: version.old), at: nil)
        bench.run(.seconds(5))
        #expect(bench.kinds == [.stageFailed, .retryScheduled])
        let created = version.new > version.old ? bench.epoch : bench.wall
        bench.states[.web] = PipelineSnapshot(version: version.new, created: created, stages: [])
        bench.definitions[.web] = definition(version.new, .parallel)
        bench.run(.seconds(300))
        #expect(bench.retries.isEmpty)
        #expect(bench.ledger.episodes.first?.reason == .parallelMode)
        #expect(bench.count(.pipelineUnsupported) == 1)
        #expect(bench.count(.pipelineLost) == 0)
    }

    @Test(arguments: [true, false])
    func `the version of an answer without stages says nothing of what ran`(isDenied: Bool) {
        var bench = failing()
        bench.states[.web]?.version = 11
        bench.evidence[.first] = .read(rows(of: bench, version: 11), at: nil)
        bench.definitions[.web] = .definition(11)
        bench.run(.seconds(5))
        let shown = bench.states[.web]
        bench.states[.web] = PipelineSnapshot(version: 1, stages: [])
        if isDenied {
            let failure = CallFailure(kind: .accessDenied, operation: "GetPipeline", message: "no")
            bench.definitions[.web] = .failed(failure)
        }
        bench.run(.seconds(12))
        bench.feed(.reloaded(.watching()))
        bench.run(.seconds(3))
        #expect(bench.count(.stageNotRetried) == 0)
        bench.states[.web] = shown
        bench.run(.seconds(60))
        #expect(bench.count(.stageNotRetried) == 0)
        #expect(bench.retries.isEmpty == isDenied)
    }

    /// Without stages nothing but the definition tells it, and the permission may come back.
    @Test func `a pipeline that became PARALLEL while its definition was denied is seen as such`() {
        var bench = failing()
        bench.run(.seconds(5))
        bench.states[.web] = PipelineSnapshot(version: 2, stages: [])
        bench.definitions[.web] = .failed(
            CallFailure(kind: .accessDenied, operation: "GetPipeline", message: "no")
        )
        bench.crash(.watching())
        bench.run(.seconds(600))
        let reads = bench.definitionReads
        bench.definitions[.web] = .definition(2, .parallel)
        bench.run(.seconds(2900))
        #expect(bench.definitionReads == reads)
        bench.run(.seconds(1300))
        #expect(bench.definitionReads == reads + 1)
        #expect(bench.retries.isEmpty)
        #expect(bench.ledger.episodes.map(\.reason) == [.parallelMode])
        #expect(bench.count(.pipelineUnsupported) == 1)
    }

    @Test func `a pipeline that was created anew is judged by its own definition`() {
        var bench = failing()
        bench.states[.web]?.created = bench.epoch
        bench.run(.seconds(5))
        let reads = bench.definitionReads
        var stage = StageSnapshot.failed("queue full", at: bench.wall)
        stage.latest?.id = .second
        bench.states[.web] = PipelineSnapshot(version: 1, created: bench.wall, stages: [stage])
        bench.run(.seconds(20))
        #expect(bench.definitionReads == reads + 1)
    }

    @Test func `an execution that a stage lacks for hours is believed to be gone`() {
        var policy = StagePolicy.plain
        policy.giveUpAfter = .seconds(48 * 3600)
        policy.paused = true
        var bench = failing(policy)
        bench.evidence[.first] = .read(rows(of: bench, version: 1), at: nil)
        bench.run(.seconds(60))
        bench.states[.web] = PipelineSnapshot(version: 1, stages: [StageSnapshot(name: "Build")])
        bench.run(.seconds(5 * 3600))
        #expect(bench.ledger.episodes.first?.reason == nil)
        #expect(bench.ledger.episodes.first?.outcome == nil)
        bench.run(.seconds(2 * 3600))
        #expect(bench.ledger.episodes.first?.outcome != nil)
        #expect(bench.engine.status.episodes.isEmpty)
    }

    @Test func `answers without stages of a version that is known read no definition`() {
        var bench = failing()
        bench.run(.seconds(5))
        let reads = bench.definitionReads
        bench.states[.web] = PipelineSnapshot(version: 1, stages: [])
        bench.run(.seconds(600))
        #expect(bench.definitionReads == reads)
        #expect(bench.count(.pipelineUnsupported) == 0)
    }

    @Test func `a person's retry makes the daemon stand down`() {
        var bench = failing()
        bench.run(.seconds(10))
        bench.change(.web) { $0.startsAgain() }
        bench.run(.seconds(15))
        let time = bench.wall
        bench.change(.web) { $0.failsAgain("queue full", at: time) }
        bench.run(.seconds(600))
        #expect(bench.retries.isEmpty)
        #expect(bench.ledger.episodes.first?.reason == .humanRetried)
    }

    @Test func `a dry run says what it would do and sends nothing`() {
        var configuration = Configuration.watching()
        configuration.dryRun = true
        var bench = Bench(configuration)
        bench.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: bench.epoch)]
        )
        bench.run(.seconds(7200))
        #expect(bench.retries.isEmpty)
        #expect(bench.kinds == [.stageFailed, .wouldRetry])
    }

    @Test func `history that comes after it was given up is heeded before a retry`() throws {
        var bench = Bench(.watching())
        bench.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: bench.epoch)]
        )
        let compile = ActionKind(category: "Build", provider: "CodeBuild")
        bench.definitions[.web] = .read(
            PipelineDefinition(
                version: 1,
                executionMode: .superseded,
                stages: ["Build": StageDefinition(actions: ["Compile": compile])]
            ),
            at: nil
        )
        bench.holdsEvidence = true
        bench.change(.web) { $0.transitionEnabled = false }
        bench.run(.seconds(330))
        #expect(bench.count(.retryDeferred) == 1)
        let late = try #require(bench.heldEvidence.last)
        let row = ActionRow(
            stage: "Build",
            action: ActionSnapshot(name: "Compile", status: .failed),
            category: "Build",
            provider: "CodeBuild",
            pipelineVersion: 7
        )
        bench.evidence[.first] = .read([row], at: nil)
        bench.holdsEvidence = false
        bench.feed(.evidenceRead(late, .read([row], at: nil)))
        bench.change(.web) { $0.transitionEnabled = true }
        bench.run(.seconds(600))
        #expect(bench.retries.isEmpty)
        #expect(bench.count(.stageNotRetried) == 1)
    }
}
