import AttemptLedger
import Primitives
import RetryCore
import RetryTestSupport
import Testing

@Suite("Past episodes in every store")
struct PastEpisodeTests {
    private func attempt(
        _ id: ActionExecutionID,
        _ status: AttemptStatus = .failed,
        from start: Int64,
        of execution: String,
        action: ActionName = "Stack",
        pipeline: PipelineName = "web"
    ) -> ActionAttempt {
        ActionAttempt(
            action: ActionKey(
                pipeline: PipelineKey(target: "prod", pipeline: pipeline),
                stage: "Deploy",
                action: action
            ),
            execution: ExecutionID(execution),
            id: id,
            status: status,
            started: time(start),
            ended: time(start + 30),
            provider: "CloudFormation",
            fingerprint: status == .failed ? Fingerprint(reduced: "JobFailed: \(execution)") : nil,
            source: .imported
        )
    }

    /// A store with an ended and an open episode, whose attempts it has too, and three failures
    /// that only attempts show.
    private func withHistory(
        _ kind: StoreKind,
        _ body: (any AttemptStore) throws -> Void
    ) throws {
        try kind.withStore { (store) throws in
            var own = intent(of: "own", at: time(500), state: .effective)
            own.before.actionExecutions = ["o1"]
            try store.record(own, now: time(0))
            var ended = episode("own", seen: time(490), endedAt: time(700))
            ended.lastFingerprint = Fingerprint(reduced: "JobFailed: own")
            try store.apply(
                [.episode(ended), .episode(episode("open", seen: time(800)))],
                now: time(0)
            )
            let rows = [
                attempt("o1", from: 450, of: "own"),
                attempt("o2", .succeeded, from: 510, of: "own"),
                attempt("p1", from: 790, of: "open"),
                attempt("a1", from: 0, of: "a"), attempt("a2", from: 100, of: "a"),
                attempt("a3", .succeeded, from: 200, of: "a"),
                attempt("b1", from: 300, of: "b"),
                attempt("b2", .succeeded, from: 300, of: "b", action: "Other"),
                attempt("c1", from: 300, of: "c", pipeline: "api"),
                attempt("d1", .succeeded, from: 900, of: "d"),
            ]
            _ = try store.learn(LearnedPage(attempts: rows), now: time(0))
            try body(store)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `the daemon's episodes and older failures are one list, newest first`(
        _ kind: StoreKind
    ) throws {
        try withHistory(kind) { (store) throws in
            let answer = try store.pastEpisodes(HistoryQuery(since: time(0)), now: time(0))
            #expect(answer.next == nil)
            let found = answer.episodes
            #expect(found.map(\.key.execution) == ["own", "c", "b", "a"])
            #expect(found.map(\.end) == [.recovered, .failed, .failed, .recovered])
            #expect(found.map(\.at) == [time(700), time(330), time(330), time(130)])
            #expect(found.map(\.ownRetries) == [1, 0, 0, 0])
            #expect(found.map(\.otherRetries) == [2, 0, 0, 2])
            #expect(
                found.map(\.duration) == [.seconds(213), .zero, .zero, .seconds(200)]
            )
            #expect(found.map(\.cause?.text).allSatisfy { $0?.hasPrefix("JobFailed: ") == true })
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a query has a scope, a time and outcomes`(_ kind: StoreKind) throws {
        try withHistory(kind) { (store) throws in
            func executions(_ query: HistoryQuery) throws -> [ExecutionID] {
                try store.pastEpisodes(query, now: time(0)).episodes.map(\.key.execution)
            }
            var query = HistoryQuery(since: time(0))
            query.scope = PauseScope(pipeline: "api")
            #expect(try executions(query) == ["c"])
            query.scope = PauseScope(target: "test")
            #expect(try executions(query).isEmpty)
            query.scope = PauseScope(stage: "Deploy")
            #expect(try executions(query).count == 4)
            #expect(try executions(HistoryQuery(since: time(330))) == ["own", "c", "b"])
            #expect(try executions(HistoryQuery(since: time(701))).isEmpty)
            query = HistoryQuery(since: time(0), ends: [.recovered])
            #expect(try executions(query) == ["own", "a"])
            query.ends = [.failed, .exhausted]
            #expect(try executions(query) == ["c", "b"])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a long list comes in pages, and nothing is twice in them`(_ kind: StoreKind) throws {
        try kind.withStore { (store) throws in
            // Many end at one time.
            let rows = (0..<450).map { number in
                attempt(
                    ActionExecutionID("x\(number)"),
                    from: Int64(number / 100),
                    of: "e\(number)"
                )
            }
            _ = try store.learn(LearnedPage(attempts: rows), now: time(0))
            let writes = (0..<30).map { number in
                LedgerWrite.episode(episode("own\(number)", endedAt: time(32)))
            }
            try store.apply(writes, now: time(0))
            var query = HistoryQuery(since: time(0))
            var seen: [PastEpisode.Position] = []
            var sizes: [Int] = []
            repeat {
                let answer = try store.pastEpisodes(query, now: time(0))
                seen += answer.episodes.map(\.position)
                sizes.append(answer.episodes.count)
                query.after = answer.next
            } while query.after != nil && sizes.count < 10
            #expect(sizes == [200, 200, 80])
            #expect(seen == seen.sorted())
            #expect(Set(seen).count == 480)
        }
    }

    @Test(
        arguments: [
            (.recovered, .recovered), (.exhausted, .exhausted), (.notRetried, .notRetried),
            (.superseded, .superseded), (.removed, .removed),
        ] as [(Outcome, PastEpisode.End)]
    )
    func `an episode ends as the daemon reported it`(
        _ outcome: Outcome,
        _ end: PastEpisode.End
    ) throws {
        var record = episode(endedAt: time(60))
        record.outcome = outcome
        record.reason = .approvalRejected
        var unsent = intent(2, state: .notExecuted)
        unsent.number = 2
        let past = try #require(PastEpisode(record, intents: [intent(), unsent]))
        #expect(past.end == end)
        #expect(past.reason == .approvalRejected)
        #expect(past.ownRetries == 1)
        #expect(end.rawValue == outcome.rawValue)
        #expect(PastEpisode(episode(), intents: []) == nil)
    }
}
