import AttemptLedger
import Dispatch
import Primitives
import RetryCore
import Synchronization

/// An event of the ledger's worker for the loop.
enum LedgerEvent: Sendable {
    /// An intent was written, or was not.
    case recorded(CallID, Durability)
    /// The ledger's record of an episode.
    case recalled(CallID, Recollection)
    /// The ledger is not writable, for the first time or for another reason.
    case failed(String)
    /// The ledger is still not writable; to be retried later.
    case stillFails
    /// It takes writes again.
    case recovered
    /// One row can never be stored; reported once for each row.
    case refused(String)
    /// Something happened to its file.
    case notice(LedgerNotice)
}

/// Does the ledger's blocking work off the loop, on one queue, in the order of the effects.
///
/// Writes that wait together become one transaction. A failed write stays with the store and goes
/// first into the next successful one.
final class LedgerWorker: Sendable {
    /// One piece of work.
    private enum Job: Sendable {
        case write([LedgerWrite])
        case record(CallID, Intent)
        case recall(CallID, EpisodeKey)
        case probe
        case keep(Duration)
        case call(@Sendable (_ isSound: Bool) -> Void)
    }

    private struct State {
        var waiting: [Job] = []
        /// What waits until nothing else does.
        var history: [@Sendable (any HistoryStore, WallTime) -> Void] = []
        var isDraining = false
        /// The error of the last failed write; nil while writes succeed.
        var problem: String?
        /// The reports of rows that cannot be stored, oldest first, limited in number.
        var refusals: [String] = []
    }

    private let store: any AttemptStore
    private let wall: @Sendable () -> WallTime
    private let report: @Sendable (LedgerEvent) -> Void
    private let queue = DispatchQueue(label: "ledger")
    private let state = Mutex(State())
    /// How many rows of history wait at most; AWS has what does not fit.
    private static let waitingHistory = 1000
    /// How many rows that cannot be stored are remembered, so that each is reported once.
    private static let rememberedRefusals = 100

    init(
        store: any AttemptStore,
        wall: @escaping @Sendable () -> WallTime,
        report: @escaping @Sendable (LedgerEvent) -> Void
    ) {
        self.store = store
        self.wall = wall
        self.report = report
    }

    /// Stores changes that belong together.
    func write(_ writes: [LedgerWrite]) { put(.write(writes)) }

    /// Makes an intent durable and reports the result.
    func record(_ id: CallID, _ intent: Intent) { put(.record(id, intent)) }

    /// Asks for the ledger's record of an episode and reports it.
    func recall(_ id: CallID, _ key: EpisodeKey) { put(.recall(id, key)) }

    /// From now on a budget may count so far back.
    func keepIntents(for memory: Duration) { put(.keep(memory)) }

    /// Tries whether writes work again.
    func probe() { put(.probe) }

    /// Calls back when everything added before is done; tells whether the ledger has stored all of
    /// it.
    func afterwards(_ body: @escaping @Sendable (_ isSound: Bool) -> Void) { put(.call(body)) }

    /// Keeps history when nothing else waits; an error is not reported, since an import repairs
    /// what is missing, and the next write tells what is wrong with the file.
    func keepHistory(
        _ body: @escaping @Sendable (any HistoryStore, WallTime) throws(LedgerError) -> Void
    ) {
        let isFull = state.withLock { $0.history.count >= Self.waitingHistory }
        if !isFull { useHistory(body, report: { _ in }) }
    }

    /// Reads or keeps history when nothing else waits, and reports the result.
    func useHistory<Value: Sendable>(
        _ body: @escaping @Sendable (any HistoryStore, WallTime) throws(LedgerError) -> Value,
        report: @escaping @Sendable (Result<Value, LedgerError>) -> Void
    ) {
        put { state in
            state.history.append { store, now in
                do throws(LedgerError) {
                    report(.success(try body(store, now)))
                } catch {
                    report(.failure(error))
                }
            }
        }
    }

    private func put(_ job: Job) { put { $0.waiting.append(job) } }

    private func put(_ add: @Sendable (inout State) -> Void) {
        let mustStart = state.withLock { state in
            add(&state)
            defer { state.isDraining = true }
            return !state.isDraining
        }
        if mustStart { queue.async { self.drain() } }
    }

    /// Runs on the queue until nothing waits and no old row is left to delete.
    ///
    /// History comes after all else, one page at a time, and old rows are deleted a few at a time:
    /// no intent waits for more than one such step.
    private func drain() {
        while true {
            let jobs = state.withLock { state in
                defer { state.waiting = [] }
                return state.waiting
            }
            if !jobs.isEmpty {
                run(jobs)
            } else if !usesHistory(), !prunes(), rests() {
                return
            }
        }
    }

    /// Ends the draining unless something came meanwhile.
    private func rests() -> Bool {
        state.withLock { state in
            state.isDraining = !state.waiting.isEmpty || !state.history.isEmpty
            return !state.isDraining
        }
    }

    /// Does one piece of work on history; whether there was one.
    private func usesHistory() -> Bool {
        let next = state.withLock { $0.history.isEmpty ? nil : $0.history.removeFirst() }
        guard let next else { return false }
        next(store, wall())
        reportNotices()
        return true
    }

    /// Removes some old rows; whether there may be more.
    private func prunes() -> Bool {
        defer { reportNotices() }
        do throws(LedgerError) {
            return try store.prune(now: wall())
        } catch {
            // Nothing is lost by it: the next write reports any error of the file.
            return false
        }
    }

    private func run(_ jobs: [Job]) {
        var writes: [LedgerWrite] = []
        for job in jobs {
            if case .write(let more) = job {
                writes += more
                continue
            }
            apply(&writes)
            perform(job)
        }
        apply(&writes)
    }

    private func perform(_ job: Job) {
        switch job {
        case .write(let writes):
            var writes = writes
            apply(&writes)
        case .record(let id, let intent): store(id, intent)
        case .recall(let id, let key): answer(id, key)
        case .probe: store([])
        case .keep(let memory): store.keepIntents(for: memory)
        case .call(let body): body(state.withLock { $0.problem == nil })
        }
    }

    private func apply(_ writes: inout [LedgerWrite]) {
        guard !writes.isEmpty else { return }
        store(writes)
        writes = []
    }

    private func store(_ writes: [LedgerWrite]) {
        do throws(LedgerError) {
            try store.apply(writes, now: wall())
            recordSuccess()
        } catch {
            failed(error)
        }
        reportNotices()
    }

    private func store(_ id: CallID, _ intent: Intent) {
        do throws(LedgerError) {
            try store.record(intent, now: wall())
            recordSuccess()
            report(.recorded(id, .durable))
        } catch {
            report(.recorded(id, Durability(failed: error)))
            failed(error)
        }
        reportNotices()
    }

    private func answer(_ id: CallID, _ key: EpisodeKey) {
        do throws(LedgerError) {
            report(.recalled(id, try store.recall(key, now: wall())))
        } catch {
            report(.recalled(id, .unreadable(error.sentence)))
            failed(error)
        }
        reportNotices()
    }

    private func recordSuccess() {
        let wasBroken = state.withLock { state in
            defer { state.problem = nil }
            return state.problem != nil
        }
        if wasBroken { report(.recovered) }
    }

    private func failed(_ error: LedgerError) {
        let sentence = error.sentence
        switch error {
        case .intentExists, .episodeEnded, .unstorable:
            // One row, not the disk: nothing recovers, and an engine that received a recovery would
            // write the row again.
            recordSuccess()
            refuse(sentence)
        case .cannotCreate, .unsafe, .heldByOther, .newer, .notALedger, .full, .readOnly, .corrupt,
            .noRoomForHistory, .closed,
            .other:
            let isNew = state.withLock { state in
                defer { state.problem = sentence }
                return state.problem != sentence
            }
            report(isNew ? .failed(sentence) : .stillFails)
        }
    }

    /// Reports once that a row cannot be stored.
    private func refuse(_ sentence: String) {
        let isNew = state.withLock { state in
            guard !state.refusals.contains(sentence) else { return false }
            state.refusals.append(sentence)
            if state.refusals.count > Self.rememberedRefusals { state.refusals.removeFirst() }
            return true
        }
        if isNew { report(.refused(sentence)) }
    }

    private func reportNotices() {
        for notice in store.takeNotices() { report(.notice(notice)) }
    }
}
