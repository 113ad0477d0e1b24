import AttemptLedger
import RetryCore
import Testing

@Suite("Old rows")
struct PruningTests {
    /// What stays of these writes after a restart at `now`.
    private func kept(
        _ writes: [LedgerWrite],
        at now: WallTime
    ) throws -> LedgerSnapshot {
        let directory = TemporaryDirectory()
        let first = try open(directory).ledger
        try first.apply(writes, now: time(0))
        first.close()
        let second = try open(directory, now: now)
        second.ledger.close()
        return second.snapshot
    }

    @Test
    func `ended episodes go after 30 days, their intents after 32`() throws {
        let writes: [LedgerWrite] = [
            .episode(episode("old", seen: time(0), endedAt: time(days(1)))),
            .intent(intent(1, of: "old", at: time(0))),
            .intent(intent(2, of: "old", at: time(days(2)))),
            .episode(episode("young", seen: time(0), endedAt: time(days(5)))),
            .intent(intent(1, of: "young", at: time(0))),
            .episode(episode("new", seen: time(days(33)))),
        ]
        let stays = try kept(writes, at: time(days(33)))
        #expect(stays.episodes.map(\.key.execution) == ["new", "young"])
        #expect(stays.intents == [intent(2, of: "old", at: time(days(2))), intent(1, of: "young")])
    }

    @Test
    func `an open episode stays with its intents however old`() throws {
        let writes: [LedgerWrite] = [
            .episode(episode("open")), .intent(intent(1, of: "open")),
            .episode(episode("new", seen: time(days(400)))),
        ]
        let stays = try kept(writes, at: time(days(400)))
        #expect(stays.episodes.count == 2)
        #expect(stays.intents == [intent(1, of: "open")])
    }

    @Test
    func `intents without an episode stay 32 days for the budgets`() throws {
        let writes: [LedgerWrite] = [
            .intent(intent(1)), .intent(intent(2, at: time(1))),
            .intent(intent(3, at: time(days(32)) + .milliseconds(1))),
        ]
        let stays = try kept(writes, at: time(days(33)))
        #expect(stays.intents.map(\.sequence) == [2, 3])
    }

    @Test
    func `pauses that ran out long ago go, those without an end stay`() throws {
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
    func `a long life prunes as it writes`(_ kind: StoreKind) throws {
        try kind.withStore { store in
            try store.apply([.episode(episode("old", endedAt: time(1)))], now: time(1))
            try store.apply([.episode(episode("new", seen: time(days(31))))], now: time(days(31)))
            #expect(try store.snapshot().episodes.map(\.key.execution) == ["new"])
        }
    }

    @Test
    func `pruning is on the disk, too`() throws {
        let directory = TemporaryDirectory()
        let first = try open(directory).ledger
        try first.apply([.episode(episode("old", endedAt: time(1)))], now: time(1))
        try first.apply([.episode(episode("new", seen: time(days(31))))], now: time(days(31)))
        first.close()
        let second = try open(directory, now: time(1))
        #expect(second.snapshot.episodes.map(\.key.execution) == ["new"])
        second.ledger.close()
    }
}
