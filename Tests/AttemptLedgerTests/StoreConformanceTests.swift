import AttemptLedger
import Primitives
import RetryCore
import Testing
import RetryTestSupport

/// The kinds of store; one suite applies to all.
enum StoreKind: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case disk, memory

    var testDescription: String { rawValue }

    /// Runs a body on an empty store of this kind.
    func withStore(_ body: (any AttemptStore) throws -> Void) throws {
        switch self {
        case .memory: try body(MemoryLedger())
        case .disk:
            let directory = TemporaryDirectory()
            let store = try open(directory).ledger
            defer { store.close() }
            try body(store)
        }
    }
}

@Suite("What every attempt store does")
struct StoreConformanceTests {
    @Test(arguments: StoreKind.allCases)
    func `a new store is empty`(_ kind: StoreKind) throws {
        try kind.withStore { store in
            let stored = try store.snapshot()
            #expect(stored == LedgerSnapshot())
            #expect(store.takeNotices().isEmpty)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `an intent comes back as it was recorded`(_ kind: StoreKind) throws {
        try kind.withStore { store in
            var bare = intent(2)
            bare.rule = nil
            bare.mode = .allActions
            bare.before = StageBaseline(
                manualRetries: 0,
                actionExecutions: [],
                lastStatusChange: nil
            )
            var odd = intent(3)
            odd.before.actionExecutions = [""]
            for row in [intent(1), bare, odd] { try store.record(row, now: time(0)) }
            #expect(try store.snapshot().intents == [intent(1), bare, odd])
        }
    }

    @Test(arguments: StoreKind.allCases, IntentState.allCases)
    func `every state of an intent is kept`(_ kind: StoreKind, _ state: IntentState) throws {
        try kind.withStore { store in
            try store.record(intent(), now: time(0))
            try store.apply([.intent(intent(state: state))], now: time(0))
            #expect(try store.snapshot().intents == [intent(state: state)])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `an intent never takes the number of another`(_ kind: StoreKind) throws {
        try kind.withStore { store in
            try store.record(intent(), now: time(0))
            try store.record(intent(), now: time(1))
            #expect(throws: LedgerError.intentExists(sequence: 1)) {
                try store.record(intent(at: time(9)), now: time(9))
            }
            #expect(try store.snapshot().intents == [intent()])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `the end of an episode never changes, and no intent follows it`(
        _ kind: StoreKind
    ) throws {
        try kind.withStore { store in
            try store.apply([.episode(episode())], now: time(0))
            try store.record(intent(), now: time(0))
            try store.apply([.episode(fullEpisode())], now: time(0))
            // As after a query that could not be answered: the stage was taken as new.
            try store.apply([.episode(episode())], now: time(1))
            #expect(throws: LedgerError.episodeEnded) {
                try store.record(intent(2), now: time(1))
            }
            try store.apply([.episode(episode(endedAt: time(200)))], now: time(1))
            #expect(try store.recall(key(), now: time(1)) == .ended(.notRetried))
            #expect(try store.snapshot().episodes == [fullEpisode()])
            #expect(try store.snapshot().intents == [intent()])
            #expect(store.durability(of: intent(2), now: time(1)) == .ended)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `an episode with all its fields and one with none come back`(_ kind: StoreKind) throws {
        try kind.withStore { store in
            try store.apply([.episode(fullEpisode()), .episode(episode("e2"))], now: time(0))
            #expect(try store.snapshot().episodes == [fullEpisode(), episode("e2")])
        }
    }

    @Test(arguments: StoreKind.allCases, Outcome.allCases)
    func `every outcome is kept`(_ kind: StoreKind, _ outcome: Outcome) throws {
        try kind.withStore { store in
            var record = episode(endedAt: time(1))
            record.outcome = outcome
            try store.apply([.episode(record)], now: time(1))
            #expect(try store.snapshot().episodes == [record])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `every reason is kept`(_ kind: StoreKind) throws {
        try kind.withStore { store in
            let records = Reason.allCases.map { reason in
                var record = episode(reason.rawValue, endedAt: time(1))
                record.reason = reason
                return record
            }
            try store.apply(records.map { .episode($0) }, now: time(1))
            #expect(try Set(store.snapshot().episodes) == Set(records))
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `the newest record of a row replaces the older`(_ kind: StoreKind) throws {
        try kind.withStore { store in
            try store.apply([.episode(episode()), .episode(fullEpisode())], now: time(0))
            try store.apply([.pause(pause(until: nil)), .pause(pause())], now: time(0))
            #expect(try store.snapshot().episodes == [fullEpisode()])
            #expect(try store.snapshot().pauses == [pause()])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `applying a batch twice is the same as once`(_ kind: StoreKind) throws {
        try kind.withStore { store in
            let batch: [LedgerWrite] = [
                .episode(fullEpisode()), .intent(intent(state: .accepted)), .pause(pause()),
                .resume(PauseScope()),
            ]
            try store.apply(batch, now: time(0))
            let once = try store.snapshot()
            try store.apply(batch, now: time(0))
            #expect(try store.snapshot() == once)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a resume lifts the pause of exactly its scope`(_ kind: StoreKind) throws {
        try kind.withStore { store in
            let everything = Pause(scope: PauseScope(), reason: "", uid: 0, until: nil)
            let scopes: [LedgerWrite] = [.pause(everything), .pause(pause()), .pause(pause(nil))]
            try store.apply(scopes, now: time(0))
            try store.apply([.resume(PauseScope(target: "prod"))], now: time(0))
            #expect(try Set(store.snapshot().pauses) == [everything, pause()])
            try store.apply([.resume(PauseScope())], now: time(0))
            #expect(try store.snapshot().pauses == [pause()])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `long texts are cut and NULs removed`(_ kind: StoreKind) throws {
        try kind.withStore { store in
            var record = episode()
            record.lastFingerprint = Fingerprint(reduced: "\0" + String(repeating: "é", count: 300))
            var hold = pause()
            hold.reason = "a\0b" + String(repeating: "x", count: 5000)
            try store.apply([.episode(record), .pause(hold)], now: time(0))
            let stored = try store.snapshot()
            #expect(
                stored.episodes.first?.lastFingerprint?.text == String(repeating: "é", count: 256)
            )
            #expect(
                stored.pauses.first?.reason == "ab" + String(repeating: "x", count: 1022)
            )
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `names are rejected instead of cut, and the rest is stored`(_ kind: StoreKind) throws {
        try kind.withStore { store in
            let long = String(repeating: "x", count: 1025)
            func refused(_ execution: String) -> LedgerError {
                .unstorable(
                    "the execution's id",
                    row: "target prod, pipeline web, stage Deploy, execution \(execution)"
                )
            }
            let cut = String(repeating: "x", count: 40) + "..."
            #expect(throws: refused(cut)) { try store.record(intent(of: long), now: time(0)) }
            #expect(throws: refused("a?b")) { try store.record(intent(of: "a\0b"), now: time(0)) }
            #expect(throws: refused(cut)) {
                try store.apply([.episode(episode(long)), .episode(episode())], now: time(0))
            }
            let stored = try store.snapshot()
            #expect(stored == LedgerSnapshot(episodes: [episode()]))
            var many = intent()
            many.before.actionExecutions = Set((0...1000).map { ActionExecutionID("\($0)") })
            let row = "target prod, pipeline web, stage Deploy, execution e1"
            #expect(throws: LedgerError.unstorable("the list of action executions", row: row)) {
                try store.record(many, now: time(0))
            }
            many.before.actionExecutions = ["a\nb"]
            #expect(throws: LedgerError.unstorable("an action execution's id", row: row)) {
                try store.record(many, now: time(0))
            }
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `unstorable rows are known before they are stored`(_ kind: StoreKind) throws {
        try kind.withStore { store in
            let long = PipelineName(String(repeating: "x", count: 1025))
            for write in [LedgerWrite.pause(pause(long)), .resume(pause("a\0b").scope)] {
                #expect(write.unstorableField == "the pipeline's name")
                #expect(throws: LedgerError.self) { try store.apply([write], now: time(0)) }
            }
            #expect(LedgerWrite.pause(pause()).unstorableField == nil)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `the extremes of time and numbers come back`(_ kind: StoreKind) throws {
        try kind.withStore { store in
            var row = intent(.max, at: WallTime(milliseconds: .min))
            row.before.lastStatusChange = WallTime(milliseconds: .max)
            row.before.manualRetries = .min
            try store.record(row, now: WallTime(milliseconds: .max))
            #expect(try store.snapshot().intents == [row])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `the answer to the engine is durable or why not`(_ kind: StoreKind) throws {
        try kind.withStore { store in
            #expect(store.durability(of: intent(), now: time(0)) == .durable)
            let other = LedgerError.intentExists(sequence: 1).sentence
            #expect(
                store.durability(of: intent(at: time(1)), now: time(1)) == .refused(other)
            )
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `after close every call fails`(_ kind: StoreKind) throws {
        try kind.withStore { store in
            store.close()
            store.close()
            #expect(throws: LedgerError.closed) { try store.record(intent(), now: time(0)) }
            #expect(throws: LedgerError.closed) { try store.apply([], now: time(0)) }
            #expect(throws: LedgerError.closed) { try store.snapshot() }
            #expect(throws: LedgerError.closed) { try store.recall(key(), now: time(0)) }
            #expect(throws: LedgerError.closed) { try store.prune(now: time(0)) }
        }
    }
}

extension Durability {
    /// Whether the row is permanently refused, with a sentence.
    fileprivate var isRefused: Bool {
        if case .refused(let sentence) = self { !sentence.isEmpty } else { false }
    }
}
