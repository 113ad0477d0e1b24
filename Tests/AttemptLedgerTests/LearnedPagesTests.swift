import AttemptLedger
import Primitives
import RetryCore
import RetryTestSupport
import Testing

@Suite("Pages of what every store has learned")
struct LearnedPagesTests {
    private func attempt(
        _ id: ActionExecutionID,
        _ status: AttemptStatus = .failed,
        from start: Int64,
        of execution: String,
        pipeline: PipelineName = "web",
        target: TargetName = "prod"
    ) -> ActionAttempt {
        ActionAttempt(
            action: ActionKey(
                pipeline: PipelineKey(target: target, pipeline: pipeline),
                stage: "Deploy",
                action: "Stack"
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

    /// All pages of a query: the sizes, and the attempts.
    private func all(
        _ query: AttemptQuery,
        _ store: any AttemptStore
    ) throws -> (sizes: [Int], attempts: [ActionAttempt]) {
        var query = query
        var sizes: [Int] = []
        var found: [ActionAttempt] = []
        repeat {
            let answer = try store.attempts(query, now: time(0))
            sizes.append(answer.attempts.count)
            found += answer.attempts
            query.after = answer.next
        } while query.after != nil && sizes.count < 20
        return (sizes, found)
    }

    @Test(arguments: StoreKind.allCases)
    func `attempts come in pages by start and id, labelled, and none twice`(
        _ kind: StoreKind
    ) throws {
        // Many start at one time, and a retry has the id of an attempt of another pipeline.
        var rows = (0..<1200).map { number in
            attempt(
                ActionExecutionID("x\(number % 600)"),
                from: Int64(number / 500),
                of: "e\(number % 600)",
                pipeline: number < 600 ? "web" : "api"
            )
        }
        rows.append(attempt("again", .succeeded, from: 90, of: "e0"))
        try kind.withStore { (store) throws in
            _ = try store.learn(LearnedPage(attempts: rows), now: time(0))
            let (sizes, found) = try all(AttemptQuery(since: time(0)), store)
            #expect(sizes == [1000, 201])
            #expect(found.map(\.position) == rows.map(\.position).sorted())
            #expect(Set(found.map(\.position)).count == 1201)
            let retried = found.filter { $0.retry != nil }
            #expect(retried.map(\.retry?.result) == [.recovered])
            #expect(retried.map(\.id) == ["x0"])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a page that is just full is followed by an empty one`(_ kind: StoreKind) throws {
        let rows = (0..<1000).map { attempt(ActionExecutionID("\($0)"), from: 0, of: "e\($0)") }
        try kind.withStore { (store) throws in
            _ = try store.learn(LearnedPage(attempts: rows), now: time(0))
            #expect(try all(AttemptQuery(since: time(0)), store).sizes == [1000, 0])
            #expect(try all(AttemptQuery(since: time(1)), store).sizes == [0])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a query has a scope, a time, a status and a position`(_ kind: StoreKind) throws {
        let rows = [
            attempt("a", from: 0, of: "e1"), attempt("b", .succeeded, from: 100, of: "e1"),
            attempt("c", from: 200, of: "e2", pipeline: "api"),
            attempt("d", .abandoned, from: 300, of: "e3", target: "test"),
            attempt("e", from: 300, of: "e4", target: "test"),
        ]
        try kind.withStore { (store) throws in
            _ = try store.learn(LearnedPage(attempts: rows), now: time(0))
            func ids(_ query: AttemptQuery) throws -> [ActionExecutionID] {
                try all(query, store).attempts.map(\.id)
            }
            let every = AttemptQuery(since: time(0))
            #expect(try ids(every) == ["a", "b", "c", "d", "e"])
            var query = every
            query.scope = PauseScope(pipeline: "web")
            #expect(try ids(query) == ["a", "b", "d", "e"])
            query.scope = PauseScope(target: "prod", pipeline: "web")
            #expect(try ids(query) == ["a", "b"])
            query.scope = PauseScope(target: "test", stage: "Deploy")
            #expect(try ids(query) == ["d", "e"])
            query.scope = PauseScope(stage: "Build")
            #expect(try ids(query).isEmpty)
            query = every
            query.since = time(100)
            #expect(try ids(query) == ["b", "c", "d", "e"])
            query.status = .failed
            #expect(try ids(query) == ["c", "e"])
            query.after = rows[2].position
            #expect(try ids(query) == ["e"])
            query.status = nil
            #expect(try ids(query) == ["d", "e"])
            query.since = WallTime(milliseconds: .min)
            #expect(try ids(query) == ["d", "e"])
            query.scope = PauseScope(pipeline: "web")
            #expect(try ids(query) == ["d", "e"])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `sums of what is not kept come in pages by day, cause and rule`(
        _ kind: StoreKind
    ) throws {
        try kind.withStore { (store) throws in
            // A failure and its retry for each execution, two of them with one error and day.
            var rows: [ActionAttempt] = []
            for number in 0..<1002 {
                let start = days(Int64(number % 3))
                var failed = attempt(ActionExecutionID("f\(number)"), from: start, of: "e\(number)")
                if number == 3 { failed.fingerprint = Fingerprint(reduced: "JobFailed: e0") }
                rows.append(failed)
                let again = ActionExecutionID("r\(number)")
                rows.append(attempt(again, .succeeded, from: start + 60, of: "e\(number)"))
            }
            rows.append(attempt("new", from: days(500), of: "new"))
            _ = try store.learn(LearnedPage(attempts: rows), now: time(0))
            let query = SumQuery(since: 0)
            #expect(try store.sums(query, now: time(0)) == SumAnswer(sums: []))
            try store.pruneAll(now: time(days(501)))
            let whole = try store.sums(since: 0, now: time(0))
            #expect(whole.count == 1001)
            #expect(whole.map(\.counts.trials).max() == 2)
            let first = try store.sums(query, now: time(0))
            #expect(first.sums == Array(whole.prefix(1000)))
            let rest = try store.sums(SumQuery(since: 0, after: first.next), now: time(0))
            #expect(rest == SumAnswer(sums: Array(whole.suffix(1))))
            let last = try #require(whole.last?.key.day)
            let later = try store.sums(SumQuery(since: last), now: time(0)).sums
            #expect(later == whole.filter { $0.key.day == last })
            #expect(later.count == 334)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a closed store has no pages`(_ kind: StoreKind) throws {
        try kind.withStore { (store) throws in
            store.close()
            #expect(throws: LedgerError.closed) {
                try store.attempts(AttemptQuery(since: time(0)), now: time(0))
            }
            #expect(throws: LedgerError.closed) {
                try store.sums(SumQuery(since: 0), now: time(0))
            }
        }
    }
}
