import AttemptLedger
import Glibc
import RetryCore

/// How many intents become durable in a second, and how many rows that may wait.
struct LedgerBench {
    private let directory: String
    private let intents: Int
    private let writes: Int

    init(_ options: BenchOptions) throws(BenchError) {
        directory = try options.text("directory")
        intents = try options.number("intents", default: 500)
        writes = try options.number("writes", default: 500)
    }

    func run() throws(BenchError) -> Figures {
        let ledger = try ledgerWork { () throws(LedgerError) in
            try Ledger.open(directory: directory, now: Rig.epoch, processID: getpid()).ledger
        }
        defer { ledger.close() }
        var figures = Figures()
        let durable = try Stopwatch()
        for index in 0..<intents {
            try ledgerWork { () throws(LedgerError) in
                try ledger.record(LedgerBench.intent(index), now: Rig.epoch)
            }
        }
        try figures.set("intents_per_second", Double(intents) / durable.seconds)
        let plain = try Stopwatch()
        for index in 0..<writes {
            try ledgerWork { () throws(LedgerError) in
                try ledger.apply([.episode(LedgerBench.episode(index))], now: Rig.epoch)
            }
        }
        try figures.set("writes_per_second", Double(writes) / plain.seconds)
        figures.set("intents", intents)
        figures.set("writes", writes)
        return figures
    }

    private func ledgerWork<Value>(
        _ work: () throws(LedgerError) -> Value
    ) throws(BenchError) -> Value {
        do throws(LedgerError) {
            return try work()
        } catch {
            throw BenchError("\(directory): \(error)")
        }
    }

    private static func key(_ index: Int) -> EpisodeKey {
        EpisodeKey(
            pipeline: BenchNames.key(index),
            stage: BenchNames.stage(1),
            execution: BenchNames.execution
        )
    }

    private static func intent(_ index: Int) -> Intent {
        Intent(
            episode: key(index),
            sequence: 1,
            number: 1,
            policy: "default",
            rule: "queue full",
            mode: .failedActions,
            before: StageBaseline(
                manualRetries: 0,
                actionExecutions: ["6a3c2d1e-0000-4000-8000-000000000001"],
                lastStatusChange: Rig.epoch
            ),
            recordedAt: Rig.epoch,
            state: .open
        )
    }

    private static func episode(_ index: Int) -> EpisodeRecord {
        EpisodeRecord(
            key: key(index),
            firstFailure: Rig.epoch,
            firstSeen: Rig.epoch,
            foreignRetries: 0
        )
    }
}
