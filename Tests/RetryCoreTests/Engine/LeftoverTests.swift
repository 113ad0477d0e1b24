import Primitives
import Testing

@testable import RetryCore

/// Leftovers in queues, counts and late answers, and behaviour at a limit.
@Suite struct LeftoverTests {
    private func failure(_ kind: CallFailure.Kind, _ operation: AWSOperation?) -> CallFailure {
        CallFailure(kind: kind, operation: operation, message: "no")
    }

    @Test(arguments: [
        PendingCall.state(.web), .definition(.web), .executions(.web), .evidence(.web),
    ])
    func `pending calls are dropped once nothing watches their pipeline`(
        _ pendingCall: PendingCall
    ) {
        var harness = EngineHarness.failing()
        harness.run(.seconds(5))
        harness.engine.request(pendingCall, .check)
        let effects = harness.engine.handle(.reloaded(.watching(["other"])), now: harness.now)
        let asked = effects.contains { effect in
            switch effect {
            case .readState(_, let key, _), .readDefinition(_, let key),
                .readEvidence(_, let key, _), .listExecutions(_, let key, _, _),
                .readExecution(_, let key, _):
                key == .web
            case .listPipelines, .readCauses, .readPrecedents, .matchPatterns, .recall,
                .recordIntent, .retry,
                .record, .report:
                false
            }
        }
        #expect(!asked)
    }

    @Test func `a hold that ends within a second is checked again after a second`() {
        var configuration = Configuration.watching()
        configuration.budget = Budget(retries: 1, per: .seconds(100))
        let epoch = EngineHarness(configuration).epoch
        let spent = SpentRetry(at: epoch + .milliseconds(400), policy: "other")
        var harness = EngineHarness(configuration, ledger: LedgerSnapshot(spent: [spent]))
        harness.fail(["web"])
        harness.run(.seconds(100))
        #expect(harness.retries.isEmpty)
        harness.feed(.reloaded(configuration))
        harness.run(.seconds(5))
        #expect(harness.retries.map(\.at) == [epoch + .seconds(101)])
    }

    @Test func `a stage that fails again while AWS denies its retry is reported at once`() {
        var harness = EngineHarness.failing()
        harness.retryAnswers = [
            .refused(.accessDenied, failure(.accessDenied, .retryStageExecution))
        ]
        harness.run(.seconds(40))
        #expect(harness.engine.episodes.live[.web]?.isPinned == true)
        let again = StageSnapshot.failed("queue full", attempt: 2, at: harness.wall)
        harness.states[.web] = PipelineSnapshot(version: 1, stages: [again])
        harness.run(.seconds(15))
        #expect(harness.count(.stageFailed) == 2)
    }

    @Test func `missing history is reported after a minute, and decided without after five`() {
        var harness = EngineHarness.failing()
        harness.evidence[.first] = .failed(failure(.serverError, .listActionExecutions))
        func change(_ attempt: Int) {
            let stage = StageSnapshot.failed("queue full", attempt: attempt, at: harness.wall)
            harness.states[.web] = PipelineSnapshot(version: 1, stages: [stage])
            harness.engine.poll(.web, at: harness.now, harness.now)
        }
        harness.run(.seconds(55))
        change(2)
        harness.run(.milliseconds(4999))
        #expect(harness.count(.retryDeferred) == 0)
        harness.run(.milliseconds(1))
        #expect(harness.count(.retryDeferred) == 1)
        harness.run(.seconds(235))
        change(3)
        harness.run(.milliseconds(4999))
        #expect(harness.engine.episodes.live[.web]?.phase.name == .gathering)
        harness.run(.milliseconds(1))
        #expect(harness.engine.episodes.live[.web]?.phase.name == .deferred)
    }

    @Test func `an episode of one execution explains no other that failed before any stage`() {
        var harness = EngineHarness.failing()
        harness.run(.seconds(601))
        let row = ExecutionSummary(
            id: .second,
            status: .failed,
            mode: .queued,
            started: harness.wall,
            lastUpdate: harness.wall,
            statusSummary: "no source"
        )
        harness.executions[.web] = .read([row], at: nil)
        harness.run(.seconds(601))
        #expect(harness.count(.executionFailed) == 1)
    }

    @Test func `an unchanged answer requests another poll once a failure came to light meanwhile`()
        throws
    {
        var configuration = Configuration.watching()
        configuration.poll.interval = .seconds(10)
        var harness = EngineHarness(configuration)
        harness.fail(["web"])
        harness.holdsRecalls = true
        harness.run(.seconds(1))
        harness.hanging = [.web]
        harness.run(.seconds(10))
        #expect(harness.polls[.web] == 2)
        harness.releaseRecalls(.new)
        #expect(harness.count(.stageFailed) == 1)
        #expect(harness.polls[.web] == 2)
        let poll = try #require(harness.lastPoll)
        harness.feed(.stateRead(poll, .read(.unchanged, at: nil)))
        #expect(harness.polls[.web] == 3)
    }

    @Test func `answers that lack a stage do not count together over hours between them`() {
        var harness = EngineHarness.failing()
        harness.run(.seconds(5))
        harness.change(.web) { $0.latest?.status = .inProgress }
        harness.run(.seconds(30))
        let whole = harness.states[.web]
        var lacking = whole
        lacking?.stages[0].name = "Other"
        harness.states[.web] = lacking
        harness.run(.seconds(60))
        harness.states[.web] = whole
        harness.run(.seconds(6 * 3600))
        harness.states[.web] = lacking
        harness.run(.seconds(600))
        #expect(harness.count(.stageRemoved) == 0)
        harness.run(.seconds(6 * 3600))
        #expect(harness.count(.stageRemoved) == 1)
    }

    @Test(arguments: [(false, 1), (true, 0)])
    func `a pipeline that AWS does not know is lost at once unless the ledger knows it`(
        _ row: (isKnown: Bool, losses: Int)
    ) {
        let time = EngineHarness(.watching()).epoch
        let record = EpisodeRecord(
            key: .web,
            firstFailure: time,
            firstSeen: time,
            foreignRetries: 0
        )
        let ledger = LedgerSnapshot(episodes: row.isKnown ? [record] : [])
        var harness = EngineHarness(.watching(), ledger: ledger)
        harness.run(.seconds(1))
        #expect(harness.polls[.web] == 1)
        #expect(harness.count(.pipelineLost) == row.losses)
        harness.run(.seconds(10))
        #expect(harness.count(.pipelineLost) == 1)
    }

    @Test func `most pipelines missing for six hours are removed at the end of the sixth`() throws {
        var harness = EngineHarness(.watching(["a", "b", "c"]))
        harness.fail(["a"])
        for name in ["b", "c"] as [PipelineName] { harness.states[.prod(name)] = .quiet }
        harness.run(.seconds(5))
        let key = EpisodeKey(pipeline: .prod("a"), stage: "Build", execution: .first)
        harness.change(key) { $0.latest?.status = .inProgress }
        harness.run(.seconds(60))
        harness.states = [:]
        harness.run(.seconds(60))
        let since = try #require(harness.engine.fleet.pipelines[.prod("a")]?.missingSince)
        harness.run(since + .seconds(6 * 3600) - harness.now)
        #expect(harness.count(.stageRemoved) == 0)
        harness.engine.poll(.prod("a"), at: harness.now, harness.now)
        harness.feed(.deadlineReached)
        #expect(harness.count(.stageRemoved) == 1)
    }

    @Test func `a pause of one target ends by the clock of that target`() {
        var configuration = Configuration.watching()
        configuration.targets.append(configuration.targets[0])
        configuration.targets[1].name = "test"
        var harness = EngineHarness(configuration)
        harness.engine.fleet.targets["prod"]?.clock.observe(harness.epoch, now: harness.now)
        let ahead = harness.epoch + .seconds(100)
        harness.engine.fleet.targets["test"]?.clock.observe(ahead, now: harness.now)
        let pause = Pause(scope: PauseScope(target: "test"), reason: "x", uid: 0, until: nil)
        harness.feed(.paused(pause, for: .seconds(60)))
        #expect(harness.ledger.pauses.map(\.until) == [ahead + .seconds(60)])
    }

    @Test func `an intent that became uncertain while it was written is polled at once`() {
        var harness = EngineHarness.failing()
        harness.holdsDurability = true
        harness.run(.seconds(31))
        #expect(harness.engine.episodes.live[.web]?.phase.name == .recording)
        harness.feed(.paused(Pause(scope: PauseScope(), reason: "x", uid: 0, until: nil)))
        let polls = harness.polls[.web] ?? 0
        harness.releaseIntents()
        #expect(harness.polls[.web] == polls + 1)
        #expect(harness.retries.isEmpty)
    }

    @Test func `targets found to be one account drop the deferred retries of the later one`() {
        var configuration = Configuration.watching()
        configuration.targets.insert(configuration.targets[0], at: 0)
        configuration.targets[0].name = "first"
        let keys = configuration.targets.map { PipelineKey(target: $0.name, pipeline: "web") }
        var harness = EngineHarness(configuration)
        for key in keys {
            let stage = StageSnapshot.failed("queue full", at: harness.epoch)
            harness.states[key] = PipelineSnapshot(version: 1, stages: [stage])
        }
        harness.hangs = ["first"]
        harness.retryAnswers = [
            .refused(.accessDenied, failure(.accessDenied, .retryStageExecution))
        ]
        harness.run(.seconds(60))
        #expect(harness.retries.map(\.1.pipeline) == [.web])
        #expect(harness.engine.episodes.live[.web]?.isPinned == true)
        harness.hangs = []
        harness.run(.seconds(200))
        #expect(harness.count(.targetDegraded) > 0)
        let left = harness.ledger.episodes.filter { $0.outcome == .notRetried }
        #expect(left.map(\.key.pipeline) == [.web])
        #expect(left.map(\.reason) == [.duplicateTarget])
    }

    @Test func `a pipeline without permission is polled as soon as the file is reloaded`() {
        var harness = EngineHarness(.watching())
        harness.states[.web] = .quiet
        harness.sick[.web] = failure(.accessDenied, .getPipelineState)
        harness.run(.seconds(60))
        #expect(harness.count(.pipelineLost) == 1)
        harness.sick = [:]
        let polls = harness.polls[.web] ?? 0
        harness.feed(.reloaded(.watching()))
        #expect(harness.polls[.web] == polls + 1)
        #expect(harness.kinds.last == .pipelineFound)
    }

    @Test func `a polling queue that was empty for long has accumulated no turns`() {
        var queue = CallQueue()
        for _ in 0..<20 {
            queue.add(.state(.web), .recent)
            #expect(queue.pop(rate: 1) == .state(.web))
        }
        for number in 0..<5 {
            queue.add(.state(.prod(PipelineName("r\(number)"))), .recent)
            queue.add(.state(.prod(PipelineName("q\(number)"))), .quiet)
        }
        let first = (0..<4).compactMap { _ in queue.pop(rate: 1) }
        #expect(first.contains(.state(.prod("r0"))))
    }

    @Test func `an older unsettled answer is settled when the stage has succeeded`() {
        let time = EngineHarness(.watching()).epoch
        let record = EpisodeRecord(
            key: .web,
            firstFailure: time,
            firstSeen: time,
            foreignRetries: 0
        )
        let intents = [IntentState.accepted, .effective].enumerated().map { index, state in
            Intent.web(index + 1, state, policy: "standard", at: time)
        }
        var harness = EngineHarness(
            .watching(),
            ledger: LedgerSnapshot(episodes: [record], intents: intents)
        )
        harness.states[.web] = .quiet
        harness.run(.seconds(5))
        #expect(harness.count(.stageRecovered) == 1)
        let settled = harness.ledger.intents.sorted { $0.sequence < $1.sequence }
        #expect(settled.map(\.state) == [.unsettled, .effective])
    }

    @Test func `a second failure with the error that ends the retries plans none before`() {
        var policy = StagePolicy.plain
        policy.stopAfterSameError = 2
        var harness = EngineHarness.failing(policy)
        harness.run(.seconds(40))
        #expect(harness.retries.count == 1)
        let time = harness.wall
        harness.change(.web) { $0.failsAgain("queue full", at: time) }
        harness.run(.seconds(60))
        #expect(harness.count(.retriesExhausted) == 1)
        #expect(harness.count(.retryScheduled) == 1)
    }

    @Test func `the status counts the held episodes, by reason`() {
        var harness = EngineHarness.failing()
        harness.feed(.paused(Pause(scope: PauseScope(), reason: "x", uid: 0, until: nil)))
        harness.run(.seconds(30))
        let line = harness.engine.status.line
        #expect(line.contains("; 1 deferred (paused); everything is paused"), "\(line)")
    }

    @Test func `the very next call after a retry, when it is a poll, shows its result`() {
        var harness = EngineHarness.failing()
        harness.retriesMove = false
        harness.run(.seconds(32))
        #expect(harness.retries.count == 1)
        harness.hanging = [.web]
        harness.run(.seconds(60))
        #expect(harness.count(.retryWithoutEffect) == 1)
    }

    @Test func `executions are listed again as soon as an hour without permission is over`() throws
    {
        var harness = EngineHarness(.watching())
        harness.states[.web] = .quiet
        harness.executions[.web] = .failed(failure(.accessDenied, .listPipelineExecutions))
        harness.run(.seconds(601))
        #expect(harness.lists[.web] == 1)
        let until = try #require(harness.engine.fleet.targets["prod"]?.executionsDeniedUntil)
        harness.engine.fleet.executionReads.set(.web, at: until)
        harness.run(until - harness.now)
        #expect(harness.lists[.web] == 2)
    }

    @Test(arguments: [
        (RetryAnswer.accepted(requestID: nil, at: nil), EpisodePhase.Name.verifying),
        (.unknown("reset"), .settling),
    ])
    func `an accepted call is verified, one without an answer is settled`(
        _ row: (answer: RetryAnswer, phase: EpisodePhase.Name)
    ) {
        var harness = EngineHarness.failing()
        harness.retryAnswers = [row.answer]
        harness.retriesMove = false
        harness.run(.seconds(32))
        #expect(harness.engine.episodes.live[.web]?.phase.name == row.phase)
    }

    @Test func `patterns that are being evaluated have a phase of their own`() {
        var policy = StagePolicy.plain
        let condition = RuleCondition(matches: [Pattern("flaky")])
        policy.rules = [Rule(name: "flaky", when: condition, action: .retry(policy.limits))]
        var harness = EngineHarness.failing(policy)
        harness.holdsPatterns = true
        harness.run(.seconds(5))
        #expect(harness.engine.episodes.live[.web]?.phase.name == .matching)
    }

    @Test(arguments: [PendingCall.evidence(.web), .retry(.web)])
    func `forgotten queries wait for no call`(_ pendingCall: PendingCall) {
        var harness = EngineHarness.failing()
        harness.run(.seconds(5))
        harness.engine.calls.ask(pendingCall, .background)
        harness.engine.forget(.web, harness.now)
        #expect(harness.engine.calls.byTarget["prod"]?.queue.isEmpty == true)
    }

    @Test func `a definition that is denied again after it was read is an error again`() {
        var harness = EngineHarness.failing()
        let denied = ReadAnswer<PipelineDefinition>.failed(failure(.accessDenied, .getPipeline))
        harness.definitions[.web] = denied
        harness.states[.web]?.created = harness.epoch
        harness.run(.seconds(30))
        #expect(harness.reports.filter { $0.level == .error }.map(\.kind) == [.retryDeferred])
        harness.definitions[.web] = nil
        harness.run(.seconds(4000))
        #expect(harness.retries.count == 1)
        harness.definitions[.web] = denied
        let stage = StageSnapshot.failed("queue full", at: harness.wall, execution: .second)
        harness.states[.web] = PipelineSnapshot(version: 1, stages: [stage])
        let time = harness.wall
        harness.states[.web]?.created = time
        harness.run(.seconds(120))
        #expect(harness.reports.count { $0.level == .error } == 2)
    }

    @Test func `an unknown answer of a stage that another execution takes stays unsettled`() {
        var harness = EngineHarness.failing()
        harness.retryAnswers = [.unknown("reset")]
        harness.retriesMove = false
        harness.run(.seconds(32))
        harness.change(.web) { $0.latest = StageExecution(id: .second, status: .succeeded) }
        harness.run(.seconds(20))
        #expect(harness.ledger.intents.map(\.state) == [.unsettled])
        #expect(harness.kinds.suffix(2) == [.stageSuperseded, .retrySettled])
    }

    @Test(arguments: [StageStatus.succeeded, .inProgress])
    func `an unknown answer of a stage that moved since took effect, reported once`(
        _ status: StageStatus
    ) {
        var harness = EngineHarness.failing()
        harness.retryAnswers = [.unknown("reset")]
        harness.retriesMove = false
        harness.run(.seconds(30))
        #expect(harness.retries.count == 1)
        harness.change(.web) { stage in
            stage.startsAgain()
            stage.latest?.status = status
        }
        harness.run(.seconds(20))
        #expect(harness.ledger.intents.map(\.state) == [.effective])
        #expect(harness.count(.retrySettled) == 1)
    }
}
