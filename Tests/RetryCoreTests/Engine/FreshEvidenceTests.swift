import Primitives
@testable import RetryCore
import Testing

/// What is decided upon is of the attempt that the state shows, and an answer that can be none ends
/// nothing and sends nothing.
@Suite struct FreshEvidenceTests {
    private let refusal = CallFailure(
        kind: .invalid,
        operation: "RetryStageExecution",
        message: "no"
    )

    private func failing(_ policy: StagePolicy = .plain) -> Bench {
        failing(among: .watching(["web"], policy))
    }

    private func failing(among configuration: Configuration) -> Bench {
        var bench = Bench(configuration)
        bench.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: bench.epoch)]
        )
        return bench
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
        var bench = failing()
        let action = try #require(bench.states[.web]?.stages.first?.actions.first)
        var row = ActionRow(
            stage: "Build",
            action: action,
            category: "Build",
            provider: "CodeBuild",
            pipelineVersion: 1
        )
        row.action.status = status
        bench.evidence[.first] = .read([row], at: nil)
        bench.run(.seconds(2))
        #expect(bench.kinds.isEmpty)
        bench.evidence = [:]
        bench.run(.seconds(60))
        #expect(bench.retries.count == 1)
    }

    @Test func `a history that contradicts the state is read again, and the stage is retried`()
        throws
    {
        var bench = failing()
        let action = try #require(bench.states[.web]?.stages.first?.actions.first)
        var row = ActionRow(stage: "Build", action: action, category: "Build", pipelineVersion: 1)
        row.action.status = .succeeded
        bench.evidence[.first] = .read([row], at: nil)
        bench.run(.seconds(120))
        #expect(bench.kinds == [.stageFailed, .retryDeferred])
        #expect(bench.reports.last?.message.contains("as Succeeded, and GetPipelineState") == true)
        bench.evidence = [:]
        bench.run(.seconds(120))
        #expect(bench.retries.count == 1)
    }

    @Test func `a history that is empty for a moment ends nothing`() {
        var bench = failing()
        bench.evidence[.first] = .read([], at: nil)
        bench.run(.seconds(2))
        bench.evidence = [:]
        bench.run(.seconds(60))
        #expect(bench.retries.count == 1)
        #expect(bench.count(.stageNotRetried) == 0)
    }

    @Test
    func `a history that lags for good is said once, and leaves the stage after five minutes`() {
        var bench = failing()
        bench.evidence[.first] = .read([], at: nil)
        bench.run(.seconds(290))
        #expect(bench.kinds == [.stageFailed, .retryDeferred])
        bench.run(.seconds(90))
        #expect(bench.kinds == [.stageFailed, .retryDeferred, .stageNotRetried])
        #expect(bench.ledger.episodes.map(\.reason) == [.notEvaluable])
        #expect(bench.retries.isEmpty)
    }

    @Test func `rows that are newer than the state say that the state is old`() throws {
        var bench = failing()
        let old = try #require(bench.states[.web]?.stages.first?.actions.first)
        var newer = old
        newer.executionID = "a2"
        newer.status = .succeeded
        newer.lastStatusChange = bench.epoch + .seconds(1)
        bench.evidence[.first] = .read(
            [newer, old].map {
                ActionRow(stage: "Build", action: $0, category: "Build", pipelineVersion: 1)
            },
            at: nil
        )
        bench.run(.seconds(20))
        #expect(bench.kinds.isEmpty)
        bench.change(.web) {
            $0.latest?.status = .succeeded
            $0.actions = [newer]
        }
        bench.run(.seconds(60))
        #expect(bench.count(.stageNotRetried) == 0)
        #expect(bench.retries.isEmpty)
    }

    @Test func `a first list after a restart that lacks a name ends no open episode`() {
        var bench = failing(among: .discovering)
        bench.listed = ["web"]
        bench.run(.seconds(10))
        bench.listed = []
        bench.crash(.discovering)
        bench.run(.seconds(60))
        #expect(bench.count(.stageNotRetried) == 0)
        #expect(bench.retries.count == 1)
    }

    @Test func `a rejection that the state shows and the history lacks is not retried`() {
        var bench = Bench(.watching())
        let time = bench.epoch
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
        bench.states[.web] = PipelineSnapshot(version: 1, stages: [stage])
        bench.definitions[.web] = .read(
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
        bench.evidence[.first] = .read(
            [ActionRow(stage: "Build", action: old, category: "Build", pipelineVersion: 1)],
            at: nil
        )
        bench.now = .origin + .seconds(201)
        bench.run(.seconds(600))
        #expect(bench.retries.isEmpty)
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

    @Test func `a failure that a look shows while a call is under way is opened afterwards`() {
        var bench = failing()
        bench.holdsRetry = true
        bench.run(.seconds(31))
        #expect(bench.heldRetries.count == 1)
        bench.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", attempt: 9, at: bench.wall, execution: .second)]
        )
        bench.run(.seconds(12))
        bench.holdsRetry = false
        bench.feed(.retryAnswered(bench.heldRetries[0], .refused(.notLatest, refusal)))
        bench.run(.seconds(600))
        #expect(bench.count(.stageFailed) == 2)
        #expect(bench.count(.stageSuperseded) == 1)
    }

    /// Answers that can be none: without stages, and without one, or its execution, that the same
    /// version has.
    static let impossible: [PipelineSnapshot] = [
        PipelineSnapshot(version: nil, stages: []),
        PipelineSnapshot(version: 1, stages: []),
        PipelineSnapshot(version: 1, stages: [StageSnapshot(name: "Source")]),
        PipelineSnapshot(version: nil, stages: [StageSnapshot(name: "Source")]),
        PipelineSnapshot(version: 1, stages: [StageSnapshot(name: "Build")]),
        PipelineSnapshot(version: nil, stages: [StageSnapshot(name: "Build")]),
    ]

    @Test(arguments: impossible)
    func `an answer that can be none ends no episode`(_ answer: PipelineSnapshot) {
        var bench = failing()
        bench.run(.seconds(10))
        let good = bench.states[.web]
        bench.states[.web] = answer
        bench.run(.seconds(10))
        bench.states[.web] = good
        bench.run(.seconds(60))
        #expect(bench.kinds == [.stageFailed, .retryScheduled, .retrySent, .retryAccepted])
    }

    @Test(arguments: impossible)
    func `an answer that can be none while a call is under way does not break the limit`(
        _ answer: PipelineSnapshot
    ) {
        var bench = failing(once)
        bench.holdsRetry = true
        bench.run(.seconds(31))
        #expect(bench.retries.count == 1)
        let good = bench.states[.web]
        bench.states[.web] = answer
        bench.run(.seconds(11))
        bench.states[.web] = good
        bench.run(.seconds(300))
        #expect(bench.retries.count == 1)
    }

    @Test func `an answer that stays without stages is said once, as a lost pipeline`() {
        var bench = failing()
        bench.run(.seconds(10))
        let good = bench.states[.web]
        bench.states[.web] = PipelineSnapshot(version: 1, stages: [])
        bench.run(.seconds(3600))
        #expect(bench.count(.pipelineLost) == 1)
        #expect(bench.count(.stageRemoved) == 0)
        bench.states[.web] = good
        bench.run(.seconds(3600))
        #expect(bench.count(.pipelineFound) == 1)
    }

    @Test func `a stage that another version no longer has is gone after a second look`() {
        var bench = failing()
        bench.run(.seconds(10))
        bench.states[.web] = PipelineSnapshot(version: 2, stages: [StageSnapshot(name: "Source")])
        bench.run(.seconds(60))
        #expect(bench.kinds == [.stageFailed, .retryScheduled, .stageRemoved])
    }

    @Test func `a stage that went while a call was under way is gone all the same`() {
        var bench = failing(once)
        bench.holdsRetry = true
        bench.run(.seconds(31))
        #expect(bench.heldRetries.count == 1)
        bench.states[.web] = PipelineSnapshot(version: 2, stages: [StageSnapshot(name: "Source")])
        bench.run(.seconds(30))
        bench.holdsRetry = false
        bench.feed(.retryAnswered(bench.heldRetries[0], .refused(.notLatest, refusal)))
        bench.run(.seconds(120))
        #expect(bench.count(.pipelineLost) == 0)
        #expect(bench.ledger.episodes.allSatisfy { $0.outcome != nil })
    }

    @Test func `a pipeline that was made anew under its name has none of the old one's executions`()
    {
        var bench = failing()
        bench.states[.web]?.created = bench.epoch
        bench.run(.seconds(10))
        bench.states[.web] = PipelineSnapshot(
            version: 1,
            created: bench.epoch + .seconds(9),
            stages: [StageSnapshot(name: "Build")]
        )
        bench.run(.seconds(60))
        #expect(bench.kinds == [.stageFailed, .retryScheduled, .stageSuperseded])
    }

    @Test func `an execution that the same pipeline no longer shows is said, and not ended`() {
        var bench = failing()
        bench.states[.web]?.created = bench.epoch
        bench.run(.seconds(10))
        let good = bench.states[.web]
        bench.states[.web]?.stages = [StageSnapshot(name: "Build")]
        bench.run(.seconds(600))
        #expect(bench.kinds == [.stageFailed, .retryScheduled, .pipelineLost])
        bench.states[.web] = good
        bench.run(.seconds(700))
        #expect(bench.kinds.dropFirst(3) == [.pipelineFound, .retrySent, .retryAccepted])
    }

    @Test func `an execution whose stage comes back is not opened again`() {
        var bench = failing(once)
        bench.run(.seconds(10))
        let good = bench.states[.web]
        bench.states[.web] = PipelineSnapshot(version: 2, stages: [StageSnapshot(name: "Source")])
        bench.run(.seconds(60))
        bench.states[.web] = good
        bench.run(.seconds(600))
        #expect(bench.count(.stageFailed) == 1)
        #expect(bench.count(.stageRemoved) == 1)
    }

    @Test func `one answer that the pipeline does not exist ends nothing`() {
        var bench = failing()
        bench.run(.seconds(10))
        let good = bench.states[.web]
        bench.states[.web] = nil
        bench.run(.seconds(11))
        bench.states[.web] = good
        bench.run(.seconds(60))
        #expect(bench.count(.stageRemoved) == 0)
        #expect(bench.retries.count == 1)
    }

    @Test func `keys of another account, for which no pipeline is there, end no episode`() {
        let names: [PipelineName] = ["a", "b", "c", "d"]
        var bench = Bench(.watching(names))
        let failed = PipelineSnapshot(version: 1, stages: [.failed("queue full", at: bench.epoch)])
        for name in names { bench.states[PipelineKey(target: "prod", pipeline: name)] = failed }
        bench.run(.seconds(10))
        let good = bench.states
        bench.states = [:]
        bench.run(.seconds(3600))
        #expect(bench.count(.pipelineLost) == 4)
        #expect(bench.count(.stageRemoved) == 0)
        bench.states = good
        bench.run(.seconds(1200))
        #expect(bench.retries.count == 4)
    }

    @Test func `a list that lost its names ends no episode, and is said once when that lasts`() {
        var bench = failing(among: .discovering)
        bench.listed = ["web"]
        bench.change(.web) { $0.transitionEnabled = false }
        bench.run(.seconds(250))
        bench.listed = []
        bench.run(.seconds(200))
        #expect(bench.count(.targetDegraded) == 1)
        bench.listed = ["web"]
        bench.change(.web) { $0.transitionEnabled = true }
        bench.run(.seconds(600))
        #expect(bench.count(.targetRecovered) == 1)
        #expect(bench.count(.stageRemoved) == 0)
        #expect(bench.retries.count == 1)
    }

    @Test func `a status that nobody knows opens nothing and ends nothing`() {
        var bench = Bench(.watching())
        let odd = StageExecution(id: .first, status: .unknown("Queued"))
        bench.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [StageSnapshot(name: "Build", latest: odd)]
        )
        bench.run(.seconds(60))
        #expect(bench.kinds.isEmpty)
        bench.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: bench.wall)]
        )
        bench.run(.seconds(60))
        #expect(bench.retries.count == 1)
        bench.change(.web) { $0.latest?.status = .unknown("Queued") }
        bench.run(.seconds(60))
        bench.change(.web) { $0.latest?.status = .succeeded }
        bench.run(.seconds(60))
        #expect(bench.count(.stageRecovered) == 1)
        #expect(bench.count(.stageNotRetried) == 0)
    }

    // MARK: Waits and counts

    @Test func `an action that runs for days ends with give_up_after`() {
        var bench = failing()
        bench.change(.web) {
            let approval = ActionSnapshot(name: "Approve", executionID: "p", status: .inProgress)
            $0.actions.append(approval)
        }
        bench.run(.seconds(86_400))
        #expect(bench.ledger.episodes.map(\.reason) == [.gaveUpAfter])
    }

    @Test func `two actions of one attempt that fail one after the other are one failure`() {
        var policy = StagePolicy.plain
        policy.stopAfterSameError = 2
        var bench = Bench(.watching(["web"], policy))
        func stage(_ status: ActionStatus, at time: WallTime) -> StageSnapshot {
            var stage = StageSnapshot.failed("Rate exceeded", at: bench.epoch)
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
        bench.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [stage(.inProgress, at: bench.epoch)]
        )
        bench.run(.seconds(20))
        bench.states[.web] = PipelineSnapshot(version: 1, stages: [stage(.failed, at: bench.wall)])
        bench.run(.seconds(120))
        #expect(bench.count(.stageFailed) == 1)
        #expect(bench.retries.count == 1)
    }

    /// A second action fails 20 s after the first, in each attempt with an error of its own.
    @Test func `attempts that end with one error count as such, however their actions fail`() {
        var policy = StagePolicy.plain
        policy.stopAfterSameError = 2
        var bench = Bench(.watching(["web"], policy))
        bench.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: bench.epoch)]
        )
        bench.change(.web) {
            var other = $0.actions[0]
            other.name = "Other"
            other.executionID = "b1"
            $0.actions.append(other)
        }
        for _ in 1...2 {
            let time = bench.wall
            bench.change(.web) {
                $0.failsAgain("queue full", at: time)
                $0.actions[1].status = .inProgress
            }
            bench.run(.seconds(20))
            let later = bench.wall
            bench.change(.web) {
                $0.actions[1].status = .failed
                $0.actions[1].message = "disk full"
                $0.actions[1].lastStatusChange = later
            }
            bench.run(.seconds(60))
        }
        #expect(bench.count(.stageFailed) == 2)
        #expect(bench.retries.count == 1)
        #expect(bench.ledger.episodes.map(\.reason) == [.sameError])
    }

    @Test func `a stage that is not retryable is asked twice, however late the looks are`() {
        let names = (0..<400).map { PipelineName("m\($0)") } + ["web"]
        var configuration = Configuration.watching(names)
        configuration.poll.maxRate = 5
        var bench = Bench(configuration)
        let moving = PipelineSnapshot(
            version: 1,
            stages: [
                StageSnapshot(
                    name: "Build",
                    latest: StageExecution(id: .first, status: .inProgress)
                )
            ]
        )
        for name in names { bench.states[PipelineKey(target: "prod", pipeline: name)] = moving }
        bench.run(.seconds(200))
        bench.states[.web] = PipelineSnapshot(
            version: 1,
            stages: [.failed("queue full", at: bench.wall)]
        )
        bench.retryAnswers = .init(repeating: .refused(.notRetryable, refusal), count: 50)
        bench.run(.seconds(1800))
        #expect(bench.retries.count == 2)
        #expect(bench.ledger.episodes.map(\.reason) == [.notRetryable])
    }

    @Test func `retries that CodePipeline counts and the ledger does not explain are spent`() {
        var policy = StagePolicy.plain
        policy.whenHumanRetried = .continue
        var bench = failing(policy)
        bench.run(.seconds(20))
        // Two retries by somebody else, each of which failed again.
        let later = bench.wall
        bench.change(.web) {
            $0.counters.manual = 2
            $0.actions[0].executionID = "a3"
            $0.actions[0].lastStatusChange = later
        }
        bench.run(.seconds(3600)) { bench in
            let time = bench.wall
            if bench.states[.web]?.stages[0].latest?.status == .inProgress {
                bench.change(.web) { $0.failsAgain("queue full", at: time) }
            }
        }
        #expect(bench.retries.count == 1)
        #expect(bench.count(.retriesExhausted) == 1)
    }

    @Test func `a newer execution that waits holds the retry only while it waits`() {
        var bench = failing()
        bench.change(.web) { $0.inbound = [.second] }
        bench.run(.seconds(120))
        #expect(bench.kinds == [.stageFailed, .retryDeferred])
        bench.change(.web) { $0.inbound = [] }
        bench.run(.seconds(60))
        #expect(bench.retries.count == 1)
    }
}
