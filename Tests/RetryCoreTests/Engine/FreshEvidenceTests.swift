import Primitives
@testable import RetryCore
import Testing

/// A decision is about the attempt that the state shows, and an invalid answer ends nothing and
/// sends nothing.
@Suite struct FreshEvidenceTests {
    private let refusal = CallFailure(
        kind: .invalid,
        operation: .retryStageExecution,
        message: "no"
    )

    private func failing(_ policy: StagePolicy = .plain) -> EngineHarness {
        failing(among: .watching(["web"], policy))
    }

    private func failing(among configuration: Configuration) -> EngineHarness {
        var harness = EngineHarness(configuration)
        harness.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: harness.epoch)]
        )
        return harness
    }

    /// At most one retry.
    private var once: StagePolicy {
        var policy = StagePolicy.plain
        policy.maxRetries = 1
        policy.maxTotalRetries = 1
        return policy
    }

    // MARK: The history

    @Test(arguments: [ActionStatus.inProgress, nil])
    func `a history that lags by a second is read again, and the stage is retried`(
        _ status: ActionStatus?
    ) throws {
        var harness = failing()
        let action = try #require(harness.states[.web]?.stages.first?.actions.first)
        var row = ActionRow(
            stage: "Build",
            action: action,
            category: "Build",
            provider: "CodeBuild",
            pipelineVersion: 1
        )
        row.action.status = status
        harness.evidence[.first] = .read([row], at: nil)
        harness.run(.seconds(2))
        #expect(harness.kinds.isEmpty)
        harness.evidence = [:]
        harness.run(.seconds(60))
        #expect(harness.retries.count == 1)
    }

    @Test func `a history that contradicts the state is read again, and the stage is retried`()
        throws
    {
        var harness = failing()
        let action = try #require(harness.states[.web]?.stages.first?.actions.first)
        var row = ActionRow(stage: "Build", action: action, category: "Build", pipelineVersion: 1)
        row.action.status = .succeeded
        harness.evidence[.first] = .read([row], at: nil)
        harness.run(.seconds(120))
        #expect(harness.kinds == [.stageFailed, .retryDeferred])
        #expect(
            harness.reports.last?.message.contains("as Succeeded, and GetPipelineState") == true
        )
        harness.evidence = [:]
        harness.run(.seconds(120))
        #expect(harness.retries.count == 1)
    }

    @Test func `a momentarily empty history ends nothing`() {
        var harness = failing()
        harness.evidence[.first] = .read([], at: nil)
        harness.run(.seconds(2))
        harness.evidence = [:]
        harness.run(.seconds(60))
        #expect(harness.retries.count == 1)
        #expect(harness.count(.stageNotRetried) == 0)
    }

    @Test
    func `a permanently lagging history is reported once, and not retried after five minutes`() {
        var harness = failing()
        harness.evidence[.first] = .read([], at: nil)
        harness.run(.seconds(290))
        #expect(harness.kinds == [.stageFailed, .retryDeferred])
        harness.run(.seconds(90))
        #expect(harness.kinds == [.stageFailed, .retryDeferred, .stageNotRetried])
        #expect(harness.ledger.episodes.map(\.reason) == [.notEvaluable])
        #expect(harness.retries.isEmpty)
    }

    @Test func `rows newer than the state show that the state is old`() throws {
        var harness = failing()
        let old = try #require(harness.states[.web]?.stages.first?.actions.first)
        var newer = old
        newer.executionID = "a2"
        newer.status = .succeeded
        newer.lastStatusChange = harness.epoch + .seconds(1)
        harness.evidence[.first] = .read(
            [newer, old].map {
                ActionRow(stage: "Build", action: $0, category: "Build", pipelineVersion: 1)
            },
            at: nil
        )
        harness.run(.seconds(20))
        #expect(harness.kinds.isEmpty)
        harness.change(.web) {
            $0.latest?.status = .succeeded
            $0.actions = [newer]
        }
        harness.run(.seconds(60))
        #expect(harness.count(.stageNotRetried) == 0)
        #expect(harness.retries.isEmpty)
    }

    @Test func `a first list after a restart that lacks a name ends no open episode`() {
        var harness = failing(among: .discovering)
        harness.listed = ["web"]
        harness.run(.seconds(10))
        harness.listed = []
        harness.crash(.discovering)
        harness.run(.seconds(60))
        #expect(harness.count(.stageNotRetried) == 0)
        #expect(harness.retries.count == 1)
    }

    @Test func `a rejection that the state shows and the history lacks is not retried`() {
        var harness = EngineHarness(.watching())
        let time = harness.epoch
        var stage = StageSnapshot.failed("queue full", at: time)
        stage.actions = [
            ActionSnapshot(
                name: "Compile",
                executionID: "a2",
                status: .succeeded,
                lastStatusChange: time + .seconds(100)
            ),
            ActionSnapshot(
                name: "Approve",
                executionID: "b1",
                status: .failed,
                lastStatusChange: time + .seconds(200),
                summary: "no"
            ),
        ]
        harness.states[.web] = PipelineSnapshot(version: 1, stages: [stage])
        harness.definitions[.web] = .read(
            PipelineDefinition(
                version: 1,
                executionMode: .superseded,
                stages: [
                    "Build": StageDefinition(actions: [
                        "Compile": ActionKind(category: "Build", provider: "CodeBuild"),
                        "Approve": ActionKind(category: "Approval", provider: "Manual"),
                    ])
                ]
            ),
            at: nil
        )
        let old = StageSnapshot.failed("queue full", attempt: 1, at: time).actions[0]
        harness.evidence[.first] = .read(
            [ActionRow(stage: "Build", action: old, category: "Build", pipelineVersion: 1)],
            at: nil
        )
        harness.now = .origin + .seconds(201)
        harness.run(.seconds(600))
        #expect(harness.retries.isEmpty)
    }

    @Test func `an error text that the state has and the rows lack is taken from the state`() {
        let stage = StageSnapshot.failed("queue full", at: WallTime(milliseconds: 1))
        var row = ActionRow(stage: "Build", action: stage.actions[0], category: "Build")
        row.action.message = nil
        let facts = StageFacts(
            episode: .web,
            stage: stage,
            definition: nil,
            evidence: .rows([row])
        )
        #expect(facts.failed.map(\.message) == ["queue full"])
    }

    @Test func `a failure of a later run order in an earlier attempt does not count`() {
        let time = WallTime(milliseconds: 1_760_000_000_000)
        func row(_ name: ActionName, _ id: ActionExecutionID, _ start: Int64) -> ActionRow {
            let action = ActionSnapshot(
                name: name,
                executionID: id,
                status: .failed,
                lastStatusChange: time + .seconds(start + 5)
            )
            return ActionRow(
                stage: "Build",
                action: action,
                category: "Build",
                started: time + .seconds(start)
            )
        }
        let definition = PipelineDefinition(
            version: 1,
            executionMode: .superseded,
            stages: [
                "Build": StageDefinition(actions: [
                    "one": ActionKind(category: "Build", provider: "CodeBuild", runOrder: 1),
                    "two": ActionKind(category: "Build", provider: "CodeBuild", runOrder: 2),
                ])
            ]
        )
        let facts = StageFacts(
            episode: .web,
            stage: StageSnapshot(name: "Build"),
            definition: definition,
            evidence: .rows([row("one", "o2", 100), row("two", "t1", 10)])
        )
        #expect(facts.failed.map(\.name) == ["one"])
    }

    // MARK: The state

    @Test func `a failure that a poll shows while a call is under way is opened afterwards`() {
        var harness = failing()
        harness.holdsRetry = true
        harness.run(.seconds(31))
        #expect(harness.heldRetries.count == 1)
        harness.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", attempt: 9, at: harness.wall, execution: .second)]
        )
        harness.run(.seconds(12))
        harness.holdsRetry = false
        harness.feed(.retryAnswered(harness.heldRetries[0], .refused(.notLatest, refusal)))
        harness.run(.seconds(600))
        #expect(harness.count(.stageFailed) == 2)
        #expect(harness.count(.stageSuperseded) == 1)
    }

    /// Invalid answers: without stages, or without a stage or its execution that the same version
    /// has.
    static let impossible: [PipelineSnapshot] = [
        PipelineSnapshot(version: nil, stages: []),
        PipelineSnapshot(version: 1, stages: []),
        PipelineSnapshot(version: 1, stages: [StageSnapshot(name: "Source")]),
        PipelineSnapshot(version: nil, stages: [StageSnapshot(name: "Source")]),
        PipelineSnapshot(version: 1, stages: [StageSnapshot(name: "Build")]),
        PipelineSnapshot(version: nil, stages: [StageSnapshot(name: "Build")]),
    ]

    @Test(arguments: impossible)
    func `an invalid answer ends no episode`(_ answer: PipelineSnapshot) {
        var harness = failing()
        harness.run(.seconds(10))
        let good = harness.states[.web]
        harness.states[.web] = answer
        harness.run(.seconds(10))
        harness.states[.web] = good
        harness.run(.seconds(60))
        #expect(harness.kinds == [.stageFailed, .retryScheduled, .retrySent, .retryAccepted])
    }

    @Test(arguments: impossible)
    func `an invalid answer while a call is under way does not break the limit`(
        _ answer: PipelineSnapshot
    ) {
        var harness = failing(once)
        harness.holdsRetry = true
        harness.run(.seconds(31))
        #expect(harness.retries.count == 1)
        let good = harness.states[.web]
        harness.states[.web] = answer
        harness.run(.seconds(11))
        harness.states[.web] = good
        harness.run(.seconds(300))
        #expect(harness.retries.count == 1)
    }

    @Test func `an answer that stays without stages is reported once, as a lost pipeline`() {
        var harness = failing()
        harness.run(.seconds(10))
        let good = harness.states[.web]
        harness.states[.web] = PipelineSnapshot(version: 1, stages: [])
        harness.run(.seconds(3600))
        #expect(harness.count(.pipelineLost) == 1)
        #expect(harness.count(.stageRemoved) == 0)
        harness.states[.web] = good
        harness.run(.seconds(3600))
        #expect(harness.count(.pipelineFound) == 1)
    }

    @Test func `a stage that another version no longer has is removed after a second poll`() {
        var harness = failing()
        harness.run(.seconds(10))
        harness.states[.web] = PipelineSnapshot(version: 2, stages: [StageSnapshot(name: "Source")])
        harness.run(.seconds(60))
        #expect(harness.kinds == [.stageFailed, .retryScheduled, .stageRemoved])
    }

    @Test func `a stage that was removed while a call was under way is noticed as removed`() {
        var harness = failing(once)
        harness.holdsRetry = true
        harness.run(.seconds(31))
        #expect(harness.heldRetries.count == 1)
        harness.states[.web] = PipelineSnapshot(version: 2, stages: [StageSnapshot(name: "Source")])
        harness.run(.seconds(30))
        harness.holdsRetry = false
        harness.feed(.retryAnswered(harness.heldRetries[0], .refused(.notLatest, refusal)))
        harness.run(.seconds(120))
        #expect(harness.count(.pipelineLost) == 0)
        #expect(harness.ledger.episodes.allSatisfy { $0.outcome != nil })
    }

    @Test func `a recreated pipeline has none of the old one's executions`() {
        var harness = failing()
        harness.states[.web]?.created = harness.epoch
        harness.run(.seconds(10))
        harness.states[.web] = PipelineSnapshot(
            version: 1,
            created: harness.epoch + .seconds(9),
            stages: [StageSnapshot(name: "Build")]
        )
        harness.run(.seconds(60))
        #expect(harness.kinds == [.stageFailed, .retryScheduled, .stageSuperseded])
    }

    @Test func `an execution that the same pipeline no longer shows is reported, and not ended`() {
        var harness = failing()
        harness.states[.web]?.created = harness.epoch
        harness.run(.seconds(10))
        let good = harness.states[.web]
        harness.states[.web]?.stages = [StageSnapshot(name: "Build")]
        harness.run(.seconds(600))
        #expect(harness.kinds == [.stageFailed, .retryScheduled, .pipelineLost])
        harness.states[.web] = good
        harness.run(.seconds(700))
        #expect(harness.kinds.dropFirst(3) == [.pipelineFound, .retrySent, .retryAccepted])
    }

    @Test func `an execution whose stage comes back is not opened again`() {
        var harness = failing(once)
        harness.run(.seconds(10))
        let good = harness.states[.web]
        harness.states[.web] = PipelineSnapshot(version: 2, stages: [StageSnapshot(name: "Source")])
        harness.run(.seconds(60))
        harness.states[.web] = good
        harness.run(.seconds(600))
        #expect(harness.count(.stageFailed) == 1)
        #expect(harness.count(.stageRemoved) == 1)
    }

    @Test func `one answer that the pipeline does not exist ends nothing`() {
        var harness = failing()
        harness.run(.seconds(10))
        let good = harness.states[.web]
        harness.states[.web] = nil
        harness.run(.seconds(11))
        harness.states[.web] = good
        harness.run(.seconds(60))
        #expect(harness.count(.stageRemoved) == 0)
        #expect(harness.retries.count == 1)
    }

    @Test func `credentials of another account, which see no pipeline, end no episode`() {
        let names: [PipelineName] = ["a", "b", "c", "d"]
        var harness = EngineHarness(.watching(names))
        let failed = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: harness.epoch)]
        )
        for name in names { harness.states[PipelineKey(target: "prod", pipeline: name)] = failed }
        harness.run(.seconds(10))
        let good = harness.states
        harness.states = [:]
        harness.run(.seconds(3600))
        #expect(harness.count(.pipelineLost) == 4)
        #expect(harness.count(.stageRemoved) == 0)
        harness.states = good
        harness.run(.seconds(1200))
        #expect(harness.retries.count == 4)
    }

    @Test func `a list that lost its names ends no episode, and is reported when that lasts`() {
        var harness = failing(among: .discovering)
        harness.listed = ["web"]
        harness.change(.web) { $0.transitionEnabled = false }
        harness.run(.seconds(250))
        harness.listed = []
        harness.run(.seconds(200))
        #expect(harness.count(.targetDegraded) == 1)
        harness.listed = ["web"]
        harness.change(.web) { $0.transitionEnabled = true }
        harness.run(.seconds(600))
        #expect(harness.count(.targetRecovered) == 1)
        #expect(harness.count(.stageRemoved) == 0)
        #expect(harness.retries.count == 1)
    }

    @Test func `an unknown status opens nothing and ends nothing`() {
        var harness = EngineHarness(.watching())
        let odd = StageExecution(id: .first, status: .unknown("Queued"))
        harness.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [StageSnapshot(name: "Build", latest: odd)]
        )
        harness.run(.seconds(60))
        #expect(harness.kinds.isEmpty)
        harness.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: harness.wall)]
        )
        harness.run(.seconds(60))
        #expect(harness.retries.count == 1)
        harness.change(.web) { $0.latest?.status = .unknown("Queued") }
        harness.run(.seconds(60))
        harness.change(.web) { $0.latest?.status = .succeeded }
        harness.run(.seconds(60))
        #expect(harness.count(.stageRecovered) == 1)
        #expect(harness.count(.stageNotRetried) == 0)
    }

    // MARK: Waits and counts

    @Test func `an action that runs for days ends with give_up_after`() {
        var harness = failing()
        harness.change(.web) {
            let approval = ActionSnapshot(name: "Approve", executionID: "p", status: .inProgress)
            $0.actions.append(approval)
        }
        harness.run(.seconds(86_400))
        #expect(harness.ledger.episodes.map(\.reason) == [.gaveUpAfter])
    }

    @Test func `two actions of one attempt that fail one after the other are one failure`() {
        var policy = StagePolicy.plain
        policy.stopAfterSameError = 2
        var harness = EngineHarness(.watching(["web"], policy))
        func stage(_ status: ActionStatus, at time: WallTime) -> StageSnapshot {
            var stage = StageSnapshot.failed("Rate exceeded", at: harness.epoch)
            stage.actions.append(
                ActionSnapshot(
                    name: "Other",
                    executionID: "b1",
                    status: status,
                    lastStatusChange: time,
                    code: status == .failed ? "JobFailed" : nil,
                    message: status == .failed ? "Rate exceeded" : nil
                )
            )
            return stage
        }
        harness.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [stage(.inProgress, at: harness.epoch)]
        )
        harness.run(.seconds(20))
        harness.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [stage(.failed, at: harness.wall)]
        )
        harness.run(.seconds(120))
        #expect(harness.count(.stageFailed) == 1)
        #expect(harness.retries.count == 1)
    }

    /// A second action fails 20 s after the first, in each attempt with an error of its own.
    @Test func `attempts that end with one error count as such, however their actions fail`() {
        var policy = StagePolicy.plain
        policy.stopAfterSameError = 2
        var harness = EngineHarness(.watching(["web"], policy))
        harness.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: harness.epoch)]
        )
        harness.change(.web) {
            var other = $0.actions[0]
            other.name = "Other"
            other.executionID = "b1"
            $0.actions.append(other)
        }
        for _ in 1...2 {
            let time = harness.wall
            harness.change(.web) {
                $0.failsAgain("queue full", at: time)
                $0.actions[1].status = .inProgress
            }
            harness.run(.seconds(20))
            let later = harness.wall
            harness.change(.web) {
                $0.actions[1].status = .failed
                $0.actions[1].message = "disk full"
                $0.actions[1].lastStatusChange = later
            }
            harness.run(.seconds(60))
        }
        #expect(harness.count(.stageFailed) == 2)
        #expect(harness.retries.count == 1)
        #expect(harness.ledger.episodes.map(\.reason) == [.sameError])
    }

    @Test func `a stage that is not retryable is retried twice, however late the polls are`() {
        let names = (0..<400).map { PipelineName("m\($0)") } + ["web"]
        var configuration = Configuration.watching(names)
        configuration.poll.maxRate = 5
        var harness = EngineHarness(configuration)
        let moving = PipelineSnapshot(
            version: 1,
            stages: [
                StageSnapshot(
                    name: "Build",
                    latest: StageExecution(id: .first, status: .inProgress)
                )
            ]
        )
        for name in names { harness.states[PipelineKey(target: "prod", pipeline: name)] = moving }
        harness.run(.seconds(200))
        harness.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: harness.wall)]
        )
        harness.retryAnswers = .init(repeating: .refused(.notRetryable, refusal), count: 50)
        harness.run(.seconds(1800))
        #expect(harness.retries.count == 2)
        #expect(harness.ledger.episodes.map(\.reason) == [.notRetryable])
    }

    @Test func `retries that CodePipeline counts and the ledger does not explain are spent`() {
        var policy = StagePolicy.plain
        policy.whenHumanRetried = .continue
        var harness = failing(policy)
        harness.run(.seconds(20))
        // Two retries by somebody else, each of which failed again.
        let later = harness.wall
        harness.change(.web) {
            $0.counters.manual = 2
            $0.actions[0].executionID = "a3"
            $0.actions[0].lastStatusChange = later
        }
        harness.run(.seconds(3600)) { harness in
            let time = harness.wall
            if harness.states[.web]?.stages[0].latest?.status == .inProgress {
                harness.change(.web) { $0.failsAgain("queue full", at: time) }
            }
        }
        #expect(harness.retries.count == 1)
        #expect(harness.count(.retriesExhausted) == 1)
    }

    @Test func `a newer execution that waits holds the retry only while it waits`() {
        var harness = failing()
        harness.change(.web) { $0.inbound = [.second] }
        harness.run(.seconds(120))
        #expect(harness.kinds == [.stageFailed, .retryDeferred])
        harness.change(.web) { $0.inbound = [] }
        harness.run(.seconds(60))
        #expect(harness.retries.count == 1)
    }
}
