import Primitives
@testable import RetryCore
import Testing

/// What the ledger says of the past takes retries away, and delays a decision by ten seconds at
/// most.
@Suite struct ComparingTests {
    private static func policy(_ change: (inout StagePolicy) -> Void) -> StagePolicy {
        var policy = StagePolicy.plain
        change(&policy)
        return policy
    }

    private static let gated = policy { $0.successGate = SuccessGate() }
    private static let careful = policy { policy in
        policy.whenRevisionFailedBefore = .leave
        policy.whenNewerRevisionPassed = .leave
    }

    private static func harness(_ policy: StagePolicy) -> EngineHarness {
        var harness = EngineHarness(.watching(["web"], policy))
        harness.fail(["web"])
        return harness
    }

    private static func trials(_ recovered: Int, of trials: Int, idle: Int = 0) -> Precedents {
        let level = PrecedentLevel.error(Fingerprint(reduced: "error"), provider: "CodeBuild")
        let counts = TrialCounts(recovered: recovered, trials: trials)
        return Precedents(gate: GateEvidence(level: level, counts: counts, idle: idle))
    }

    @Test func `a policy that asks nothing of the past asks nothing`() {
        var harness = Self.harness(.plain)
        harness.run(.seconds(60))
        #expect(harness.compared.isEmpty)
        #expect(harness.retries.count == 1)
    }

    @Test(
        arguments: [
            (trials(0, of: 7), true), (trials(0, of: 6), false), (trials(1, of: 15), true),
            (trials(1, of: 14), false), (trials(3, of: 20), false), (Precedents(), false),
            (trials(0, of: 3), false),
            // The tenth passes.
            (trials(0, of: 20, idle: 8), true), (trials(0, of: 20, idle: 9), false), (nil, false),
        ] as [(Precedents?, Bool)]
    )
    func `a gate leaves what retries have not recovered`(_ past: Precedents?, _ isLeft: Bool) {
        var harness = Self.harness(Self.gated)
        harness.precedents = past
        harness.run(.seconds(60))
        #expect(harness.retries.isEmpty == isLeft)
        #expect(harness.ledger.episodes.first?.reason == (isLeft ? .lowSuccess : nil))
        // Once, though it was decided again when the retry was due.
        #expect(harness.compared.count == 1)
    }

    @Test func `the entry names the recovered, the trials and the bound`() {
        var harness = Self.harness(Self.gated)
        harness.precedents = Self.trials(0, of: 7)
        harness.run(.seconds(60))
        let detail = harness.reports.compactMap { report in
            if case .stageNotRetried(_, .lowSuccess, _, _, let detail) = report {
                detail
            } else {
                nil
            }
        }
        #expect(
            detail == [
                "0 of 7 retries of this error recovered; the upper bound 19% is below "
                    + "success_gate.min 20%"
            ]
        )
    }

    @Test func `the question names the error, and the retry's time is not put off by it`() throws {
        var harness = Self.harness(Self.gated)
        harness.run(.seconds(60))
        let question = try #require(harness.compared.first?.question)
        #expect(question.action == "Compile")
        #expect(question.window == TrialWindow())
        #expect(!question.asksRevision)
        guard case .error(_, provider: "CodeBuild")? = question.levels.first else {
            Issue.record("\(question.levels)")
            return
        }
        var plain = Self.harness(.plain)
        plain.run(.seconds(60))
        #expect(harness.retries.map(\.0) == plain.retries.map(\.0))
    }

    @Test(
        arguments: [
            (RevisionEvidence(failures: 1), Reason.knownBadRevision),
            (RevisionEvidence(hasPassed: true, failures: 1), nil),
            (RevisionEvidence(), nil),
            (RevisionEvidence(newerSuccess: "e9"), .newerRevisionPassed),
        ] as [(RevisionEvidence, Reason?)]
    )
    func `a revision that failed elsewhere, or is outdated, is left`(
        _ revision: RevisionEvidence,
        _ reason: Reason?
    ) {
        var harness = Self.harness(Self.careful)
        harness.precedents = Precedents(revision: revision)
        harness.run(.seconds(60))
        #expect(harness.retries.isEmpty == (reason != nil))
        #expect(harness.ledger.episodes.first?.reason == reason)
    }

    @Test func `what is known of a revision is asked again when the retry is due`() {
        var harness = Self.harness(Self.careful)
        harness.run(.seconds(1))
        #expect(harness.compared.count == 1)
        harness.precedents = Precedents(revision: RevisionEvidence(newerSuccess: "e9"))
        harness.run(.seconds(60))
        #expect(harness.compared.count == 2)
        #expect(harness.retries.isEmpty)
        #expect(harness.ledger.episodes.first?.reason == .newerRevisionPassed)
    }

    @Test func `without an answer it decides after ten seconds as without it`() {
        var harness = Self.harness(Self.gated)
        harness.holdsPrecedents = true
        harness.run(.seconds(10) - .milliseconds(1))
        #expect(harness.kinds == [.stageFailed])
        harness.run(.milliseconds(1))
        #expect(harness.kinds == [.stageFailed, .retryScheduled])
        harness.run(.seconds(60))
        #expect(harness.retries.count == 1)
        #expect(harness.compared.count == 1)
    }

    @Test func `a late answer changes nothing`() throws {
        var harness = Self.harness(Self.gated)
        harness.holdsPrecedents = true
        harness.run(.seconds(11))
        let asked = try #require(harness.compared.first)
        harness.feed(.precedentsRead(asked.id, Self.trials(0, of: 20)))
        harness.run(.seconds(60))
        #expect(harness.retries.count == 1)
    }

    @Test func `a dry run reports what the past takes away`() {
        var configuration = Configuration.watching(["web"], Self.gated)
        configuration.dryRun = true
        var harness = EngineHarness(configuration)
        harness.fail(["web"])
        harness.precedents = Self.trials(0, of: 20)
        harness.run(.seconds(60))
        #expect(!harness.kinds.contains(.wouldRetry))
        #expect(harness.ledger.episodes.first?.reason == .lowSuccess)
    }
}
