import Primitives
import RetryCore
import Testing

/// What counts as a precedent, and what follows from it.
@Suite struct PrecedentSearchTests {
    private static let error = PrecedentLevel.error(
        Fingerprint(reduced: "boom"),
        provider: "CloudFormation"
    )

    /// Failures of one execution each, of which each was retried with one result; nil: nobody did.
    private func history(_ results: [AttemptStatus?], error: String = "boom") -> [ActionAttempt] {
        results.enumerated().flatMap { index, result -> [ActionAttempt] in
            let start = Int64(index) * 100
            var failed = attempt(
                ActionExecutionID("f\(index)"),
                .failed,
                from: start,
                to: start + 10,
                error: error
            )
            failed.execution = ExecutionID("x\(index)")
            guard let result else { return AttemptChain([failed]).attempts }
            var next = attempt(
                ActionExecutionID("n\(index)"),
                result,
                from: start + 20,
                to: start + 30,
                error: error
            )
            next.execution = failed.execution
            return AttemptChain([failed, next]).attempts
        }
    }

    private func question(
        _ levels: [PrecedentLevel],
        at time: Int64 = 100_000,
        _ window: TrialWindow = TrialWindow()
    ) -> PrecedentQuestion {
        PrecedentQuestion(
            episode: EpisodeKey(
                pipeline: triedAction.pipeline,
                stage: triedAction.stage,
                execution: "now"
            ),
            action: triedAction.action,
            failedAt: second(time),
            levels: levels,
            window: window,
            asksRevision: true
        )
    }

    @Test func `trials of the same error count, the newest first`() {
        let past = history([.failed, .succeeded, .failed, .failed, .succeeded])
        let search = PrecedentSearch(past, [])
        // A retry that failed is a failure that nobody retried.
        let all = search.answer(question([Self.error])).gate
        #expect(all?.counts == TrialCounts(recovered: 2, trials: 5))
        let newest = search.answer(question([Self.error], TrialWindow(size: 4))).gate
        #expect(newest?.counts == TrialCounts(recovered: 2, trials: 4))
        let before = search.answer(question([Self.error], at: 310)).gate
        #expect(before?.counts == TrialCounts(recovered: 1, trials: 4))
    }

    @Test func `with fewer than four trials the next level is asked, and none is invented`() {
        let few = history([.failed, .failed, .failed])
        var ruled = history([.failed, .succeeded, .failed, .failed], error: "else")
        for index in ruled.indices where ruled[index].retry != nil {
            ruled[index].retry?.rule = "network"
        }
        let search = PrecedentSearch(few + ruled, [])
        let found = search.answer(question([Self.error, .rule("network")])).gate
        #expect(found?.level == .rule("network"))
        #expect(found?.counts == TrialCounts(recovered: 1, trials: 4))
        #expect(search.answer(question([Self.error, .kind(.flaky)])).gate == nil)
    }

    @Test func `failures that nobody retried since the newest trial are counted`() {
        let past = history([nil, .failed, .failed, .failed, .succeeded, nil, nil])
        let search = PrecedentSearch(past, [])
        #expect(search.answer(question([Self.error])).gate?.idle == 2)
        var own = question([Self.error])
        own.episode = EpisodeKey(
            pipeline: triedAction.pipeline,
            stage: triedAction.stage,
            execution: "x6"
        )
        #expect(search.answer(own).gate?.idle == 1)
    }

    // MARK: Revisions

    private func execution(
        _ id: ExecutionID,
        at start: Int64,
        _ revision: Int64?,
        passed: Bool = false
    ) -> PastExecution {
        PastExecution(
            key: ExecutionKey(pipeline: triedAction.pipeline, execution: id),
            started: second(start),
            hasSucceeded: passed,
            revision: revision.map(RevisionDigest.init(number:))
        )
    }

    private func run(
        _ execution: ExecutionID,
        _ status: AttemptStatus,
        error: String = "boom"
    ) -> ActionAttempt {
        var run = attempt(
            ActionExecutionID("r-\(execution)"),
            status,
            from: 0,
            to: 10,
            error: status == .failed ? error : nil
        )
        run.execution = execution
        return run
    }

    @Test(
        arguments: [
            (.failed, "boom", 7, false, true), (.failed, "other", 7, false, false),
            (.failed, "boom", 8, false, false), (.succeeded, "", 7, true, false),
        ] as [(AttemptStatus, String, Int64, Bool, Bool)]
    )
    func `another execution of the same revision tells`(
        _ status: AttemptStatus,
        _ error: String,
        _ revision: Int64,
        _ hasPassed: Bool,
        _ isKnownBad: Bool
    ) {
        let search = PrecedentSearch(
            [run("other", status, error: error), run("now", .failed)],
            [execution("now", at: 50, 7), execution("other", at: 10, revision)]
        )
        let found = search.answer(question([Self.error])).revision
        #expect(found?.hasPassed == hasPassed)
        #expect(found?.isKnownBad == isKnownBad)
        #expect(found?.newerSuccess == nil)
    }

    @Test func `a revision that also passed the action is not known to be bad`() {
        let search = PrecedentSearch(
            [run("one", .failed), run("two", .succeeded)],
            [
                execution("now", at: 50, 7), execution("one", at: 10, 7),
                execution("two", at: 20, 7),
            ]
        )
        let found = search.answer(question([Self.error])).revision
        #expect(found == RevisionEvidence(hasPassed: true, failures: 1))
    }

    @Test(
        arguments: [
            (60, 8, true, "later"), (40, 8, true, nil), (60, 7, true, nil), (60, 8, false, nil),
            (60, nil, true, nil),
        ] as [(Int64, Int64?, Bool, ExecutionID?)]
    )
    func `a later execution of another revision that succeeded is newer`(
        _ start: Int64,
        _ revision: Int64?,
        _ passed: Bool,
        _ newer: ExecutionID?
    ) {
        let search = PrecedentSearch(
            [],
            [
                execution("now", at: 50, 7),
                execution("later", at: start, revision, passed: passed),
            ]
        )
        #expect(search.answer(question([Self.error])).revision?.newerSuccess == newer)
    }

    @Test func `without a revision nothing is said of it`() {
        let search = PrecedentSearch([], [execution("now", at: 50, nil)])
        #expect(search.answer(question([Self.error])).revision == nil)
        #expect(PrecedentSearch([], []).answer(question([Self.error])).revision == nil)
    }

    @Test func `the digest of revisions does not depend on their order`() {
        let one = [(action: "App", id: "a1"), (action: "Infra", id: "b2")]
        #expect(RevisionDigest(one) == RevisionDigest(one.reversed()))
        #expect(RevisionDigest(one) != RevisionDigest([(action: "App", id: "b2"), one[1]]))
        #expect(RevisionDigest([]) == nil)
    }
}
