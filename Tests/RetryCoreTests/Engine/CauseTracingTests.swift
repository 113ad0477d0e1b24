import Primitives
@testable import RetryCore
import Testing

/// Services are asked for the cause of a failure once, and a decision waits ten seconds at most.
@Suite struct CauseTracingTests {
    private static let told = ActionCause(
        RootCause(provider: "CodeBuild", phase: "BUILD", code: "TOO_MANY", line: "queue full")
    )
    private static let denied = CauseFailure(
        service: "codebuild",
        kind: .denied,
        permission: "codebuild:BatchGetBuilds"
    )
    private static let stuck = ActionCause(
        RootCause(
            provider: "CloudFormation",
            stack: StackCause(status: "UPDATE_ROLLBACK_FAILED")
        )
    )

    private static func configuration(
        _ policy: StagePolicy = .plain,
        _ causes: CauseSettings = CauseSettings()
    ) -> Configuration {
        var configuration = Configuration.watching(["web"], policy)
        configuration.causes = causes
        return configuration
    }

    private static func harness(
        _ policy: StagePolicy = .plain,
        _ causes: CauseSettings = CauseSettings()
    ) -> EngineHarness {
        var harness = EngineHarness(configuration(policy, causes))
        harness.fail(["web"])
        return harness
    }

    /// Retries only what a service calls `TOO_MANY`.
    private static var asking: StagePolicy {
        var policy = StagePolicy.plain
        let when = RuleCondition(cause: CauseQuestion(codes: ["TOO_MANY"]))
        policy.rules = [Rule(name: "told", when: when, action: .retry(policy.limits))]
        policy.otherwise = .never
        return policy
    }

    // MARK: Answers and decisions

    @Test(
        arguments: [
            (CauseReport(cause: told, answered: ["codebuild"]), 1, nil),
            (CauseReport(), 0, .noRuleMatched),
            (CauseReport(failures: [denied]), 0, .noRuleMatched),
            (CauseReport(cause: told, failures: [denied]), 1, nil),
            (CauseReport(cause: stuck, answered: ["codebuild"]), 0, .stackNotUpdatable),
        ] as [(CauseReport, Int, Reason?)]
    )
    func `what a service says decides, and nothing else of its answer`(
        _ answer: CauseReport,
        _ retries: Int,
        _ reason: Reason?
    ) {
        var harness = CauseTracingTests.harness(CauseTracingTests.asking)
        harness.cause = answer
        harness.run(.seconds(60))
        #expect(harness.retries.count == retries)
        #expect(harness.ledger.episodes.first?.reason == reason)
        #expect(harness.traced.map(\.attempt) == ["a1"])
    }

    @Test func `a cause that only a later file asks for is read when patterns are lost`() {
        var policy = StagePolicy.plain
        let condition = RuleCondition(matches: [Pattern("flaky")])
        policy.rules = [Rule(name: "flaky", when: condition, action: .retry(policy.limits))]
        var causes = CauseSettings()
        causes.isEnabled = false
        var harness = CauseTracingTests.harness(policy, causes)
        harness.holdsPatterns = true
        harness.run(.seconds(30))
        harness.feed(.reloaded(CauseTracingTests.configuration(policy)))
        harness.run(.seconds(60))
        #expect(harness.traced.map(\.attempt) == ["a1"])
    }

    @Test func `a failure is reported with its cause`() {
        var harness = CauseTracingTests.harness()
        harness.cause = CauseReport(cause: CauseTracingTests.told)
        harness.run(.seconds(5))
        guard case .stageFailed(_, let failure)? = harness.reports.first else {
            Issue.record("no failure was reported")
            return
        }
        #expect(failure.cause?.code == "TOO_MANY")
    }

    @Test func `the request says what ran, and where`() {
        var harness = CauseTracingTests.harness()
        harness.run(.seconds(5))
        #expect(harness.traced.first?.action == "Compile")
        #expect(harness.traced.first?.provider == "CodeBuild")
        #expect(harness.traced.first?.region == "eu-west-1")
        #expect(harness.traced.first?.run.externalID == "web:1")
    }

    // MARK: Time

    @Test(arguments: [(CauseSettings(), 10), (CauseSettings(timeout: .seconds(3)), 3)])
    func `without an answer it decides at the deadline as without it`(
        _ causes: CauseSettings,
        _ seconds: Int
    ) {
        var harness = CauseTracingTests.harness(.plain, causes)
        harness.holdsCauses = true
        harness.run(.seconds(seconds) - .milliseconds(1))
        #expect(harness.kinds.isEmpty)
        harness.run(.milliseconds(1))
        #expect(harness.kinds.prefix(2) == [.causeUnavailable, .stageFailed])
        harness.run(.seconds(60))
        #expect(harness.retries.count == 1)
        #expect(harness.traced.count == 1)
    }

    @Test func `a late answer is not taken, and asks nothing again`() throws {
        var harness = CauseTracingTests.harness(CauseTracingTests.asking)
        harness.holdsCauses = true
        harness.cause = CauseReport(cause: CauseTracingTests.told)
        harness.run(.seconds(11))
        #expect(harness.ledger.episodes.first?.reason == .noRuleMatched)
        let held = try #require(harness.heldCauses.first)
        harness.feed(.causesRead(held.id, harness.told(held.requests)))
        harness.run(.seconds(60))
        #expect(harness.retries.isEmpty)
        #expect(harness.traced.count == 1)
    }

    @Test func `a second answer changes nothing`() throws {
        var harness = CauseTracingTests.harness(CauseTracingTests.asking)
        harness.holdsCauses = true
        harness.cause = CauseReport(cause: CauseTracingTests.told)
        harness.run(.seconds(2))
        let held = try #require(harness.heldCauses.first)
        let answer = Event.causesRead(held.id, harness.told(held.requests))
        harness.feed(answer)
        let engine = harness.engine
        harness.cause = CauseReport(cause: CauseTracingTests.stuck)
        harness.feed(.causesRead(held.id, harness.told(held.requests)))
        #expect(harness.engine.status == engine.status)
        harness.run(.seconds(60))
        #expect(harness.retries.count == 1)
    }

    @Test func `a sleeping host decides at once when it wakes`() {
        var harness = CauseTracingTests.harness()
        harness.holdsCauses = true
        harness.run(.seconds(2))
        harness.now = harness.now + .seconds(3600)
        harness.feed(.deadlineReached)
        #expect(harness.count(.stageFailed) == 1)
    }

    // MARK: When it does not ask

    @Test func `switched off it asks nothing`() {
        var harness = CauseTracingTests.harness(.plain, .off)
        harness.run(.seconds(60))
        #expect(harness.traced.isEmpty)
        #expect(harness.retries.count == 1)
    }

    @Test func `what a guard leaves is not asked about`() {
        var policy = StagePolicy.plain
        policy.never = true
        var harness = CauseTracingTests.harness(policy)
        harness.run(.seconds(60))
        #expect(harness.traced.isEmpty)
        #expect(harness.ledger.episodes.first?.reason == .stageNever)
    }

    @Test func `a provider that CodePipeline speaks for is not asked`() throws {
        var harness = CauseTracingTests.harness()
        let action = try #require(harness.states[.web]?.stages.first?.actions.first)
        harness.evidence[.first] = .read(
            [
                ActionRow(
                    stage: "Build",
                    action: action,
                    category: "Invoke",
                    provider: "Lambda",
                    pipelineVersion: 1
                )
            ],
            at: nil
        )
        harness.run(.seconds(60))
        #expect(harness.traced.isEmpty)
        #expect(harness.retries.count == 1)
    }

    // MARK: Attempts

    @Test func `each attempt is asked about once, over reloads and polls`() {
        var policy = StagePolicy.plain
        policy.maxRetries = 3
        policy.maxTotalRetries = 3
        var harness = CauseTracingTests.harness(policy)
        harness.cause = CauseReport(cause: CauseTracingTests.told)
        harness.run(.seconds(5))
        harness.feed(.reloaded(CauseTracingTests.configuration(policy)))
        harness.run(.seconds(60))
        let wall = harness.wall
        harness.change(.web) { $0.failsAgain("queue full", at: wall) }
        harness.run(.seconds(60))
        #expect(harness.traced.count == 2)
        #expect(Set(harness.traced.map(\.attempt)).count == 2)
    }

    @Test(
        arguments: [
            (CauseReport(cause: told, answered: ["codebuild"]), 1),
            // What was not read whole, or not at all, is asked for again.
            (CauseReport(cause: told, failures: [denied]), 2),
            (CauseReport(failures: [denied]), 2), (CauseReport(), 2),
        ]
    )
    func `what a service said is known after a restart, and not asked again`(
        _ answer: CauseReport,
        _ questions: Int
    ) {
        var policy = CauseTracingTests.asking
        policy.otherwise = .retry
        var harness = CauseTracingTests.harness(policy)
        harness.cause = answer
        harness.run(.seconds(5))
        #expect(harness.retries.isEmpty)
        harness.crash(CauseTracingTests.configuration(policy))
        harness.cause = CauseReport()
        harness.run(.seconds(60))
        #expect(harness.traced.map(\.attempt) == Array(repeating: "a1", count: questions))
        #expect(harness.retries.count == 1)
        let rule = harness.ledger.intents.first?.rule
        #expect(rule == (questions == 1 ? "told" : nil))
    }

    @Test func `a cause that comes after the failure was counted is stored too`() {
        var policy = StagePolicy.plain
        policy.backoff.initial = .seconds(50)
        var harness = CauseTracingTests.harness(policy, .off)
        harness.run(.seconds(5))
        harness.cause = CauseReport(cause: CauseTracingTests.told)
        harness.feed(.reloaded(CauseTracingTests.configuration(policy)))
        harness.run(.seconds(5))
        #expect(harness.ledger.episodes.first?.causes.map(\.attempt) == ["a1"])
        #expect(harness.ledger.episodes.first?.causes.first?.root.code == "TOO_MANY")
    }

    @Test func `the cause of an episode that has ended is stored no more`() {
        var harness = CauseTracingTests.harness(CauseTracingTests.asking)
        harness.cause = CauseReport(cause: CauseTracingTests.stuck)
        harness.run(.seconds(60))
        #expect(harness.ledger.episodes.map(\.reason) == [.stackNotUpdatable])
        #expect(harness.ledger.episodes.first?.causes == [])
    }

    /// Asks for the log.
    private static var reading: StagePolicy {
        var policy = StagePolicy.plain
        policy.backoff.initial = .seconds(50)
        let when = RuleCondition(cause: CauseQuestion(log: [Pattern("x")]))
        policy.rules = [Rule(name: "log", when: when, action: .retry(policy.limits))]
        policy.otherwise = .retry
        return policy
    }

    @Test func `a rule that reads the log asks once more after a restart, since none is kept`() {
        var harness = CauseTracingTests.harness(CauseTracingTests.reading)
        harness.cause = CauseReport(cause: CauseTracingTests.told)
        harness.run(.seconds(5))
        harness.crash(CauseTracingTests.configuration(CauseTracingTests.reading))
        harness.run(.seconds(100))
        #expect(harness.traced.map(\.attempt) == ["a1", "a1"])
    }

    @Test func `a reload to a rule that reads the log asks once more`() {
        var policy = StagePolicy.plain
        policy.backoff.initial = .seconds(50)
        var harness = CauseTracingTests.harness(policy)
        harness.cause = CauseReport(cause: CauseTracingTests.told)
        harness.run(.seconds(5))
        for _ in 0..<3 {
            harness.feed(.reloaded(CauseTracingTests.configuration(CauseTracingTests.reading)))
            harness.run(.seconds(5))
        }
        #expect(harness.traced.map(\.attempt) == ["a1", "a1"])
    }

    @Test func `only attempts that can fail a decision are remembered`() {
        var tracing = CauseTracing()
        let stage = StageSnapshot(name: "Build")
        let key = EpisodeKey(pipeline: .web, stage: "Build", execution: .first)
        for number in 1...50 as ClosedRange<UInt64> {
            let id = ActionExecutionID("a\(number)")
            let row = ActionRow(
                stage: "Build",
                action: ActionSnapshot(name: "Compile", executionID: id, status: .failed),
                category: "Build",
                provider: "CodeBuild",
                pipelineVersion: 1,
                run: ActionRun(externalID: "web:1")
            )
            let facts = StageFacts(
                episode: key,
                stage: stage,
                definition: nil,
                evidence: .rows([row])
            )
            let requests = tracing.ask(
                about: facts.failed,
                shown: [id],
                needsLog: false,
                region: "",
                by: CallID(number: number),
                until: .origin
            )
            #expect(requests.map(\.attempt) == [id])
            #expect(!tracing.isOpen(for: facts.failed, needsLog: false))
        }
        #expect(tracing.asked.count == 1)
    }

    @Test func `a reload that enables causes asks for those of a waiting retry`() {
        var policy = StagePolicy.plain
        policy.backoff.initial = .seconds(50)
        var harness = CauseTracingTests.harness(policy, .off)
        harness.run(.seconds(5))
        #expect(harness.traced.isEmpty)
        harness.feed(.reloaded(CauseTracingTests.configuration(policy)))
        harness.run(.seconds(5))
        #expect(harness.traced.count == 1)
        harness.run(.seconds(120))
        #expect(harness.retries.count == 1)
    }

    /// How often the service says that it is still at it before it says that it is not.
    @Test(arguments: [(1, 2), (3, 4), (1000, 61)])
    func `a service that is still at it is asked each minute, for an hour at most`(
        _ rounds: Int,
        _ questions: Int
    ) {
        var harness = CauseTracingTests.harness()
        let root = RootCause(provider: "CodeBuild", code: "TOO_MANY")
        let cause = ActionCause(root, isUnderWay: true)
        harness.cause = CauseReport(cause: cause)
        harness.run(.seconds(7200)) { harness in
            guard harness.traced.count >= rounds else { return }
            harness.cause = CauseReport(cause: ActionCause(root))
        }
        #expect(harness.traced.count == questions)
        #expect(harness.retries.count == 1)
        #expect(harness.ledger.episodes.first?.causes.count == (rounds < 1000 ? 1 : 0))
    }

    // MARK: Reports

    @Test func `a service that cannot be asked is reported once, until it answers`() {
        var policy = StagePolicy.plain
        policy.maxRetries = 5
        policy.maxTotalRetries = 5
        var harness = CauseTracingTests.harness(policy)
        let answers = [
            CauseReport(failures: [CauseTracingTests.denied]),
            CauseReport(failures: [CauseTracingTests.denied]),
            CauseReport(answered: ["codebuild"]),
            CauseReport(failures: [CauseTracingTests.denied]),
        ]
        var counts: [Int] = []
        for (attempt, answer) in answers.enumerated() {
            harness.cause = answer
            let time = harness.wall
            if attempt > 0 { harness.change(.web) { $0.failsAgain("queue full", at: time) } }
            harness.run(.seconds(120))
            counts.append(harness.count(.causeUnavailable))
        }
        #expect(counts == [1, 1, 1, 2])
    }

    // MARK: Equal errors

    @Test(
        arguments: [
            // Equal causes are one error, whatever CodePipeline says.
            (["a", "b"], ["x", "x"], true), (["a", "a"], ["x", "y"], false),
            // A read that failed makes no difference.
            (["a", "a"], ["x", nil], true), (["a", "a"], [nil, "x"], true),
            (["a", "b"], [nil, "x"], false), (["a", "a"], [nil, nil], true),
        ] as [([String], [String?], Bool)]
    )
    func `two errors are the same by their causes, or else by CodePipeline's words`(
        _ words: [String],
        _ causes: [String?],
        _ isSame: Bool
    ) {
        func run(_ index: Int) -> Episode.ErrorRun {
            Episode.ErrorRun(
                fingerprint: Fingerprint(reduced: words[index]),
                cause: causes[index].map { Fingerprint(reduced: $0) },
                run: 1
            )
        }
        let second = run(1)
        #expect(run(0).isSame(second.fingerprint, cause: second.cause) == isSame)
    }

    /// The lines that the service says of three attempts, of which CodePipeline says the same.
    @Test(arguments: [(["x", "y", "z"], 3, false), (["x", "y", "y"], 2, true)])
    func `attempts of which CodePipeline says the same end as one error by their causes alone`(
        _ lines: [String],
        _ retries: Int,
        _ isStopped: Bool
    ) {
        var policy = StagePolicy.plain
        policy.maxRetries = 5
        policy.maxTotalRetries = 5
        policy.stopAfterSameError = 2
        var harness = CauseTracingTests.harness(policy)
        for (index, line) in lines.enumerated() {
            let root = RootCause(provider: "CodeBuild", phase: "BUILD", line: line)
            harness.cause = CauseReport(cause: ActionCause(root), answered: ["codebuild"])
            let wall = harness.wall
            if index > 0 { harness.change(.web) { $0.failsAgain("queue full", at: wall) } }
            harness.run(.seconds(60))
        }
        #expect(harness.retries.count == retries)
        #expect((harness.ledger.episodes.map(\.reason) == [.sameError]) == isStopped)
    }
}
