import AttemptLedger
import Primitives
import RetryCore
import RetrySimulation
import Testing
import RetryTestSupport

/// The simulation's ledger answers as the daemon's does, for all calls of the engine.
@Suite struct LedgerConformanceTests {
    private static let now = WallTime(milliseconds: 1_795_402_800_000)

    /// Many errors of the ledger and many crashes of the process.
    private static func steps(_ seed: UInt64) -> [LedgerStep] {
        let faults: Set<SimulatedFault> = [
            .disk, .crash, .reload, .pause, .newExecution, .humanRetry,
        ]
        let options = Simulation.Options(ticks: 300, faults: faults, keepsLedger: true)
        return Simulation.run(seed: seed, options).ledger
    }

    /// The same over months, in which old rows are deleted.
    private static func months(_ seed: UInt64) -> [LedgerStep] {
        let options = Simulation.Options(
            ticks: 300,
            span: .months,
            faults: [.disk, .crash, .reload, .newExecution],
            keepsLedger: true
        )
        return Simulation.run(seed: seed, options).ledger
    }

    @Test func `it deletes the same old rows`() throws {
        var replay = Replay()
        var passes = 0
        for (place, step) in Self.months(LedgerConformanceTests.monthsSeed).enumerated() {
            if case .prune = step { passes += 1 }
            let difference = try replay.difference(step)
            #expect(difference == nil, "step \(place): \(difference ?? "")")
        }
        #expect(passes > 10)
        #expect(try replay.ledger.snapshot().episodes.count < replay.episodes.count)
    }

    /// One whose stages fail often.
    private static let monthsSeed: UInt64 = 9

    @Test(arguments: 1...24 as ClosedRange<UInt64>)
    func `the daemon's ledger in memory gives the answers of the simulation's`(
        _ seed: UInt64
    ) throws {
        var replay = Replay()
        for (place, step) in Self.steps(seed).enumerated() {
            let difference = try replay.difference(step)
            #expect(difference == nil, "seed \(seed), step \(place): \(difference ?? "")")
        }
    }

    @Test func `the seeds write, fail, query and crash`() {
        var kinds: [String: Int] = [:]
        for step in (1...24 as ClosedRange<UInt64>).flatMap(Self.steps) {
            switch step {
            case .apply(_, let isTaken, _): kinds[isTaken ? "taken" : "lost", default: 0] += 1
            case .record(_, .durable): kinds["durable", default: 0] += 1
            case .record(_, .refused), .record(_, .failed), .record(_, .ended):
                kinds["not durable", default: 0] += 1
            case .recall(_, .open): kinds["open", default: 0] += 1
            case .recall: kinds["recalled", default: 0] += 1
            case .crash: kinds["crash", default: 0] += 1
            case .prune, .full: break
            }
        }
        for kind in ["taken", "lost", "durable", "recalled", "crash"] {
            #expect(kinds[kind, default: 0] > 5, "\(kind): \(kinds)")
        }
    }

    /// The daemon's ledger with the same calls.
    private struct Replay {
        let ledger = MemoryLedger()
        /// How many of its unsynced transactions the simulation's disk has synced.
        var synced = 0
        var isFull = false
        /// All episodes that were ever stored.
        var episodes: Set<EpisodeKey> = []

        /// The difference of its answer; nil when it answers the same.
        mutating func difference(_ step: LedgerStep) throws -> String? {
            switch step {
            case .full(let isFull):
                self.isFull = isFull
                ledger.fail(with: isFull ? .full : nil)
                return nil
            case .apply(let writes, let isTaken, let isSynced):
                for case .episode(let record) in writes { episodes.insert(record.key) }
                var isStored = true
                do { try ledger.apply(writes, now: LedgerConformanceTests.now) } catch {
                    isStored = false
                }
                if isSynced { synced = ledger.unsyncedTransactions }
                return isStored == isTaken ? nil : "stored \(isStored), not \(isTaken)"
            case .record(let intent, let answer):
                let durability = ledger.durability(of: intent, now: LedgerConformanceTests.now)
                if durability == .durable { synced = 0 }
                return kind(durability) == kind(answer) ? nil : "\(durability), not \(answer)"
            case .recall(let key, let answer):
                let memory = try ledger.recall(key, now: LedgerConformanceTests.now)
                return memory == answer ? nil : "\(memory), not \(answer)"
            case .prune(let now, let memory, let left):
                ledger.keepIntents(for: memory)
                _ = try ledger.prune(now: now)
                let snapshot = try ledger.snapshot()
                return rows(snapshot) == rows(left) ? nil : "\(snapshot), not \(left)"
            case .crash(let kept, let found):
                ledger.crash(keeping: synced + kept)
                synced = 0
                ledger.fail(with: isFull ? .full : nil)
                let snapshot = try ledger.snapshot()
                return rows(snapshot) == rows(found) ? nil : "\(snapshot), not \(found)"
            }
        }

        private func kind(_ durability: Durability) -> String {
            switch durability {
            case .durable: "durable"
            case .refused: "refused"
            case .ended: "ended"
            case .failed: "failed"
            }
        }

        /// The rows in any order.
        private func rows(_ snapshot: LedgerSnapshot) -> [AnyHashable] {
            [Set(snapshot.episodes), Set(snapshot.intents), Set(snapshot.pauses)]
        }
    }
}
