import AttemptLedger
import Primitives
import RetryCore
import RetryTestSupport
import Testing

@Suite("Precedents in every store")
struct PrecedentStoreTests {
    /// A history of failures and retries, drawn from a seed: few names, so that much is alike.
    private struct Drawn {
        var rng: SplitMix64
        var attempts: [ActionAttempt] = []
        var executions: [PastExecution] = []

        init(seed: UInt64) {
            rng = SplitMix64(seed: seed)
            for number in 0..<40 { add(number) }
        }

        mutating func pick<Value>(_ values: [Value]) -> Value {
            values[Int(rng.next() % UInt64(values.count))]
        }

        private mutating func add(_ number: Int) {
            let pipeline = PipelineKey(target: "prod", pipeline: pick(["web", "api"]))
            let execution = ExecutionID("x\(number)")
            let start = Int64(number) * 1000
            executions.append(
                PastExecution(
                    key: ExecutionKey(pipeline: pipeline, execution: execution),
                    started: time(start),
                    hasSucceeded: pick([true, false]),
                    revision: pick([nil, 1, 2, 3] as [Int64?]).map(RevisionDigest.init(number:))
                )
            )
            let action = ActionKey(
                pipeline: pipeline,
                stage: "Deploy",
                action: pick(["Stack", "Test"])
            )
            for turn in 0..<pick([1, 1, 2, 3]) {
                attempts.append(attempt(action, execution, number, turn, at: start))
            }
        }

        private mutating func attempt(
            _ action: ActionKey,
            _ execution: ExecutionID,
            _ number: Int,
            _ turn: Int,
            at start: Int64
        ) -> ActionAttempt {
            let begin = start + Int64(turn) * 100
            var attempt = ActionAttempt(
                action: action,
                execution: execution,
                id: ActionExecutionID("a\(number)-\(turn)"),
                status: pick([.failed, .failed, .failed, .succeeded]),
                started: time(begin),
                ended: time(begin + 40),
                provider: pick(["CodeBuild", "CloudFormation"]),
                source: .imported
            )
            guard attempt.status == .failed else { return attempt }
            let message = pick(["network unreachable", "tests failed", "Rate exceeded"])
            attempt.fingerprint = Fingerprint(reduced: message)
            attempt.failure = AttemptFailure(
                code: "JobFailed",
                message: message,
                summary: nil,
                provider: attempt.provider
            )
            if pick([true, false]) {
                attempt.take(RootCause(provider: "CodeBuild", phase: pick(["BUILD", "INSTALL"])))
            }
            return attempt
        }

        /// Questions about each failure, on every level.
        mutating func questions() -> [PrecedentQuestion] {
            attempts.filter { $0.status == .failed }.flatMap { failed in
                let levels: [PrecedentLevel?] = [
                    failed.causeFingerprint.map { .cause($0, provider: failed.provider) },
                    failed.fingerprint.map { .error($0, provider: failed.provider) },
                    .rule("network"), .kind(failed.failure?.kind ?? .flaky),
                ]
                let window = TrialWindow(
                    size: pick([4, 6, 20]),
                    maxAge: .seconds(pick([4000, 30_000]))
                )
                return levels.compactMap(\.self).map { level in
                    PrecedentQuestion(
                        episode: failed.group.episode,
                        action: failed.action.action,
                        failedAt: failed.ended ?? failed.started,
                        levels: [level],
                        window: window,
                        asksRevision: true,
                        durations: ["Stack", "Test", "None"]
                    )
                }
            }
        }
    }

    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func `the file answers as a search of everything does`(_ seed: UInt64) throws {
        var drawn = Drawn(seed: seed)
        let page = LearnedPage(attempts: drawn.attempts, executions: drawn.executions)
        let questions = drawn.questions()
        let groups = Dictionary(grouping: drawn.attempts, by: \.group)
        let labelled = groups.values.flatMap { AttemptChain($0).attempts }
        let search = PrecedentSearch(labelled, drawn.executions)
        var gates = 0
        var revisions = 0
        var medians = 0
        for kind in StoreKind.allCases {
            try kind.withStore { (store) throws in
                _ = try store.learn(page, now: time(0))
                for question in questions {
                    let found = try store.precedents(of: question, now: time(0))
                    #expect(found == search.answer(question), "\(question)")
                    gates += found.gate == nil ? 0 : 1
                    revisions += found.revision == nil ? 0 : 1
                    medians += found.medians.count
                }
            }
        }
        #expect(gates > 0 && revisions > 0, "\(questions.count) questions, nothing found")
        #expect(medians > 0)
    }

    @Test(arguments: StoreKind.allCases)
    func `a rule's trials are those of its own retries`(_ kind: StoreKind) throws {
        try kind.withStore { (store) throws in
            var attempts: [ActionAttempt] = []
            for number in 1...4 {
                let execution = "e\(number)"
                var own = intent(
                    number,
                    of: execution,
                    at: time(Int64(number) * 100 + 50),
                    state: .effective
                )
                own.before.actionExecutions = [ActionExecutionID("f\(number)")]
                own.rule = "network"
                try store.record(own, now: time(0))
                for (id, status, start) in [
                    ("f\(number)", AttemptStatus.failed, 0), ("n\(number)", .succeeded, 60),
                ] as [(String, AttemptStatus, Int64)] {
                    attempts.append(
                        ActionAttempt(
                            action: ActionKey(
                                pipeline: key().pipeline,
                                stage: key().stage,
                                action: "Stack"
                            ),
                            execution: ExecutionID(execution),
                            id: ActionExecutionID(id),
                            status: status,
                            started: time(Int64(number) * 100 + start),
                            ended: time(Int64(number) * 100 + start + 20),
                            source: .live
                        )
                    )
                }
            }
            _ = try store.learn(LearnedPage(attempts: attempts), now: time(0))
            let question = PrecedentQuestion(
                episode: key("now"),
                action: "Stack",
                failedAt: time(1000),
                levels: [.error(Fingerprint(reduced: "x"), provider: nil), .rule("network")],
                window: TrialWindow(),
                asksRevision: false
            )
            let found = try store.precedents(of: question, now: time(0))
            #expect(found.gate?.level == .rule("network"))
            #expect(found.gate?.counts == TrialCounts(recovered: 4, trials: 4))
            #expect(found.revision == nil)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `executions that started before all that is kept are forgotten`(
        _ kind: StoreKind
    ) throws {
        try kind.withStore { (store) throws in
            let pipeline = key().pipeline
            func execution(_ id: ExecutionID, at start: Int64) -> PastExecution {
                PastExecution(
                    key: ExecutionKey(pipeline: pipeline, execution: id),
                    started: time(start),
                    hasSucceeded: true,
                    revision: RevisionDigest(number: start)
                )
            }
            let executions = [execution("old", at: 0), execution("new", at: days(500))]
            var newest = ActionAttempt(
                action: ActionKey(pipeline: pipeline, stage: "Deploy", action: "Stack"),
                execution: "new",
                id: "a",
                status: .succeeded,
                started: time(days(500)),
                ended: time(days(500)),
                source: .live
            )
            newest.provider = "CodeBuild"
            let page = LearnedPage(attempts: [newest], executions: executions)
            _ = try store.learn(page, now: time(days(500)))
            func knows(_ execution: ExecutionID) throws -> Bool {
                let question = PrecedentQuestion(
                    episode: EpisodeKey(pipeline: pipeline, stage: "Deploy", execution: execution),
                    action: "Stack",
                    failedAt: time(days(500)),
                    levels: [],
                    window: nil,
                    asksRevision: true
                )
                return try store.precedents(of: question, now: time(0)).revision != nil
            }
            #expect(try knows("old"))
            while try store.prune(now: time(days(501))) {}
            #expect(try !knows("old"))
            #expect(try knows("new"))
        }
    }
}
