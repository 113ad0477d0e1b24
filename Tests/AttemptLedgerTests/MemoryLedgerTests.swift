import AttemptLedger
import RetryCore
import Testing
import RetryTestSupport

@Suite("The ledger in memory")
struct MemoryLedgerTests {
    @Test
    func `a crash loses changes that were only applied`() throws {
        let ledger = MemoryLedger()
        try ledger.apply([.episode(episode())], now: time(0))
        #expect(ledger.unsyncedTransactions == 1)
        ledger.crash()
        #expect(try ledger.snapshot() == LedgerSnapshot())
    }

    @Test
    func `pruned rows do not come back with a crash`() throws {
        let old = episode("old", endedAt: time(0))
        let new = episode("new", seen: time(days(31)))
        let store = MemoryLedger(LedgerSnapshot(episodes: [old, new]))
        try store.pruneAll(now: time(days(31)))
        store.crash()
        #expect(try store.snapshot().episodes == [new])
    }

    @Test
    func `a write without rows is nothing that a crash could lose`() throws {
        let ledger = MemoryLedger()
        try ledger.apply([], now: time(0))
        #expect(ledger.unsyncedTransactions == 0)
    }

    @Test
    func `an intent makes all changes before it durable`() throws {
        let ledger = MemoryLedger()
        try ledger.apply([.episode(episode())], now: time(0))
        try ledger.record(intent(), now: time(0))
        try ledger.apply([.pause(pause())], now: time(0))
        ledger.crash()
        #expect(try ledger.snapshot() == LedgerSnapshot(episodes: [episode()], intents: [intent()]))
    }

    @Test
    func `a crash may keep the first of the lost transactions, each as a whole`() throws {
        let ledger = MemoryLedger()
        try ledger.apply([.episode(episode()), .intent(intent())], now: time(0))
        try ledger.apply([.pause(pause())], now: time(0))
        ledger.crash(keeping: 1)
        #expect(try ledger.snapshot() == LedgerSnapshot(episodes: [episode()], intents: [intent()]))
    }

    @Test
    func `a store that syncs every write loses none`() throws {
        let ledger = MemoryLedger(syncsEveryWrite: true)
        try ledger.apply([.episode(episode())], now: time(0))
        ledger.crash()
        #expect(try ledger.snapshot().episodes == [episode()])
    }

    @Test
    func `a refused intent is absent, but a crash may leave it behind`() throws {
        let ledger = MemoryLedger()
        ledger.fail(with: .full)
        #expect(throws: LedgerError.full) { try ledger.record(intent(), now: time(0)) }
        #expect(try ledger.snapshot() == LedgerSnapshot())
        ledger.crash(keeping: 1)
        #expect(try ledger.snapshot().intents == [intent()])
    }

    @Test
    func `a refused intent is gone for good after the next write`() throws {
        let ledger = MemoryLedger()
        ledger.fail(with: .full)
        #expect(throws: LedgerError.full) { try ledger.record(intent(), now: time(0)) }
        ledger.fail(with: nil)
        try ledger.apply([.pause(pause())], now: time(0))
        ledger.crash(keeping: 9)
        #expect(try ledger.snapshot() == LedgerSnapshot(pauses: [pause()]))
    }

    @Test
    func `changes that an error refused go with the next write`() throws {
        let ledger = MemoryLedger()
        ledger.fail(with: .readOnly)
        #expect(throws: LedgerError.readOnly) {
            try ledger.apply([.episode(episode())], now: time(0))
        }
        ledger.fail(with: nil)
        try ledger.record(intent(), now: time(0))
        ledger.crash()
        #expect(try ledger.snapshot() == LedgerSnapshot(episodes: [episode()], intents: [intent()]))
    }
}
