import Primitives
import Testing

@testable import RetryCore

@Suite struct ParallelTests {
    @Test func `a failed execution is retried, verified by its new attempt, and recovers`() {
        var harness = EngineHarness.parallel()
        harness.run(.seconds(60))
        harness.begin(.first)
        harness.run(.seconds(60))
        #expect(harness.runReads == 0)
        harness.failRun(.first)
        harness.run(.seconds(70))
        #expect(harness.retries.map(\.1) == [.web])
        harness.runAgain(.first)
        harness.run(.seconds(60))
        harness.succeed(.first)
        harness.run(.seconds(60))
        #expect(
            harness.kinds == [
                .stageFailed, .retryScheduled, .retrySent, .retryAccepted, .stageRecovered,
            ]
        )
        #expect(harness.ledger.episodes.map(\.isParallel) == [true])
        #expect(harness.engine.status.episodes.isEmpty)
    }

    @Test func `the executions of one stage have episodes and limits of their own`() {
        var policy = StagePolicy.plain
        policy.maxRetries = 1
        policy.maxTotalRetries = 1
        var harness = EngineHarness.parallel(policy)
        harness.run(.seconds(5))
        let all = (1...3).map(ExecutionID.run)
        for id in all { harness.beginFailed(id) }
        harness.run(.seconds(70))
        #expect(Set(harness.retries.map(\.1.execution)) == Set(all))
        for id in all { harness.runAgain(id) }
        harness.run(.seconds(10))
        harness.succeed(all[0])
        harness.failRun(all[1])
        harness.failRun(all[2])
        harness.run(.seconds(600))
        #expect(harness.retries.count == 3)
        #expect(harness.count(.stageRecovered) == 1)
        #expect(harness.count(.retriesExhausted) == 2)
        #expect(harness.count(.stageSuperseded) == 0)
    }

    @Test func `a quiet poll is one list of which equal bytes are not read`() {
        var harness = EngineHarness.parallel()
        harness.beginFailed(.first)
        harness.end(.first, .succeeded)
        harness.run(.seconds(300))
        let (lists, polls) = (harness.lists[.web] ?? 0, harness.polls[.web] ?? 0)
        harness.run(.seconds(3600))
        let more = (harness.lists[.web] ?? 0) - lists
        #expect(more >= 50)
        #expect(harness.polls[.web] == polls)
        #expect(harness.runReads == 0)
        // Every ten minutes: another mode shows nowhere else.
        #expect((5...8).contains(harness.definitionReads))
    }

    @Test func `a history without the stage of an episode is no end of it`() {
        var harness = EngineHarness.parallel()
        harness.run(.seconds(5))
        harness.beginFailed(.first)
        harness.run(.seconds(70))
        #expect(harness.retries.count == 1)
        harness.runAgain(.first)
        let whole = harness.runs[.first]
        harness.runs[.first]?.rows = []
        harness.run(.seconds(600))
        #expect(harness.count(.stageRecovered) == 0)
        harness.runs[.first] = whole
        harness.succeed(.first)
        harness.run(.seconds(120))
        #expect(harness.count(.stageRecovered) == 1)
    }

    @Test func `the first page shows as many executions as it can`() {
        var harness = EngineHarness.parallel()
        for number in 1...60 { harness.beginFailed(.run(number)) }
        harness.run(.seconds(600))
        #expect(harness.count(.stageFailed) == 60)
    }

    @Test func `a failure that the ledger was not asked about is read again after an error`() {
        var harness = EngineHarness.parallel()
        harness.run(.seconds(5))
        harness.memory = .unreadable("the disk is sick")
        harness.beginFailed(.first)
        harness.run(.seconds(65))
        #expect(harness.recalls > 0)
        harness.runFailure = CallFailure(
            kind: .throttled,
            operation: .getPipelineExecution,
            message: "slow down"
        )
        harness.run(.seconds(30))
        harness.runFailure = nil
        harness.memory = nil
        harness.run(.seconds(120))
        #expect(harness.count(.stageFailed) == 1)
    }

    @Test func `a policy may only observe`() {
        var policy = StagePolicy.plain
        policy.parallel = .observe
        var harness = EngineHarness.parallel(policy)
        harness.beginFailed(.first)
        harness.run(.seconds(600))
        #expect(harness.kinds == [.stageFailed, .stageNotRetried])
        #expect(harness.ledger.episodes.map(\.reason) == [.parallelMode])
    }

    @Test func `a refusal because of the mode stops retries in the pipeline for a day`() {
        var harness = EngineHarness.parallel()
        let failure = CallFailure(
            kind: .invalid,
            operation: .retryStageExecution,
            code: "StageNotRetryableException",
            message: "not in this mode"
        )
        harness.retryAnswers = [.refused(.notRetryable, failure)]
        harness.beginFailed(.run(1))
        harness.run(.seconds(600))
        #expect(harness.retries.count == 1)
        #expect(harness.count(.parallelRefused) == 1)
        harness.beginFailed(.run(2))
        harness.run(.seconds(600))
        #expect(harness.retries.count == 1)
        #expect(harness.count(.parallelRefused) == 1)
        #expect(harness.ledger.episodes.map(\.reason) == [.parallelRefused, .parallelRefused])
        harness.run(.seconds(86_400))
        harness.beginFailed(.run(3))
        harness.run(.seconds(600))
        #expect(harness.retries.map(\.1.execution) == [.run(1), .run(3)])
    }

    @Test func `a refusal because of the mode stops nothing once the pipeline has another`() {
        var harness = EngineHarness.parallel()
        let failure = CallFailure(kind: .invalid, operation: .retryStageExecution, message: "mode")
        harness.retryAnswers = [.refused(.notRetryable, failure)]
        harness.begin(.run(2))
        harness.beginFailed(.run(1))
        harness.run(.seconds(600))
        #expect(harness.count(.parallelRefused) == 1)
        harness.definitions[.web] = .parallel(1, mode: .superseded)
        var stage = StageSnapshot.failed("queue full", at: harness.wall)
        stage.latest?.id = .second
        harness.states[.web] = PipelineSnapshot(version: 1, stages: [stage])
        harness.run(.seconds(1200))
        #expect(!harness.isParallel)
        #expect(harness.engine.fleet.parallel[.web] != nil)
        let later = harness.ledger.episodes.filter { $0.key.execution == .second }
        #expect(later.count == 1)
        #expect(later.first?.reason == nil)
        #expect(harness.retries.map(\.1.execution) == [.run(1), .second])
    }

    @Test func `a refusal because somebody was faster is no matter of the mode`() {
        var harness = EngineHarness.parallel()
        let failure = CallFailure(kind: .invalid, operation: .retryStageExecution, message: "")
        harness.retryAnswers = [.refused(.notRetryable, failure)]
        harness.beginFailed(.first)
        harness.run(.seconds(31))
        #expect(harness.retries.count == 1)
        harness.runAgain(.first)
        harness.run(.seconds(60))
        harness.succeed(.first)
        harness.run(.seconds(60))
        #expect(harness.count(.parallelRefused) == 0)
        #expect(harness.count(.stageRecovered) == 1)
    }

    @Test(arguments: [HumanRetried.leave, .continue])
    func `retries that people made are counted by their attempts`(choice: HumanRetried) {
        var policy = StagePolicy.plain
        policy.whenHumanRetried = choice
        policy.maxRetries = 2
        policy.maxTotalRetries = 2
        var harness = EngineHarness.parallel(policy)
        harness.beginFailed(.first)
        harness.runAgain(.first)
        harness.failRun(.first)
        harness.run(.seconds(200))
        #expect(harness.retries.count == (choice == .leave ? 0 : 1))
        harness.runAgain(.first)
        harness.failRun(.first)
        harness.run(.seconds(600))
        #expect(harness.retries.count == (choice == .leave ? 0 : 1))
        let reason: Reason = choice == .leave ? .humanRetried : .exhausted
        #expect(harness.ledger.episodes.map(\.reason) == [reason])
    }

    @Test func `CodePipeline's own retry is nobody's`() {
        var harness = EngineHarness.parallel()
        harness.definitions[.web] = .parallel(1, onFailure: .retry)
        harness.beginFailed(.first)
        harness.runAgain(.first)
        harness.failRun(.first)
        harness.run(.seconds(200))
        #expect(harness.retries.count == 1)
    }

    @Test func `CodePipeline's own retry is nobody's once the definition can be read again`() {
        var policy = StagePolicy.plain
        policy.maxRetries = 2
        policy.maxTotalRetries = 2
        var harness = EngineHarness.parallel(policy)
        harness.definitions[.web] = .parallel(1, onFailure: .retry)
        harness.beginFailed(.first)
        harness.runAgain(.first)
        harness.failRun(.first)
        harness.run(.seconds(200))
        harness.runAgain(.first)
        harness.run(.seconds(60))
        // A restart finds the definition denied, and counts both retries as made by hand.
        harness.definitions[.web] = .failed(
            CallFailure(kind: .accessDenied, operation: .getPipeline, message: "no")
        )
        harness.holdsEvidence = true
        harness.crash(.watching(["web"], policy))
        harness.failRun(.first)
        harness.run(.seconds(60))
        #expect(harness.runReads > 0)
        harness.definitions[.web] = .parallel(1, onFailure: .retry)
        harness.holdsEvidence = false
        harness.run(.seconds(7200))
        #expect(harness.retries.count == 2, "\(harness.reports.map(\.message))")
    }

    @Test func `a pipeline that was not found and is there again has the definition of now`() {
        var harness = EngineHarness.parallel()
        harness.definitions[.web] = .parallel(3)
        // So long that the new version is read.
        harness.run(.seconds(900))
        harness.executions[.web] = .failed(
            CallFailure(kind: .notFound, operation: .listPipelineExecutions, message: "no")
        )
        harness.run(.seconds(1800))
        #expect(harness.count(.pipelineLost) == 1)
        harness.executions[.web] = nil
        harness.definitions[.web] = .parallel(1)
        harness.beginFailed(.first)
        harness.nameVersion(1, of: .first)
        for _ in 0..<700 where harness.count(.pipelineFound) == 0 { harness.run(.seconds(1)) }
        harness.run(.seconds(120))
        #expect(harness.retries.count == 1, "\(harness.reports.map(\.message))")
    }

    @Test func `a failure that waits is left when the pipeline leaves PARALLEL mode`() {
        var harness = EngineHarness.parallel()
        harness.beginFailed(.first)
        harness.run(.seconds(10))
        #expect(harness.count(.retryScheduled) == 1)
        harness.begin(.second, mode: .superseded)
        harness.definitions[.web] = .parallel(2, mode: .superseded)
        harness.states[.web] = PipelineSnapshot(version: 2, stages: [StageSnapshot(name: "Build")])
        harness.run(.seconds(600))
        #expect(harness.retries.isEmpty)
        #expect(!harness.isParallel)
        #expect(harness.ledger.episodes.map(\.reason) == [.modeChanged])
        #expect(harness.engine.fleet.parallel.isEmpty)
    }

    @Test func `executions of before a change of the mode are watched until they end`() {
        var harness = EngineHarness.parallel()
        harness.begin(.first)
        harness.run(.seconds(60))
        harness.begin(.second, mode: .superseded)
        harness.definitions[.web] = .parallel(2, mode: .superseded)
        harness.states[.web] = PipelineSnapshot(version: 2, stages: [StageSnapshot(name: "Build")])
        harness.run(.seconds(120))
        #expect(!harness.isParallel)
        #expect(harness.engine.fleet.parallel[.web] != nil)
        harness.failRun(.first)
        harness.succeed(.second)
        harness.run(.seconds(120))
        #expect(harness.kinds == [.stageFailed, .stageNotRetried])
        #expect(harness.ledger.episodes.map(\.reason) == [.modeChanged])
        #expect(harness.engine.fleet.parallel.isEmpty)
    }

    @Test func `a failure of another mode is left when the pipeline becomes PARALLEL`() {
        var harness = EngineHarness.failing()
        harness.run(.seconds(5))
        #expect(harness.count(.retryScheduled) == 1)
        harness.becomeParallel(version: 2)
        harness.run(.seconds(300))
        #expect(harness.retries.isEmpty)
        #expect(harness.ledger.episodes.map(\.reason) == [.modeChanged])
    }

    @Test func `limits hold over a restart, and no execution overtakes another`() {
        var policy = StagePolicy.plain
        policy.maxRetries = 1
        policy.maxTotalRetries = 1
        var harness = EngineHarness.parallel(policy)
        harness.beginFailed(.run(1))
        harness.beginFailed(.run(2))
        harness.run(.seconds(70))
        #expect(harness.retries.count == 2)
        harness.runAgain(.run(1))
        harness.runAgain(.run(2))
        harness.crash(.watching(["web"], policy))
        harness.failRun(.run(1))
        harness.succeed(.run(2))
        harness.run(.seconds(600))
        #expect(harness.retries.count == 2)
        #expect(harness.count(.retriesExhausted) == 1)
        #expect(harness.count(.stageRecovered) == 1)
        #expect(harness.count(.stageSuperseded) == 0)
    }

    @Test func `an execution that newer ones pushed off the page is still watched`() {
        var harness = EngineHarness.parallel()
        harness.begin(.run(1))
        harness.run(.seconds(60))
        for number in 2...120 {
            harness.run(.milliseconds(10))
            harness.begin(.run(number))
            harness.succeed(.run(number))
        }
        harness.run(.seconds(120))
        harness.failRun(.run(1))
        harness.run(.seconds(180))
        #expect(harness.retries.map(\.1.execution) == [.run(1)])
    }

    @Test func `executions that began between two polls are not missed`() {
        var harness = EngineHarness.parallel()
        harness.begin(.run(1))
        harness.succeed(.run(1))
        harness.run(.seconds(60))
        for number in 2...60 {
            harness.run(.milliseconds(10))
            harness.begin(.run(number))
            if number == 5 { harness.failRun(.run(5)) } else { harness.succeed(.run(number)) }
        }
        harness.run(.seconds(180))
        #expect(harness.retries.map(\.1.execution) == [.run(5)])
    }

    @Test func `an execution that vanished is removed, once that lasts`() {
        var harness = EngineHarness.parallel()
        harness.beginFailed(.first)
        harness.begin(.second)
        harness.run(.seconds(10))
        let gone = harness.runs[.first]
        harness.runs[.first] = nil
        harness.run(.seconds(50))
        harness.runs[.first] = gone
        harness.run(.seconds(60))
        #expect(harness.count(.stageRemoved) == 0)
        #expect(harness.retries.count == 1)
        harness.runs[.first] = nil
        harness.run(.seconds(300))
        #expect(harness.count(.stageRemoved) == 1)
    }

    @Test func `history is not reported as failures`() {
        var harness = EngineHarness.parallel()
        harness.beginFailed(.first)
        let old = harness.wall + .seconds(-364 * 86_400)
        harness.runs[.first]?.summary.started = old
        harness.runs[.first]?.summary.lastUpdate = old
        harness.run(.seconds(600))
        #expect(harness.kinds.isEmpty)
        #expect(harness.runReads == 0)
    }

    @Test(arguments: [(days: 28, count: 1), (days: 30, count: 0)])
    func `what the ledger may have forgotten is history, too`(days: Int, count: Int) {
        var policy = StagePolicy.plain
        policy.maxFailureAge = .seconds(366 * 86_400)
        var harness = EngineHarness.parallel(policy)
        harness.beginFailed(.first)
        let old = harness.wall + .seconds(-days * 86_400)
        harness.runs[.first]?.summary.started = old
        harness.runs[.first]?.summary.lastUpdate = old
        harness.run(.seconds(600))
        #expect(harness.count(.stageFailed) == count)
    }

    @Test(arguments: [
        (ExecutionStatus.stopped, Reason.stopped), (.cancelled, .cancelled),
    ])
    func `an execution that ends otherwise is left`(status: ExecutionStatus, reason: Reason) {
        var harness = EngineHarness.parallel()
        harness.beginFailed(.first)
        harness.run(.seconds(10))
        harness.end(.first, status)
        harness.run(.seconds(600))
        #expect(harness.retries.isEmpty)
        #expect(harness.ledger.episodes.map(\.reason) == [reason])
    }

    @Test func `a rollback is left`() {
        var harness = EngineHarness.parallel()
        harness.beginFailed(.first)
        harness.runs[.first]?.summary.type = .rollback
        harness.run(.seconds(600))
        #expect(harness.retries.isEmpty)
        #expect(harness.ledger.episodes.map(\.reason) == [.rollbackExecution])
    }

    @Test func `a history that lags is waited for`() {
        var harness = EngineHarness.parallel()
        harness.begin(.first)
        harness.end(.first, .failed)
        harness.run(.seconds(40))
        #expect(harness.kinds.isEmpty)
        harness.failRun(.first)
        harness.run(.seconds(120))
        #expect(harness.retries.count == 1)
        #expect(harness.count(.executionFailed) == 0)
    }

    @Test func `a time without answers is no wait for a history`() {
        var harness = EngineHarness.parallel()
        harness.run(.seconds(5))
        harness.runFailure = CallFailure(
            kind: .throttled,
            operation: .getPipelineExecution,
            message: "slow down"
        )
        harness.begin(.first)
        harness.end(.first, .failed)
        harness.run(.seconds(400))
        harness.runFailure = nil
        harness.run(.seconds(70))
        #expect(harness.count(.executionFailed) == 0)
        harness.failRun(.first)
        harness.run(.seconds(120))
        #expect(harness.count(.stageFailed) == 1)
    }

    @Test func `an execution that failed without any action is reported once`() {
        var harness = EngineHarness.parallel()
        harness.begin(.second)
        harness.runs[.second]?.rows = []
        harness.end(.second, .failed)
        harness.run(.seconds(600))
        // It failed before the daemon saw any, as those that a former run reported.
        #expect(harness.kinds.isEmpty)
        harness.begin(.first)
        harness.runs[.first]?.rows = []
        harness.runs[.first]?.summary.statusSummary = "no value"
        harness.end(.first, .failed)
        harness.run(.seconds(3600))
        #expect(harness.kinds == [.executionFailed])
        #expect(harness.runReads < 40)
    }

    @Test func `a page full of executions that failed without any action is history`() {
        var harness = EngineHarness.parallel()
        for number in 1...90 {
            harness.run(.milliseconds(10))
            harness.begin(.run(number))
            harness.runs[.run(number)]?.rows = []
            harness.end(.run(number), .failed)
        }
        harness.crash(.watching(["web"], .plain))
        harness.run(.seconds(3600))
        #expect(harness.kinds.isEmpty)
    }

    @Test func `a stage that failed again without a failed action has not recovered`() {
        var harness = EngineHarness.parallel()
        harness.beginFailed(.first)
        harness.run(.seconds(40))
        harness.runAgain(.first)
        harness.run(.seconds(20))
        harness.succeed(.first)
        harness.end(.first, .failed)
        harness.run(.seconds(900))
        #expect(harness.count(.stageRecovered) == 0)
        #expect(harness.ledger.episodes.map(\.reason) == [.noFailedAction])
    }

    @Test func `a refusal because of a new version is no matter of the mode`() {
        var harness = EngineHarness.parallel()
        let failure = CallFailure(kind: .invalid, operation: .retryStageExecution, message: "")
        harness.retryAnswers = [.refused(.notRetryable, failure)]
        harness.beginFailed(.first)
        harness.run(.seconds(29))
        harness.definitions[.web] = .parallel(2)
        harness.begin(.second)
        harness.runs[.second]?.summary.version = 2
        harness.run(.seconds(3))
        harness.engine.fleet.pipelines[.web]?.definition = .unread
        harness.run(.seconds(120))
        #expect(harness.retries.count == 1)
        #expect(harness.count(.parallelRefused) == 0)
        #expect(harness.ledger.episodes.map(\.reason) == [.definitionChanged])
    }

    @Test func `an answer without executions is no answer`() {
        var harness = EngineHarness.parallel()
        harness.beginFailed(.first)
        harness.run(.seconds(10))
        harness.executions[.web] = .read([], at: nil)
        harness.run(.seconds(15))
        #expect(harness.count(.stageRemoved) == 0)
        harness.executions[.web] = nil
        harness.run(.seconds(60))
        #expect(harness.retries.count == 1)
    }

    @Test func `a denied permission is reported once, and the failure handled when it is given`() {
        var harness = EngineHarness.parallel()
        harness.runFailure = CallFailure(
            kind: .accessDenied,
            operation: .getPipelineExecution,
            message: "no"
        )
        harness.beginFailed(.first)
        harness.run(.seconds(1800))
        #expect(harness.kinds == [.pipelineLost])
        harness.runFailure = nil
        harness.run(.seconds(900))
        #expect(harness.count(.pipelineFound) == 1)
        #expect(harness.count(.stageFailed) == 1)
    }

    @Test func `an execution of another version is left`() {
        var harness = EngineHarness.parallel()
        harness.begin(.first)
        harness.run(.seconds(120))
        harness.definitions[.web] = .parallel(2)
        harness.failRun(.first)
        harness.run(.seconds(120))
        #expect(harness.retries.isEmpty)
        #expect(harness.ledger.episodes.map(\.reason) == [.definitionChanged])
    }

    @Test func `a recreated pipeline is judged by its own definition, once that has lasted`() {
        var harness = EngineHarness.parallel()
        harness.definitions[.web] = .parallel(9)
        harness.begin(.first)
        harness.runs[.first]?.summary.version = 9
        harness.run(.seconds(120))
        harness.end(.first, .succeeded)
        harness.run(.seconds(120))
        // Late at first: the failure of an execution of version 9 is not judged by version 1.
        harness.definitions[.web] = .parallel(1)
        harness.run(.seconds(400))
        #expect(harness.engine.fleet.pipelines[.web]?.version == 9)
        harness.run(.seconds(500))
        #expect(harness.engine.fleet.pipelines[.web]?.version == 1)
        harness.runs = [:]
        harness.beginFailed(.second)
        harness.run(.seconds(120))
        #expect(harness.retries.map(\.1.execution) == [.second])
    }

    @Test func `an accepted retry without effect is reported`() {
        var policy = StagePolicy.plain
        policy.maxRetries = 1
        policy.maxTotalRetries = 1
        var harness = EngineHarness.parallel(policy)
        harness.retriesMove = false
        harness.beginFailed(.first)
        harness.run(.seconds(140))
        #expect(harness.retries.count == 1)
        #expect(harness.count(.retryWithoutEffect) == 1)
    }

    @Test func `an unknown answer is settled by a new attempt`() {
        var harness = EngineHarness.parallel()
        harness.retryAnswers = [.unknown("time-out")]
        harness.beginFailed(.first)
        harness.run(.seconds(32))
        harness.runAgain(.first)
        harness.run(.seconds(30))
        harness.succeed(.first)
        harness.run(.seconds(60))
        #expect(harness.retries.count == 1)
        #expect(harness.count(.retrySettled) == 1)
        #expect(harness.count(.stageRecovered) == 1)
    }

    @Test func `fifty open executions are followed, each to its own end`() {
        var harness = EngineHarness.parallel()
        harness.run(.seconds(5))
        let all = (1...50).map(ExecutionID.run)
        for id in all { harness.beginFailed(id) }
        harness.run(.seconds(300))
        #expect(Set(harness.retries.map(\.1.execution)) == Set(all))
        #expect(harness.retries.count == 50)
        for id in all { harness.succeed(id) }
        harness.run(.seconds(120))
        #expect(harness.count(.stageRecovered) == 50)
        #expect(harness.engine.fleet.parallel[.web]?.open.isEmpty == true)
    }
}
