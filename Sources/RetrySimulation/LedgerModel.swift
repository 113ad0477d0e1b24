import Primitives
import RetryCore

/// A ledger that can be full, be slow, and lose what was not synced.
///
/// An intent is durable once ``record(_:)`` returned so, and everything before it with it, as in a
/// write-ahead log. A failed write stays in memory and goes first into the next one.
struct LedgerModel: Sendable {
    /// Rows by their keys.
    struct Rows: Sendable {
        var episodes: [EpisodeKey: EpisodeRecord] = [:]
        var intents: [EpisodeKey: [Int: Intent]] = [:]
        var pauses: [PauseScope: Pause] = [:]

        mutating func put(_ write: LedgerWrite) {
            switch write {
            case .episode(let record):
                // How an episode ended is never changed.
                guard episodes[record.key]?.outcome == nil else { return }
                episodes[record.key] = record
            case .intent(let intent):
                intents[intent.episode, default: [:]][intent.sequence] = intent
            case .pause(let pause): pauses[pause.scope] = pause
            case .resume(let scope): pauses[scope] = nil
            }
        }
    }

    /// One transaction that is not durable yet: a crash leaves all of it or nothing.
    private struct Unsynced: Sendable {
        var writes: [LedgerWrite]
        /// Refused, and only found when a crash leaves it behind.
        var isPhantom: Bool
        /// Handed to the file; rows that were not are lost by every crash.
        var isHanded: Bool
    }

    /// The rows that survive every crash.
    var durable = Rows()
    private var unsynced: [Unsynced] = []
    /// Whether writes fail.
    var isFull = false {
        didSet { steps?.append(.full(isFull)) }
    }
    /// When this process deleted old rows last, and the ended episodes that were deleted.
    var prunedAt: WallTime?
    var pruned: [EpisodeKey: EpisodeRecord] = [:]
    /// The calls and answers, if they are recorded.
    private(set) var steps: [LedgerStep]?

    init(keepsSteps: Bool = false) {
        if keepsSteps { steps = [] }
    }

    /// Stores changes that belong together; false when the disk refused them.
    mutating func apply(_ writes: [LedgerWrite], syncs: Bool) -> Bool {
        unsynced.append(Unsynced(writes: writes, isPhantom: false, isHanded: !isFull))
        let isTaken = save(syncs: syncs)
        steps?.append(.apply(writes, taken: isTaken, isSynced: isTaken && syncs))
        return isTaken
    }

    /// Tests whether writes succeed; waiting changes go with it.
    mutating func probe(syncs: Bool) -> Bool {
        let isTaken = save(syncs: syncs)
        steps?.append(.apply([], taken: isTaken, isSynced: isTaken && syncs))
        return isTaken
    }

    private mutating func save(syncs: Bool) -> Bool {
        guard !isFull else { return false }
        unsynced.removeAll { $0.isPhantom }
        for index in unsynced.indices { unsynced[index].isHanded = true }
        if syncs { sync() }
        return true
    }

    /// Makes an intent durable, unless its episode has ended.
    mutating func record(_ intent: Intent) -> Durability {
        let answer = store(intent)
        steps?.append(.record(intent, answer))
        return answer
    }

    private mutating func store(_ intent: Intent) -> Durability {
        if case .ended = memory(of: intent.episode) { return .ended }
        guard !isFull else {
            // Waiting changes were in the same transaction: the disk has all of it or nothing.
            for index in unsynced.indices { unsynced[index].isHanded = true }
            unsynced.append(Unsynced(writes: [.intent(intent)], isPhantom: true, isHanded: true))
            return .failed("the disk is full")
        }
        unsynced.removeAll { $0.isPhantom }
        sync()
        durable.put(.intent(intent))
        return .durable
    }

    /// Makes all waiting changes durable.
    private mutating func sync() {
        for change in unsynced { for write in change.writes { durable.put(write) } }
        unsynced = []
    }

    /// The record that the process that wrote it finds under a key, unsynced changes included.
    mutating func recall(_ key: EpisodeKey) -> Recollection {
        let memory = memory(of: key)
        steps?.append(.recall(key, memory))
        return memory
    }

    private func memory(of key: EpisodeKey) -> Recollection {
        var rows = durable
        for change in unsynced where !change.isPhantom {
            for write in change.writes { rows.put(write) }
        }
        guard let record = rows.episodes[key] else { return .new }
        if let outcome = record.outcome { return .ended(outcome) }
        let intents = (rows.intents[key] ?? [:]).values.sorted { $0.sequence < $1.sequence }
        return .open(record, intents)
    }

    /// Whether all changes are durable.
    var isIdle: Bool { unsynced.isEmpty }

    /// Keeps a pass over the old rows for a comparison.
    mutating func notePruning(_ now: WallTime, memory: Duration) {
        guard steps != nil else { return }
        let left = snapshot
        steps?.append(.prune(now, memory: memory, left))
    }

    /// How many transactions a crash can leave or lose.
    var handed: Int { unsynced.count { $0.isHanded } }

    /// Ends the process: of the changes handed to the file, the first transactions survive.
    mutating func crash(keeping count: Int) {
        for change in unsynced.filter(\.isHanded).prefix(count) {
            for write in change.writes { durable.put(write) }
        }
        unsynced = []
        prunedAt = nil
        let found = snapshot
        steps?.append(.crash(keeping: count, found))
    }

    /// Another file is in its place.
    mutating func replace(by rows: Rows) {
        durable = rows
        unsynced = []
        pruned = [:]
    }

    /// The rows that a start reads.
    var snapshot: LedgerSnapshot {
        LedgerSnapshot(
            episodes: durable.episodes.values.sorted { $0.key < $1.key },
            intents: durable.intents.sorted { $0.key < $1.key }
                .flatMap { $0.value.values.sorted { $0.sequence < $1.sequence } },
            pauses: durable.pauses.values.sorted { $0.scope.description < $1.scope.description }
        )
    }
}
