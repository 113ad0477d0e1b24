import AttemptLedger
import Primitives
import RetryCore
import RetryTestSupport
import Testing

@Suite("Attempts in every store")
struct HistoryStoreTests {
    /// An attempt of the action `Stack` in one execution, some seconds after the fixtures' time.
    private func attempt(
        _ id: ActionExecutionID,
        _ status: AttemptStatus = .failed,
        from start: Int64 = 0,
        to end: Int64? = 40,
        of execution: String = "e1",
        error: String? = "JobFailed: it's \"é\"; DROP TABLE attempts"
    ) -> ActionAttempt {
        ActionAttempt(
            action: ActionKey(pipeline: key().pipeline, stage: key().stage, action: "Stack"),
            execution: ExecutionID(execution),
            id: id,
            status: status,
            started: time(start),
            ended: end.map { time($0) },
            provider: "CloudFormation",
            fingerprint: status == .failed ? error.map(Fingerprint.init(reduced:)) : nil,
            source: .imported
        )
    }

    private func attempts(
        _ store: any AttemptStore,
        _ execution: ExecutionID = "e1"
    ) throws -> [ActionAttempt] {
        let key = ExecutionKey(pipeline: key().pipeline, execution: execution)
        return try store.attempts(of: key, now: time(0))
    }

    @Test(arguments: StoreKind.allCases)
    func `attempts come back labelled, whatever the order in which they came`(
        _ kind: StoreKind
    ) throws {
        var bare = attempt("c", .running, from: 300, to: nil)
        bare.provider = nil
        var live = attempt("b", from: 100, to: 140)
        live.causeFingerprint = Fingerprint(reduced: "CloudFormation Throttling")
        live.source = .live
        let rows = [attempt("a"), live, bare]
        let expected = AttemptChain(rows).attempts
        #expect(expected.map(\.retry?.result) == [.same, .unsettled, nil])
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            try kind.withStore { (store) throws in
                for index in order {
                    let page = LearnedPage(attempts: [rows[index]])
                    #expect(try store.learn(page, now: time(0)) == 1)
                }
                #expect(try attempts(store) == expected)
                // All of it again changes nothing.
                #expect(try store.learn(LearnedPage(attempts: rows), now: time(0)) == 0)
                #expect(try attempts(store) == expected)
                #expect(try attempts(store, "e2").isEmpty)
            }
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `an attempt that ran when it was read is settled by a later reading`(
        _ kind: StoreKind
    ) throws {
        try kind.withStore { (store) throws in
            let first = [attempt("a"), attempt("b", .running, from: 100, to: 110)]
            _ = try store.learn(LearnedPage(attempts: first), now: time(0))
            let later = attempt("b", .succeeded, from: 100, to: 150)
            #expect(try store.learn(LearnedPage(attempts: [later]), now: time(0)) == 0)
            let found = try attempts(store)
            #expect(found.map(\.status) == [.failed, .succeeded])
            #expect(found.first?.retry?.result == .recovered)
            #expect(found.first?.retry?.duration == .seconds(50))
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a retry with an intent is this program's, by its rule`(_ kind: StoreKind) throws {
        try kind.withStore { (store) throws in
            var own = intent(at: time(90), state: .effective)
            own.before.actionExecutions = ["a"]
            try store.record(own, now: time(0))
            let rows = [attempt("a"), attempt("b", .succeeded, from: 100, to: 140)]
            _ = try store.learn(LearnedPage(attempts: rows), now: time(0))
            let retry = try #require(try attempts(store).first?.retry)
            #expect(retry.isOwn)
            #expect(retry.rule == own.rule)
            #expect(retry.mode == .failedActions)
            #expect(try store.sums(since: 0, now: time(0)).map(\.key.rule) == [own.rule])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `what a service said is kept with its attempt, and changes the labels`(
        _ kind: StoreKind
    ) throws {
        try kind.withStore { (store) throws in
            let rows = [attempt("a"), attempt("b", from: 100, to: 140)]
            _ = try store.learn(LearnedPage(attempts: rows), now: time(0))
            #expect(try attempts(store).map(\.retry?.result) == [.same, nil])
            let other = AttemptCause(
                action: "Stack",
                attempt: "b",
                root: RootCause(provider: "ECS")
            )
            let unknown = cause("Stack", of: "z")
            let told = [cause("Stack", of: "a"), other, unknown, cause("Nothing", of: "a")]
            for _ in 0..<2 { try store.learn(told, of: key(), now: time(0)) }
            let found = try attempts(store)
            #expect(
                found.map(\.causeFingerprint)
                    == [cause().root, other.root].map {
                        ActionAttempt.fingerprint(of: $0, in: attempt("a").action)
                    }
            )
            #expect(found.map(\.retry?.result) == [.other, nil])
            // Another reading of the same rows does not take it away.
            _ = try store.learn(LearnedPage(attempts: rows), now: time(0))
            #expect(try attempts(store) == found)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a position comes back as it was stored, with its page`(_ kind: StoreKind) throws {
        try kind.withStore { (store) throws in
            let new = ImportPosition(pipeline: key().pipeline)
            #expect(try store.position(of: new.pipeline, now: time(0)) == new)
            var position = new
            position.done = ImportPosition.Span(since: time(-9), newest: time(-1))
            position.reading = ImportPosition.Reading(
                token: "next",
                floor: time(-5),
                newest: time(0)
            )
            for stored in [position, new] {
                let page = LearnedPage(attempts: [attempt("a")], position: stored)
                _ = try store.learn(page, now: time(0))
                #expect(try store.position(of: new.pipeline, now: time(0)) == stored)
            }
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `old attempts go to the sums, and do not come back`(_ kind: StoreKind) throws {
        try kind.withStore { (store) throws in
            let old = [
                attempt("a"), attempt("b", from: 100, to: 140),
                attempt("c", .succeeded, from: 300, to: 360),
            ]
            let new = [
                attempt("d", from: days(401), to: days(401) + 10, of: "e2"),
                attempt("e", .succeeded, from: days(401) + 60, to: days(401) + 90, of: "e2"),
            ]
            _ = try store.learn(LearnedPage(attempts: old + new), now: time(0))
            let before = try store.sums(since: 0, now: time(0))
            #expect(
                before.map(\.counts) == [
                    TrialCounts(recovered: 1, trials: 2), TrialCounts(recovered: 1, trials: 1),
                ]
            )
            #expect(before.map(\.time) == [.seconds(100), .seconds(30)])
            try store.pruneAll(now: time(days(402)))
            #expect(try attempts(store).isEmpty)
            #expect(try attempts(store, "e2").count == 2)
            #expect(try store.sums(since: 0, now: time(0)) == before)
            // An import of the same rows finds nothing that is not counted.
            #expect(try store.learn(LearnedPage(attempts: old), now: time(0)) == 0)
            #expect(try store.sums(since: 0, now: time(0)) == before)
            let day = try #require(before.last?.key.day)
            #expect(try store.sums(since: day, now: time(0)) == [before[1]])
            #expect(try store.sums(since: .max, now: time(0)).isEmpty)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `nothing that decides needs attempts, so they are in no start`(_ kind: StoreKind) throws {
        try kind.withStore { (store) throws in
            _ = try store.learn(LearnedPage(attempts: [attempt("a")]), now: time(0))
            #expect(try store.snapshot() == LedgerSnapshot())
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a closed store learns and tells nothing`(_ kind: StoreKind) throws {
        try kind.withStore { (store) throws in
            store.close()
            #expect(throws: LedgerError.closed) {
                try store.learn(LearnedPage(attempts: []), now: time(0))
            }
            #expect(throws: LedgerError.closed) { try attempts(store) }
            #expect(throws: LedgerError.closed) { try store.sums(since: 0, now: time(0)) }
            #expect(throws: LedgerError.closed) {
                try store.position(of: key().pipeline, now: time(0))
            }
        }
    }

    @Test func `attempts survive a restart`() throws {
        let directory = TemporaryDirectory()
        let first = try open(directory).ledger
        _ = try first.learn(LearnedPage(attempts: [attempt("a")]), now: time(0))
        first.close()
        let second = try open(directory).ledger
        defer { second.close() }
        #expect(try attempts(second) == [attempt("a")])
    }

    @Test(arguments: ["x\0y", String(repeating: "x", count: 1025)])
    func `an attempt that cannot be stored is ignored, and the others are stored`(
        _ name: String
    ) throws {
        let directory = TemporaryDirectory()
        let ledger = try open(directory).ledger
        defer { ledger.close() }
        var long = attempt("b")
        long.provider = String(repeating: "é", count: 200)
        long.fingerprint = Fingerprint(reduced: String(repeating: "x", count: 600) + "\0")
        var position = ImportPosition(pipeline: key().pipeline)
        position.reading = ImportPosition.Reading(
            token: String(repeating: name, count: 5),
            floor: time(0),
            newest: time(0)
        )
        let page = LearnedPage(
            attempts: [attempt(ActionExecutionID(name)), long],
            position: position
        )
        #expect(try ledger.learn(page, now: time(0)) == 1)
        let found = try #require(try attempts(ledger).first)
        #expect(found.id == "b")
        #expect(found.provider?.utf8.count == 256)
        #expect(found.fingerprint?.text.utf8.count == 512)
        let reading = try ledger.position(of: key().pipeline, now: time(0)).reading
        #expect(reading == nil)
    }

    @Test func `a file that is too full learns nothing, and its oldest attempts go first`() throws {
        let directory = TemporaryDirectory()
        let small = LedgerOptions(maximumPages: 120)
        let ledger = try open(directory, options: small).ledger
        defer { ledger.close() }
        try ledger.apply([.episode(episode("open"))], now: time(0))
        try ledger.apply([.episode(episode("old", endedAt: time(1)))], now: time(0))
        let refusal = #expect(throws: LedgerError.noRoomForHistory) {
            for number in 0..<10_000 {
                let row = attempt(
                    ActionExecutionID("\(number)"),
                    from: Int64(number),
                    to: nil,
                    of: "e\(number)"
                )
                _ = try ledger.learn(LearnedPage(attempts: [row]), now: time(0))
            }
        }
        #expect(refusal != nil)
        try ledger.pruneAll(now: time(0))
        #expect(try attempts(ledger, "e0").isEmpty)
        #expect(try ledger.snapshot().episodes.count == 2)
        // There is room again, and what was taken is not stored anew.
        let old = attempt("0", from: 0, to: nil, of: "e0")
        #expect(try ledger.learn(LearnedPage(attempts: [old]), now: time(0)) == 0)
        let new = attempt("new", from: 20_000, to: nil, of: "new")
        #expect(try ledger.learn(LearnedPage(attempts: [new]), now: time(0)) == 1)
    }

    @Test func `a full disk refuses attempts and keeps nothing of them in memory`() throws {
        let store = MemoryLedger()
        store.fail(with: .full)
        #expect(throws: LedgerError.full) {
            try store.learn(LearnedPage(attempts: [attempt("a")]), now: time(0))
        }
        store.fail(with: nil)
        #expect(try attempts(store).isEmpty)
    }

    @Test func `attempts that belong to a damaged file go with it`() throws {
        let directory = TemporaryDirectory()
        let ledger = try open(directory).ledger
        defer { ledger.close() }
        try ledger.apply([.episode(episode("open"))], now: time(0))
        _ = try ledger.learn(LearnedPage(attempts: [attempt("a")]), now: time(0))
        directory.remove("ledger.sqlite")
        _ = try ledger.learn(LearnedPage(attempts: [attempt("b", of: "e2")]), now: time(0))
        #expect(try attempts(ledger).isEmpty)
        #expect(try attempts(ledger, "e2").map(\.id) == ["b"])
        #expect(ledger.takeNotices() == [.missing])
        try ledger.apply([], now: time(0))
        #expect(try ledger.snapshot().episodes.map(\.key) == [key("open")])
    }
}
