import Primitives
import Testing

@testable import RetryCore

/// What is left over in queues, counts and answers that come late, and what happens at a bound.
@Suite struct LeftoverTests {
    private func failing(_ policy: StagePolicy = .plain) -> Bench {
        var bench = Bench(.watching(["web"], policy))
        bench.fail(["web"])
        return bench
    }

    private func failure(_ kind: CallFailure.Kind, _ operation: String) -> CallFailure {
        CallFailure(kind: kind, operation: operation, message: "no")
    }

    @Test(arguments: [
        Want.state(.web), .definition(.web), .executions(.web), .evidence(.web),
    ])
    func `what waits for its turn is not asked once nothing watches its pipeline`(_ want: Want) {
        var bench = failing()
        bench.run(.seconds(5))
        bench.engine.want(want, .check)
        let effects = bench.engine.handle(.reloaded(.watching(["other"])), now: bench.now)
        let asked = effects.contains { effect in
            switch effect {
            case .readState(_, let key, _), .readDefinition(_, let key),
                .readEvidence(_, let key, _), .listExecutions(_, let key):
                key == .web
            case .listPipelines, .matchPatterns, .recall, .recordIntent, .retry, .record, .report:
                false
            }
        }
        #expect(!asked)
    }

    @Test func `a hold that ends within a second is looked at again after a second`() {
        var configuration = Configuration.watching()
        configuration.budget = Budget(retries: 1, per: .seconds(100))
        let epoch = Bench(configuration).epoch
        let spent = SpentRetry(at: epoch + .milliseconds(400), policy: "other")
        var bench = Bench(configuration, ledger: LedgerSnapshot(spent: [spent]))
        bench.fail(["web"])
        bench.run(.seconds(100))
        #expect(bench.retries.isEmpty)
        bench.feed(.reloaded(configuration))
        bench.run(.seconds(5))
        #expect(bench.retries.map(\.at) == [epoch + .seconds(101)])
    }

    @Test func `a stage that fails anew while AWS denies its retry is told at once`() {
        var bench = failing()
        bench.retryAnswers = [.refused(.accessDenied, failure(.accessDenied, "Retry"))]
        bench.run(.seconds(40))
        #expect(bench.engine.episodes.live[.web]?.isFirmlyDeferred == true)
        let again = StageSnapshot.failed("queue full", attempt: 2, at: bench.wall)
        bench.states[.web] = PipelineSnapshot(version: 1, stages: [again])
        bench.run(.seconds(15))
        #expect(bench.count(.stageFailed) == 2)
    }

    @Test func `evidence that does not come is told after a minute, and decided on after five`() {
        var bench = failing()
        bench.evidence[.first] = .failed(failure(.trouble, "ListActionExecutions"))
        func change(_ attempt: Int) {
            let stage = StageSnapshot.failed("queue full", attempt: attempt, at: bench.wall)
            bench.states[.web] = PipelineSnapshot(version: 1, stages: [stage])
            bench.engine.look(.web, at: bench.now, bench.now)
        }
        bench.run(.seconds(55))
        change(2)
        bench.run(.milliseconds(4999))
        #expect(bench.count(.retryDeferred) == 0)
        bench.run(.milliseconds(1))
        #expect(bench.count(.retryDeferred) == 1)
        bench.run(.seconds(235))
        change(3)
        bench.run(.milliseconds(4999))
        #expect(bench.engine.episodes.live[.web]?.phase.name == .gathering)
        bench.run(.milliseconds(1))
        #expect(bench.engine.episodes.live[.web]?.phase.name == .deferred)
    }

    @Test func `an episode of one execution explains no other that failed before any stage`() {
        var bench = failing()
        bench.run(.seconds(601))
        let row = ExecutionSummary(
            id: .second,
            status: .failed,
            mode: .queued,
            started: bench.wall,
            lastUpdate: bench.wall,
            statusSummary: "no source"
        )
        bench.executions[.web] = .read([row], at: nil)
        bench.run(.seconds(601))
        #expect(bench.count(.executionFailed) == 1)
    }

    @Test func `an answer that nothing changed asks anew once a failure came to light meanwhile`()
        throws
    {
        var configuration = Configuration.watching()
        configuration.poll.interval = .seconds(10)
        var bench = Bench(configuration)
        bench.fail(["web"])
        bench.holdsRecalls = true
        bench.run(.seconds(1))
        bench.hanging = [.web]
        bench.run(.seconds(10))
        #expect(bench.looks[.web] == 2)
        bench.releaseRecalls(.new)
        #expect(bench.count(.stageFailed) == 1)
        #expect(bench.looks[.web] == 2)
        let look = try #require(bench.lastLook)
        bench.feed(.stateRead(look, .read(.unchanged, at: nil)))
        #expect(bench.looks[.web] == 3)
    }

    @Test func `answers that lack a stage do not count together over hours between them`() {
        var bench = failing()
        bench.run(.seconds(5))
        bench.change(.web) { $0.latest?.status = .inProgress }
        bench.run(.seconds(30))
        let whole = bench.states[.web]
        var lacking = whole
        lacking?.stages[0].name = "Other"
        bench.states[.web] = lacking
        bench.run(.seconds(60))
        bench.states[.web] = whole
        bench.run(.seconds(6 * 3600))
        bench.states[.web] = lacking
        bench.run(.seconds(600))
        #expect(bench.count(.stageRemoved) == 0)
        bench.run(.seconds(6 * 3600))
        #expect(bench.count(.stageRemoved) == 1)
    }

    @Test(arguments: [(false, 1), (true, 0)])
    func `a pipeline that AWS does not know is lost at once unless the ledger knows it`(
        _ row: (isKnown: Bool, losses: Int)
    ) {
        let time = Bench(.watching()).epoch
        let record = EpisodeRecord(
            key: .web,
            firstFailure: time,
            firstSeen: time,
            foreignRetries: 0
        )
        let ledger = LedgerSnapshot(episodes: row.isKnown ? [record] : [])
        var bench = Bench(.watching(), ledger: ledger)
        bench.run(.seconds(1))
        #expect(bench.looks[.web] == 1)
        #expect(bench.count(.pipelineLost) == row.losses)
        bench.run(.seconds(10))
        #expect(bench.count(.pipelineLost) == 1)
    }

    @Test func `most pipelines missing for six hours are gone at the end of the sixth`() throws {
        var bench = Bench(.watching(["a", "b", "c"]))
        bench.fail(["a"])
        for name in ["b", "c"] as [PipelineName] { bench.states[.prod(name)] = .quiet }
        bench.run(.seconds(5))
        let key = EpisodeKey(pipeline: .prod("a"), stage: "Build", execution: .first)
        bench.change(key) { $0.latest?.status = .inProgress }
        bench.run(.seconds(60))
        bench.states = [:]
        bench.run(.seconds(60))
        let since = try #require(bench.engine.fleet.pipelines[.prod("a")]?.missingSince)
        bench.run(since + .seconds(6 * 3600) - bench.now)
        #expect(bench.count(.stageRemoved) == 0)
        bench.engine.look(.prod("a"), at: bench.now, bench.now)
        bench.feed(.deadlineReached)
        #expect(bench.count(.stageRemoved) == 1)
    }

    @Test func `a pause of one target ends by the clock of that target`() {
        var configuration = Configuration.watching()
        configuration.targets.append(configuration.targets[0])
        configuration.targets[1].name = "test"
        var bench = Bench(configuration)
        bench.engine.fleet.targets["prod"]?.clock.observe(bench.epoch, now: bench.now)
        let ahead = bench.epoch + .seconds(100)
        bench.engine.fleet.targets["test"]?.clock.observe(ahead, now: bench.now)
        let pause = Pause(scope: PauseScope(target: "test"), reason: "x", uid: 0, until: nil)
        bench.feed(.paused(pause, for: .seconds(60)))
        #expect(bench.ledger.pauses.map(\.until) == [ahead + .seconds(60)])
    }

    @Test func `an intent that came into doubt while it was written is looked at as soon as it is`()
    {
        var bench = failing()
        bench.holdsDurability = true
        bench.run(.seconds(31))
        #expect(bench.engine.episodes.live[.web]?.phase.name == .recording)
        bench.feed(.paused(Pause(scope: PauseScope(), reason: "x", uid: 0, until: nil)))
        let looks = bench.looks[.web] ?? 0
        bench.releaseIntents()
        #expect(bench.looks[.web] == looks + 1)
        #expect(bench.retries.isEmpty)
    }

    @Test func `targets found to be one account leave at once what the later one puts off`() {
        var configuration = Configuration.watching()
        configuration.targets.insert(configuration.targets[0], at: 0)
        configuration.targets[0].name = "first"
        let keys = configuration.targets.map { PipelineKey(target: $0.name, pipeline: "web") }
        var bench = Bench(configuration)
        for key in keys {
            let stage = StageSnapshot.failed("queue full", at: bench.epoch)
            bench.states[key] = PipelineSnapshot(version: 1, stages: [stage])
        }
        bench.hangs = ["first"]
        bench.retryAnswers = [.refused(.accessDenied, failure(.accessDenied, "Retry"))]
        bench.run(.seconds(60))
        #expect(bench.retries.map(\.1.pipeline) == [.web])
        #expect(bench.engine.episodes.live[.web]?.isFirmlyDeferred == true)
        bench.hangs = []
        bench.run(.seconds(200))
        #expect(bench.count(.targetDegraded) > 0)
        let left = bench.ledger.episodes.filter { $0.outcome == .notRetried }
        #expect(left.map(\.key.pipeline) == [.web])
        #expect(left.map(\.reason) == [.duplicateTarget])
    }

    @Test func `a pipeline without permission is looked at as soon as the file is loaded anew`() {
        var bench = Bench(.watching())
        bench.states[.web] = .quiet
        bench.sick[.web] = failure(.accessDenied, "GetPipelineState")
        bench.run(.seconds(60))
        #expect(bench.count(.pipelineLost) == 1)
        bench.sick = [:]
        let looks = bench.looks[.web] ?? 0
        bench.feed(.reloaded(.watching()))
        #expect(bench.looks[.web] == looks + 1)
        #expect(bench.kinds.last == .pipelineFound)
    }

    @Test func `a lane of looks that was empty for long has saved up no turns`() {
        var queue = WantQueue()
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

    @Test func `an older answer that nobody settled is settled when the stage has succeeded`() {
        let time = Bench(.watching()).epoch
        let record = EpisodeRecord(
            key: .web,
            firstFailure: time,
            firstSeen: time,
            foreignRetries: 0
        )
        let intents = [IntentState.accepted, .effective].enumerated().map { index, state in
            Intent(
                episode: .web,
                sequence: index + 1,
                number: index + 1,
                policy: "standard",
                rule: nil,
                mode: .failedActions,
                before: StageSnapshot(name: "Build").mark,
                recordedAt: time,
                state: state
            )
        }
        var bench = Bench(.watching(), ledger: LedgerSnapshot(episodes: [record], intents: intents))
        bench.states[.web] = .quiet
        bench.run(.seconds(5))
        #expect(bench.count(.stageRecovered) == 1)
        let settled = bench.ledger.intents.sorted { $0.sequence < $1.sequence }
        #expect(settled.map(\.state) == [.unsettled, .effective])
    }

    @Test func `a second failure with the error that ends the retries plans none before`() {
        var policy = StagePolicy.plain
        policy.stopAfterSameError = 2
        var bench = failing(policy)
        bench.run(.seconds(40))
        #expect(bench.retries.count == 1)
        let time = bench.wall
        bench.change(.web) { $0.failsAgain("queue full", at: time) }
        bench.run(.seconds(60))
        #expect(bench.count(.retriesExhausted) == 1)
        #expect(bench.count(.retryScheduled) == 1)
    }

    @Test func `the status tells how many episodes are held, and by what`() {
        var bench = failing()
        bench.feed(.paused(Pause(scope: PauseScope(), reason: "x", uid: 0, until: nil)))
        bench.run(.seconds(30))
        let line = bench.engine.status.line
        #expect(line.contains("; 1 held (paused); everything is paused"), "\(line)")
    }

    @Test func `the very next call after a retry, when it is a look, shows what became of it`() {
        var bench = failing()
        bench.retriesMove = false
        bench.run(.seconds(32))
        #expect(bench.retries.count == 1)
        bench.hanging = [.web]
        bench.run(.seconds(60))
        #expect(bench.count(.retryWithoutEffect) == 1)
    }

    @Test func `executions are listed again as soon as an hour without permission is over`() throws
    {
        var bench = Bench(.watching())
        bench.states[.web] = .quiet
        bench.executions[.web] = .failed(failure(.accessDenied, "ListPipelineExecutions"))
        bench.run(.seconds(601))
        #expect(bench.lists[.web] == 1)
        let until = try #require(bench.engine.fleet.targets["prod"]?.executionsDeniedUntil)
        bench.engine.fleet.executionReads.set(.web, at: until)
        bench.run(until - bench.now)
        #expect(bench.lists[.web] == 2)
    }

    @Test(arguments: [
        (RetryAnswer.accepted(requestID: nil, at: nil), EpisodePhase.Name.verifying),
        (.unknown("reset"), .settling),
    ])
    func `a call that AWS took is verified, one without an answer is settled`(
        _ row: (answer: RetryAnswer, phase: EpisodePhase.Name)
    ) {
        var bench = failing()
        bench.retryAnswers = [row.answer]
        bench.retriesMove = false
        bench.run(.seconds(32))
        #expect(bench.engine.episodes.live[.web]?.phase.name == row.phase)
    }

    @Test func `patterns that are being evaluated have a phase of their own`() {
        var policy = StagePolicy.plain
        let condition = RuleCondition(matches: [Pattern("flaky")])
        policy.rules = [Rule(name: "flaky", when: condition, action: .retry(policy.limits))]
        var bench = failing(policy)
        bench.holdsPatterns = true
        bench.run(.seconds(5))
        #expect(bench.engine.episodes.live[.web]?.phase.name == .matching)
    }

    @Test(arguments: [Want.evidence(.web), .retry(.web)])
    func `what is forgotten waits for no call`(_ want: Want) {
        var bench = failing()
        bench.run(.seconds(5))
        bench.engine.calls.ask(want, .background)
        bench.engine.forget(.web, bench.now)
        #expect(bench.engine.calls.lanes["prod"]?.queue.isEmpty == true)
    }

    @Test func `a definition that is denied again after it was read is an error again`() {
        var bench = failing()
        let denied = ReadAnswer<PipelineDefinition>.failed(failure(.accessDenied, "GetPipeline"))
        bench.definitions[.web] = denied
        bench.states[.web]?.created = bench.epoch
        bench.run(.seconds(30))
        #expect(bench.reports.filter { $0.level == .error }.map(\.kind) == [.retryDeferred])
        bench.definitions[.web] = nil
        bench.run(.seconds(4000))
        #expect(bench.retries.count == 1)
        bench.definitions[.web] = denied
        let stage = StageSnapshot.failed("queue full", at: bench.wall, execution: .second)
        bench.states[.web] = PipelineSnapshot(version: 1, stages: [stage])
        let time = bench.wall
        bench.states[.web]?.created = time
        bench.run(.seconds(120))
        #expect(bench.reports.count { $0.level == .error } == 2)
    }

    @Test func `an unknown answer of a stage that another execution takes stays unsettled`() {
        var bench = failing()
        bench.retryAnswers = [.unknown("reset")]
        bench.retriesMove = false
        bench.run(.seconds(32))
        bench.change(.web) { $0.latest = StageExecution(id: .second, status: .succeeded) }
        bench.run(.seconds(20))
        #expect(bench.ledger.intents.map(\.state) == [.unsettled])
        #expect(bench.kinds.suffix(2) == [.stageSuperseded, .retrySettled])
    }

    @Test(arguments: [StageStatus.succeeded, .inProgress])
    func `an unknown answer of a stage that moved since took effect, said once`(
        _ status: StageStatus
    ) {
        var bench = failing()
        bench.retryAnswers = [.unknown("reset")]
        bench.retriesMove = false
        bench.run(.seconds(30))
        #expect(bench.retries.count == 1)
        bench.change(.web) { stage in
            stage.startsAgain()
            stage.latest?.status = status
        }
        bench.run(.seconds(20))
        #expect(bench.ledger.intents.map(\.state) == [.effective])
        #expect(bench.count(.retrySettled) == 1)
    }
}
