import AttemptLedger
import RetryCore
import Testing

/// What a store should hold, kept in the plainest way: lists searched from the front.
private struct Model {
    var episodes: [EpisodeRecord] = []
    var intents: [Intent] = []
    var pauses: [Pause] = []

    mutating func apply(_ write: LedgerWrite) {
        switch write {
        case .episode(let record):
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

    func matches(_ snapshot: LedgerSnapshot) -> Bool {
        snapshot.episodes.count == episodes.count && Set(snapshot.episodes) == Set(episodes)
            && snapshot.intents.count == intents.count && Set(snapshot.intents) == Set(intents)
            && snapshot.pauses.count == pauses.count && Set(snapshot.pauses) == Set(pauses)
    }
}

@Suite("Any sequence of writes")
struct LedgerPropertyTests {
    /// A write that some random numbers choose.
    private func write(_ random: inout SeededGenerator) -> LedgerWrite {
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
    func `leaves in both stores what the plain model holds, through restarts`(
        _ seed: UInt64
    ) throws {
        var random = SeededGenerator(seed: seed)
        let directory = TemporaryDirectory()
        let memory = MemoryLedger()
        var model = Model()
        var disk = try open(directory).ledger
        for step in 0..<60 {
            if random.below(3) == 0 {
                let row = intent(1 + random.below(3), of: "e\(random.below(4))")
                let isFree = !model.intents.contains {
                    $0.episode == row.episode && $0.sequence == row.sequence && $0 != row
                }
                let stored: [any AttemptStore] = [memory, disk]
                for store in stored {
                    #expect((store.durability(of: row, now: time(0)) == .durable) == isFree)
                }
                if isFree { model.apply(.intent(row)) }
            } else {
                let batch = (0..<random.below(4)).map { _ in write(&random) }
                try disk.apply(batch, now: time(0))
                try memory.apply(batch, now: time(0))
                for write in batch { model.apply(write) }
            }
            if random.below(10) == 0 {
                disk.close()
                disk = try open(directory).ledger
            }
            if random.below(15) == 0 {
                // Something is to be written, or the loss shows only later.
                directory.remove("ledger.sqlite")
                try disk.apply([.resume(PauseScope(target: "none"))], now: time(0))
            }
            let (onDisk, inMemory) = (try disk.snapshot(), try memory.snapshot())
            #expect(model.matches(onDisk), "seed \(seed), step \(step)")
            #expect(model.matches(inMemory), "seed \(seed), step \(step)")
        }
        disk.close()
    }
}
