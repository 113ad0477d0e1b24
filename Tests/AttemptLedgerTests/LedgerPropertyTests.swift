import AttemptLedger
import Primitives
import RetryCore
import Testing
import RetryTestSupport

/// The expected content of a store, kept in the simplest way: lists searched from the front.
private struct Model {
    var episodes: [EpisodeRecord] = []
    var intents: [Intent] = []
    var pauses: [Pause] = []

    mutating func apply(_ write: LedgerWrite) {
        switch write {
        case .episode(let record):
            guard !hasEnded(record.key) else { return }
            episodes.removeAll { $0.key == record.key }
            episodes.append(record)
        case .intent(let intent):
            intents.removeAll {
                $0.episode == intent.episode && $0.sequence == intent.sequence
            }
            intents.append(intent)
        case .pause(let pause):
            pauses.removeAll { $0.scope == pause.scope }
            pauses.append(pause)
        case .resume(let scope):
            pauses.removeAll { $0.scope == scope }
        }
    }

    /// The same for open rows: an episode that ends goes with its intents, permanently as far as
    /// the batch shows.
    mutating func applyOpen(_ batch: [LedgerWrite]) {
        var ended: Set<EpisodeKey> = []
        for write in batch {
            if case .episode(let record) = write {
                if ended.contains(record.key) { continue }
                if record.outcome != nil { ended.insert(record.key) }
            }
            applyOpen(write)
        }
    }

    private mutating func applyOpen(_ write: LedgerWrite) {
        apply(write)
        guard case .episode(let record) = write, record.outcome != nil else { return }
        episodes.removeAll { $0.key == record.key }
        intents.removeAll { $0.episode == record.key }
    }

    /// The rows that a start keeps in memory.
    var opening: Model {
        var open = self
        open.episodes = episodes.filter { $0.outcome == nil }
        let keys = Set(open.episodes.map(\.key))
        open.intents = intents.filter { keys.contains($0.episode) }
        return open
    }

    func hasEnded(_ key: EpisodeKey) -> Bool {
        episodes.contains { $0.key == key && $0.outcome != nil }
    }

    func hasRoom(for row: Intent) -> Bool {
        !hasEnded(row.episode)
            && !intents.contains {
                $0.episode == row.episode && $0.sequence == row.sequence && $0 != row
            }
    }

    func matches(_ snapshot: LedgerSnapshot) -> Bool {
        snapshot.episodes.count == episodes.count && Set(snapshot.episodes) == Set(episodes)
            && snapshot.intents.count == intents.count && Set(snapshot.intents) == Set(intents)
            && snapshot.pauses.count == pauses.count && Set(snapshot.pauses) == Set(pauses)
    }
}

@Suite("Any sequence of writes")
struct LedgerPropertyTests {
    /// A write that some random numbers choose.
    private func write(_ random: inout SplitMix64) -> LedgerWrite {
        let execution = "e\(random.below(4))"
        let scope = PauseScope(
            target: random.below(2) == 0 ? nil : "prod",
            pipeline: random.below(2) == 0 ? nil : "web",
            stage: random.below(2) == 0 ? nil : "Deploy"
        )
        switch random.below(4) {
        case 0:
            var record = random.below(2) == 0 ? episode(execution) : fullEpisode()
            record.sameErrorRun = random.below(9)
            record.isParallel = random.below(2) == 1
            return .episode(record)
        case 1:
            let state = IntentState.allCases[random.below(IntentState.allCases.count)]
            return .intent(intent(1 + random.below(3), of: execution, state: state))
        case 2:
            return .pause(
                Pause(
                    scope: scope,
                    reason: "r\(random.below(9))",
                    uid: 1,
                    until: random.below(2) == 0 ? nil : time(60)
                )
            )
        default: return .resume(scope)
        }
    }

    @Test(arguments: UInt64(1)...12)
    func `both stores equal the plain model through restarts`(
        _ seed: UInt64
    ) throws {
        var random = SplitMix64(seed: seed)
        let directory = TemporaryDirectory()
        let memory = MemoryLedger()
        var inMemory = Model()
        var disk = try open(directory).ledger
        var onDisk = Model()
        var held = Model()
        for step in 0..<60 {
            if random.below(3) == 0 {
                let row = intent(1 + random.below(3), of: "e\(random.below(4))")
                if memory.durability(of: row, now: time(0)) == .durable {
                    #expect(inMemory.hasRoom(for: row))
                    inMemory.apply(.intent(row))
                } else {
                    #expect(!inMemory.hasRoom(for: row))
                }
                if disk.durability(of: row, now: time(0)) == .durable {
                    #expect(onDisk.hasRoom(for: row))
                    onDisk.apply(.intent(row))
                    held.apply(.intent(row))
                } else {
                    #expect(!onDisk.hasRoom(for: row))
                }
            } else {
                let batch = (0..<random.below(4)).map { _ in write(&random) }
                try disk.apply(batch, now: time(0))
                try memory.apply(batch, now: time(0))
                for write in batch {
                    inMemory.apply(write)
                    onDisk.apply(write)
                }
                held.applyOpen(batch)
            }
            if random.below(10) == 0 {
                disk.close()
                disk = try open(directory).ledger
                held = onDisk.opening
            }
            if random.below(15) == 0 {
                // Something is to be written, or the loss shows only later.
                directory.remove("ledger.sqlite")
                try disk.apply([.resume(PauseScope(target: "none"))], now: time(0))
                onDisk = held
                onDisk.apply(.resume(PauseScope(target: "none")))
                held.apply(.resume(PauseScope(target: "none")))
            }
            #expect(onDisk.matches(try disk.snapshot()), "seed \(seed), step \(step)")
            #expect(inMemory.matches(try memory.snapshot()), "seed \(seed), step \(step)")
        }
        disk.close()
    }
}
