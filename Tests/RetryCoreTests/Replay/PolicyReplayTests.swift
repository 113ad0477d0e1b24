import Primitives
@testable import RetryCore
import RetryTestSupport
import Testing

/// What a policy would have done about failures of the past.
@Suite struct PolicyReplayTests {
    /// A configuration that watches the fixtures' pipeline.
    private static func configuration(
        _ change: (inout StagePolicy) -> Void = { _ in }
    ) -> Configuration {
        var policy = StagePolicy.standard
        change(&policy)
        return .watching(["web"], policy)
    }

    /// The attempts of one execution: each failed, but a last one that may have recovered.
    private static func execution(
        _ id: ExecutionID,
        at start: Int64,
        failures: Int = 1,
        ends: AttemptStatus? = nil,
        error: String = "boom",
        wait: Int64 = 600
    ) -> [ActionAttempt] {
        var attempts: [ActionAttempt] = []
        var time = start
        for number in 0..<failures {
            var failed = attempt(
                ActionExecutionID("\(id)-\(number)"),
                .failed,
                from: time,
                to: time + 60,
                error: error
            )
            failed.execution = id
            failed.fingerprint = Fingerprint(
                code: "JobFailed",
                message: error,
                summary: nil,
                names: ["web", "Deploy", "Stack"]
            )
            failed.failure = AttemptFailure(
                code: "JobFailed",
                message: error,
                summary: nil,
                category: .deploy,
                provider: failed.provider
            )
            attempts.append(failed)
            time += 60 + wait
        }
        if let ends {
            var last = attempt(ActionExecutionID("\(id)-end"), ends, from: time, to: time + 60)
            last.execution = id
            attempts.append(last)
        }
        return AttemptChain(attempts).attempts
    }

    private static func replay(
        _ attempts: [ActionAttempt],
        _ configuration: Configuration,
        elsewhere: [ActionExecutionID: ReplayResult.Elsewhere] = [:]
    ) -> PolicyReplay {
        let failures = attempts.filter { $0.status == .failed }
            .map { PastFailure($0, elsewhere: elsewhere[$0.id]) }
        var replay = PolicyReplay(configuration) { _ in .differs }
        for step in ReplayStep.steps(of: failures) { replay.take(step) }
        return replay
    }

    private static func counts(_ replay: PolicyReplay) -> [ReplayResult: Int] {
        replay.tally.all.counts
    }

    @Test func `each decision is crossed with what came next`() {
        let attempts =
            Self.execution("a", at: 0, ends: .succeeded)
            + Self.execution("b", at: 10_000, failures: 2)
            + Self.execution("c", at: 20_000)
        let retrying = Self.replay(attempts, Self.configuration())
        #expect(Self.counts(retrying) == [.recovers: 1, .wasted: 1, .unknown: 2])
        let leaving = Self.replay(attempts, Self.configuration { $0.never = true })
        #expect(Self.counts(leaving) == [.missed: 1, .agreed: 3])
        #expect(leaving.tally.reasons == [.stageNever: 4])
    }

    @Test(
        arguments: [
            (.passed, .likelyRecovers), (.failedTheSame, .likelyWasted), (nil, .unknown),
        ] as [(ReplayResult.Elsewhere?, ReplayResult)]
    )
    func `what the revision did elsewhere tells of a retry that nobody made`(
        _ elsewhere: ReplayResult.Elsewhere?,
        _ result: ReplayResult
    ) {
        let told = elsewhere.map { ["c-0" as ActionExecutionID: $0] } ?? [:]
        let replay = Self.replay(
            Self.execution("c", at: 0),
            Self.configuration(),
            elsewhere: told
        )
        #expect(Self.counts(replay) == [result: 1])
    }

    @Test func `the limit of retries holds, and what follows is somebody else's`() {
        let attempts = Self.execution("a", at: 0, failures: 5, ends: .succeeded)
        let replay = Self.replay(
            attempts,
            Self.configuration { policy in
                policy.maxRetries = 2
                policy.maxTotalRetries = 2
            }
        )
        #expect(replay.decisions.map(\.decision) == [.retry, .retry, .leave, .leave, .leave])
        #expect(replay.tally.reasons == [.exhausted: 3])
        #expect(Self.counts(replay) == [.wasted: 2, .agreed: 2, .missed: 1])
    }

    @Test func `the same error in a row ends it`() {
        let attempts = Self.execution("a", at: 0, failures: 4)
        let replay = Self.replay(attempts, Self.configuration { $0.stopAfterSameError = 2 })
        #expect(replay.decisions.map(\.decision) == [.retry, .leave, .leave, .leave])
        #expect(replay.tally.reasons == [.sameError: 3])
    }

    @Test func `a budget makes later failures wait under the clock`() throws {
        let attempts =
            Self.execution("a", at: 0, ends: .succeeded)
            + Self.execution("b", at: 10, ends: .succeeded)
        let replay = Self.replay(
            attempts,
            Self.configuration { $0.budget = Budget(retries: 1, per: .seconds(3600)) }
        )
        let sent = replay.decisions.compactMap(\.sentAt)
        #expect(sent.count == 2)
        let (first, second) = try (#require(sent.first), #require(sent.last))
        #expect(second - first >= .seconds(3600))
        // Later than the retry that recovered.
        #expect(replay.tally.leads.count == 2)
        #expect(replay.tally.leads.contains { $0 < .zero })
    }

    @Test func `a success gate knows only the retries that had ended by then`() {
        let attempts = (0..<20).flatMap { number in
            Self.execution(ExecutionID("x\(number)"), at: Int64(number) * 100_000, failures: 2)
        }
        let replay = Self.replay(
            attempts,
            Self.configuration { policy in
                policy.maxRetries = 1
                policy.maxTotalRetries = 1
                policy.successGate = SuccessGate()
            }
        )
        let retried = replay.decisions.enumerated().filter { $0.element.decision == .retry }
        // Seven trials close it, and every tenth failure opens it for one.
        #expect(retried.prefix(7).map(\.offset) == [0, 2, 4, 6, 8, 10, 12])
        #expect(replay.tally.reasons[.lowSuccess] ?? 0 > 0)
    }

    @Test func `a rule decides by the words that were kept, and the tally names it`() {
        let configuration = Self.configuration { policy in
            policy.rules = [
                Rule(
                    name: "boom",
                    when: RuleCondition(contains: ["boom"]),
                    action: .retry(policy.limits)
                )
            ]
            policy.otherwise = .never
        }
        let attempts =
            Self.execution("a", at: 0, ends: .succeeded)
            + Self.execution("b", at: 10_000, ends: .succeeded, error: "tests failed")
        let replay = Self.replay(attempts, configuration)
        #expect(Self.counts(replay) == [.recovers: 1, .missed: 1])
        #expect(replay.tally.byRule["boom"]?.counts == [.recovers: 1])
        #expect(replay.tally.reasons == [.noRuleMatched: 1])
    }

    @Test func `a pipeline that nothing watches is left`() {
        var configuration = Self.configuration()
        configuration.targets[0].name = "other"
        let replay = Self.replay(Self.execution("a", at: 0), configuration)
        #expect(replay.tally.reasons == [.notWatched: 1])
    }

    @Test func `the same history gives the same tally, whatever the order of its rows`() {
        let attempts = (0..<12).flatMap { number in
            Self.execution(
                ExecutionID("x\(number)"),
                at: Int64(number) * 5000,
                failures: 1 + number % 3,
                ends: number % 2 == 0 ? .succeeded : nil,
                error: "error \(number % 4)"
            )
        }
        let one = Self.replay(attempts, Self.configuration())
        let other = Self.replay(attempts.reversed(), Self.configuration())
        #expect(one.tally == other.tally)
        #expect(one.decisions == other.decisions)
    }

    @Test func `minutes are those of the retries that were made`() {
        let attempts =
            Self.execution("a", at: 0, ends: .succeeded)
            + Self.execution("b", at: 10_000, failures: 2)
        let tally = Self.replay(attempts, Self.configuration()).tally
        #expect(tally.spent == .seconds(60))
        #expect(tally.wasted == .seconds(60))
        #expect(tally.leads.count == 1)
        #expect(tally.expected.lowerBound <= tally.expected.upperBound)
    }

    // MARK: Known truth

    /// What a decision about a generated failure is worth.
    private static func worth(
        _ result: AttemptResult,
        isRetried: Bool
    ) -> ReplayResult {
        switch result {
        case .recovered: isRetried ? .recovers : .missed
        case .failedTheSame, .failedOtherwise, .failedAgain: isRetried ? .wasted : .agreed
        case .notRetried, .unsettled, .excluded: isRetried ? .unknown : .agreed
        }
    }

    @Test(arguments: [true, false], 1...3 as ClosedRange<UInt64>)
    func `a generated year has exactly the classes that are true of it`(
        _ retries: Bool,
        _ seed: UInt64
    ) {
        let history = GeneratedHistory(
            pipelines: 4,
            days: 365,
            oneIn: 3,
            from: second(1_700_000_000),
            seed: seed
        )
        var policy = StagePolicy.standard
        policy.never = !retries
        policy.maxRetries = 100
        policy.maxTotalRetries = 100
        policy.giveUpAfter = .seconds(90 * 86_400)
        let entry = PipelineEntry(
            selector: .match(Glob("*"), except: []),
            policy: policy,
            stages: [:]
        )
        var configuration = Configuration.watching()
        configuration.targets[0].pipelines = [entry]
        let replay = Self.replay(history.labelled, configuration)
        var expected: [ReplayResult: Int] = [:]
        for failure in history.failures {
            expected[Self.worth(failure.result, isRetried: retries), default: 0] += 1
        }
        #expect(expected.count >= 2)
        #expect(Self.counts(replay) == expected)
        let wasted = history.failures.filter {
            retries && [.failedTheSame, .failedOtherwise].contains($0.result)
        }
        #expect(replay.tally.wasted == .milliseconds(wasted.reduce(0) { $0 + $1.time }))
    }
}
