import AttemptLedger
import Primitives
import RetryCore
import Testing
import RetryTestSupport

@Suite("Old rows")
struct PruningTests {
    /// The rest of these writes after a restart at `now`, in the file as in memory.
    private func kept(
        _ writes: [LedgerWrite],
        at now: WallTime
    ) throws -> LedgerSnapshot {
        let directory = TemporaryDirectory()
        let first = try open(directory).ledger
        try first.apply(writes, now: time(0))
        first.close()
        let second = try open(directory, now: now).ledger
        defer { second.close() }
        try second.pruneAll(now: now)
        let stays = try second.snapshot()
        let memory = MemoryLedger()
        try memory.apply(writes, now: time(0))
        try memory.pruneAll(now: now)
        #expect(try memory.snapshot() == stays)
        return stays
    }

    /// In any order within one write.
    @Test(arguments: 0..<6)
    func `ended episodes are deleted after 30 days, their intents after 32`(_ turn: Int) throws {
        let writes: [LedgerWrite] = [
            .episode(episode("old", seen: time(0), endedAt: time(days(1)))),
            .intent(intent(1, of: "old", at: time(0))),
            .intent(intent(2, of: "old", at: time(days(2)))),
            .episode(episode("young", seen: time(0), endedAt: time(days(5)))),
            .intent(intent(1, of: "young", at: time(0))),
            .episode(episode("new", seen: time(days(33)))),
        ]
        let turned = Array(writes[turn...] + writes[..<turn])
        let stays = try kept(turned, at: time(days(33)))
        #expect(stays.episodes.map(\.key.execution) == ["new", "young"])
        #expect(stays.intents == [intent(2, of: "old", at: time(days(2))), intent(1, of: "young")])
    }

    @Test
    func `an open episode is kept with its intents whatever its age`() throws {
        let writes: [LedgerWrite] = [
            .episode(episode("open")), .intent(intent(1, of: "open")),
            .episode(episode("new", seen: time(days(400)))),
        ]
        let stays = try kept(writes, at: time(days(400)))
        #expect(stays.episodes.count == 2)
        #expect(stays.intents == [intent(1, of: "open")])
    }

    @Test
    func `intents without an episode are kept 32 days for the budgets`() throws {
        let writes: [LedgerWrite] = [
            .intent(intent(1)), .intent(intent(2, at: time(0) + .milliseconds(1))),
            .intent(intent(3, at: time(days(32)) + .milliseconds(1))),
        ]
        let stays = try kept(writes, at: time(days(33)))
        #expect(stays.intents.map(\.sequence) == [2, 3])
    }

    @Test(arguments: [(99, 1), (10, 0)] as [(Int64, Int)])
    func `intents that a budget still counts stay after 32 days, a reload's budget too`(
        _ memory: Int64,
        _ count: Int
    ) throws {
        let writes: [LedgerWrite] = [
            .episode(episode("old", endedAt: time(days(1)))), .intent(intent(1, of: "old")),
            .episode(episode("new", seen: time(days(40)))),
        ]
        for isReloaded in [false, true] {
            let directory = TemporaryDirectory()
            let before = LedgerOptions(budgetMemory: .seconds(days(isReloaded ? 1 : memory)))
            let ledger = try open(directory, options: before).ledger
            if isReloaded { ledger.keepIntents(for: .seconds(days(memory))) }
            try ledger.apply(writes, now: time(0))
            try ledger.pruneAll(now: time(days(40)))
            ledger.close()
            let after = LedgerOptions(budgetMemory: .seconds(days(memory)))
            let start = try open(directory, now: time(days(40)), options: after)
            #expect(start.snapshot.spent.count == count)
            start.ledger.close()
        }
    }

    @Test
    func `old intents of kept episodes do not hide those of deleted ones`() throws {
        let directory = TemporaryDirectory()
        let now = time(days(33))
        let ledger = try open(directory).ledger
        let own = (1...450).map { LedgerWrite.intent(intent($0, of: "open")) }
        let others = (1...450).map { LedgerWrite.intent(intent($0, of: "zone", at: time(1))) }
        let rows = own + others + [.episode(episode("open")), .episode(episode("new", seen: now))]
        try ledger.apply(rows, now: now)
        var steps = 0
        while steps < 50, try ledger.prune(now: now) { steps += 1 }
        #expect(steps < 20)
        #expect(try ledger.snapshot().intents.count == 450)
        ledger.close()
    }

    @Test
    func `long ended pauses are deleted, those without an end are kept`() throws {
        let writes: [LedgerWrite] = [
            .pause(pause("a", until: time(0))), .pause(pause("b", until: nil)),
            .pause(pause("c", until: time(days(10)))),
            .episode(episode("new", seen: time(days(33)))),
        ]
        let stays = try kept(writes, at: time(days(33)))
        #expect(stays.pauses.map(\.scope.pipeline) == ["b", "c"])
    }

    @Test
    func `a clock in the far future deletes nothing`() throws {
        let writes: [LedgerWrite] = [
            .episode(episode("e1", endedAt: time(1))), .intent(intent()), .pause(pause()),
        ]
        let stays = try kept(writes, at: time(days(40_000)))
        #expect(stays.episodes.count == 1)
        #expect(stays.intents.count == 1)
        #expect(stays.pauses.count == 1)
    }

    @Test(arguments: StoreKind.allCases)
    func `a long run prunes while it writes`(_ kind: StoreKind) throws {
        try kind.withStore { store in
            try store.apply([.episode(episode("old", endedAt: time(1)))], now: time(1))
            try store.apply([.episode(episode("new", seen: time(days(31))))], now: time(days(31)))
            try store.pruneAll(now: time(days(31)))
            #expect(try store.snapshot().episodes.map(\.key.execution) == ["new"])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `passes are an hour apart, and rows just old enough are kept`(
        _ kind: StoreKind
    ) throws {
        try kind.withStore { store in
            let now = time(days(31))
            try store.apply([.episode(episode("new", seen: now))], now: now)
            try store.pruneAll(now: now)
            let ends = [time(days(1)) + .milliseconds(-1), time(days(1))]
            let old = zip(["old", "edge"], ends).map { episode($0, endedAt: $1) }
            let last = episode("last", endedAt: time(days(2)))
            try store.apply((old + [last]).map { .episode($0) }, now: now)
            try store.pruneAll(now: now + .seconds(3599))
            #expect(try store.snapshot().episodes.count == 4)
            try store.pruneAll(now: now + .seconds(3600))
            let stays = try store.snapshot().episodes.map(\.key.execution)
            #expect(stays == ["edge", "last", "new"])
        }
    }

    @Test
    func `pruning reaches the disk`() throws {
        let directory = TemporaryDirectory()
        let first = try open(directory).ledger
        try first.apply([.episode(episode("old", endedAt: time(1)))], now: time(1))
        try first.apply([.episode(episode("new", seen: time(days(31))))], now: time(days(31)))
        try first.pruneAll(now: time(days(31)))
        first.close()
        #expect(try stored(directory).episodes.map(\.key.execution) == ["new"])
    }
}

@Suite("Too many rows")
struct SurplusTests {
    /// An ended episode of its own stage or of one that many share.
    private func ended(_ number: Int, stage: StageName, at: WallTime) -> [LedgerWrite] {
        let key = EpisodeKey(
            pipeline: PipelineKey(target: "prod", pipeline: "web"),
            stage: stage,
            execution: ExecutionID("e\(number)")
        )
        var record = EpisodeRecord(key: key, firstFailure: at, firstSeen: at, foreignRetries: 0)
        record.outcome = .exhausted
        record.endedAt = at
        var own = intent(1, of: "e\(number)", at: at, state: .effective)
        own.episode = key
        return [.episode(record), .intent(own)]
    }

    /// A ledger with so many ended episodes, a second apart, and one that is open.
    private func fill(_ directory: TemporaryDirectory, _ count: Int, _ options: LedgerOptions)
        throws
    {
        let ledger = try open(directory, options: options).ledger
        for start in stride(from: 0, to: count, by: 100) {
            let writes = (start..<min(start + 100, count)).flatMap { number in
                ended(number, stage: "Deploy", at: time(Int64(number) * 200))
            }
            try ledger.apply(writes, now: time(0))
        }
        try ledger.apply([.episode(episode("open")), .intent(intent(of: "open"))], now: time(0))
        ledger.close()
    }

    @Test
    func `the oldest ended episodes are deleted down to the limit, in small steps`()
        throws
    {
        let directory = TemporaryDirectory()
        let options = LedgerOptions(maximumEnded: 100)
        try fill(directory, 1000, options)
        let now = time(200_000)
        let ledger = try open(directory, now: now, options: options).ledger
        var steps = 0
        var before = try ledger.snapshot().episodes.count
        while try ledger.prune(now: now) {
            let after = try ledger.snapshot().episodes.count
            #expect(before - after <= 200)
            before = after
            steps += 1
        }
        #expect(steps >= 4)
        let left = try ledger.snapshot()
        #expect(left.episodes.count { $0.outcome != nil } == 100)
        #expect(left.episodes.contains { $0.key.execution == "e999" })
        #expect(left.episodes.contains(episode("open")))
        #expect(left.intents.contains(intent(of: "open")))
        // Retries that a budget may count are kept: the last day of intents, 200 s apart.
        #expect(left.intents.count { $0.recordedAt >= time(199_800 - 86_400) } == 433)
        ledger.close()
        #expect(try open(directory, now: now, options: options).snapshot.spent.count == 433)
    }

    @Test
    func `the newest ended episode of each stage is deletable only after 30 days`() throws {
        let directory = TemporaryDirectory()
        let options = LedgerOptions(maximumEnded: 10)
        let ledger = try open(directory, options: options).ledger
        let writes = (0..<300).flatMap { number in
            ended(number, stage: StageName("S\(number)"), at: time(Int64(number)))
        }
        try ledger.apply(writes, now: time(0))
        try ledger.pruneAll(now: time(300))
        #expect(try ledger.snapshot().episodes.count == 300)
        let later = time(days(30) + 100)
        try ledger.apply([.episode(episode("new", seen: later))], now: later)
        try ledger.pruneAll(now: later)
        // Those that ended before the 30 days, in the order of their ends.
        let left = try ledger.snapshot().episodes.map(\.key.execution)
        #expect(left.count == 201)
        #expect(!left.contains("e99"))
        #expect(left.contains("e100"))
        ledger.close()
    }

    @Test
    func `a ledger never grows full of ended episodes`() throws {
        let directory = TemporaryDirectory()
        let options = LedgerOptions(maximumPages: 200)
        let ledger = try open(directory, options: options).ledger
        for round in 0..<40 {
            let now = time(Int64(round) * 200_000)
            let writes = (0..<100).flatMap { number in
                ended(round * 100 + number, stage: "Deploy", at: now)
            }
            try ledger.apply(writes, now: now)
            try ledger.pruneAll(now: now)
        }
        #expect(directory.size("ledger.sqlite") <= 200 * 4096)
        try ledger.record(intent(of: "new", at: time(9_000_000)), now: time(9_000_000))
        ledger.close()
    }

    @Test
    func `a ledger that was full accepts writes again`() throws {
        let directory = TemporaryDirectory()
        let options = LedgerOptions(maximumPages: 120)
        let ledger = try open(directory, options: options).ledger
        var number = 0
        #expect(throws: LedgerError.full) {
            while number < 5000 {
                let at = time(Int64(number) * 2000)
                try ledger.apply(ended(number, stage: "Deploy", at: at), now: time(0))
                number += 1
            }
        }
        let now = time(Int64(number) * 2000)
        try ledger.pruneAll(now: now)
        try ledger.record(intent(of: "new", at: now), now: now)
        ledger.close()
    }

    @Test
    func `a ledger that was full accepts writes within an hour of the last pass too`() throws {
        let directory = TemporaryDirectory()
        let ledger = try open(directory, options: LedgerOptions(maximumPages: 240)).ledger
        try ledger.apply([.episode(episode("open"))], now: time(0))
        try ledger.pruneAll(now: time(0))
        var number = 0
        #expect(throws: LedgerError.full) {
            while number < 9000 {
                let rows = (number..<number + 20).map { next in
                    ended(next, stage: "Deploy", at: time(Int64(next)))[0]
                }
                try ledger.apply(rows, now: time(0))
                number += 20
            }
        }
        try ledger.pruneAll(now: time(60))
        // No more than it takes: pages that are free in a file that stays large count as free.
        let left = try ledger.snapshot().episodes.count
        #expect(left > number / 2 && left < number)
        try ledger.pruneAll(now: time(7200))
        #expect(try ledger.snapshot().episodes.count == left)
        try ledger.record(intent(of: "new", at: time(60)), now: time(60))
        ledger.close()
    }

    @Test(arguments: StoreKind.allCases)
    func `the newest ended episode of a stage is kept while the stage may show it`(
        _ kind: StoreKind
    ) throws {
        try kind.withStore { store in
            try store.apply(ended(1, stage: "A", at: time(0)), now: time(0))
            try store.apply(ended(2, stage: "A", at: time(1)), now: time(1))
            try store.apply([.episode(episode("x", seen: time(days(399))))], now: time(1))
            try store.pruneAll(now: time(days(399)))
            #expect(try store.snapshot().episodes.map(\.key.execution) == ["e2", "x"])
            try store.apply([.episode(episode("y", seen: time(days(402))))], now: time(1))
            try store.pruneAll(now: time(days(402)))
            #expect(try store.snapshot().episodes.map(\.key.execution) == ["x", "y"])
        }
    }
}
