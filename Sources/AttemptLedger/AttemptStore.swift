package import Primitives
package import RetryCore

/// Where intents, episodes and pauses outlive the process.
///
/// Every call may block on the disk and is safe from any thread; calls are served one by one. The
/// host runs them off its loop.
package protocol AttemptStore: HistoryStore {
    /// Makes an intent durable; returns only when it would survive a loss of power.
    ///
    /// Recording the same intent again does nothing. When it throws, no call may be sent for the
    /// intent, though it may still be found after a crash and then counts as spent.
    /// - Throws: ``LedgerError/intentExists(sequence:)`` when another intent already has the
    ///   number.
    func record(_ intent: Intent, now: WallTime) throws(LedgerError)

    /// Stores changes in one transaction; the newest per row wins.
    ///
    /// Failed changes are kept in memory and written first with the next successful write. An empty
    /// list therefore tests whether the ledger accepts writes again.
    /// - Throws: ``LedgerError/unstorable(_:row:)`` after the other changes were stored.
    func apply(_ writes: [LedgerWrite], now: WallTime) throws(LedgerError)

    /// The record of one episode, including failed writes.
    func recall(_ key: EpisodeKey, now: WallTime) throws(LedgerError) -> Recollection

    /// From now on a budget may count so far back: intents of that time are kept.
    func keepIntents(for memory: Duration)

    /// Deletes a few old rows in one short transaction when it is due; returns whether there may be
    /// more, so that it must be called again.
    ///
    /// Never an open episode's rows, and never the newest ended episode of a stage before
    /// ``Retention/newestEpisodes`` have passed.
    func prune(now: WallTime) throws(LedgerError) -> Bool

    /// Everything stored, and everything that failed writes still hold back: episodes and intents
    /// by key, pauses by scope. It reads every row, so it is for tests and tools, not for a start.
    func snapshot() throws(LedgerError) -> LedgerSnapshot

    /// The notices since the last call; call it after every write, failed ones too.
    func takeNotices() -> [LedgerNotice]

    /// Closes it and lets another instance open it; every later write throws.
    func close()
}

extension AttemptStore {
    /// Records an intent and returns the result in the engine's terms.
    package func durability(of intent: Intent, now: WallTime) -> Durability {
        do {
            try record(intent, now: now)
            return .durable
        } catch {
            return Durability(failed: error)
        }
    }
}

extension Durability {
    /// The engine's value for a failed write of an intent.
    package init(failed error: LedgerError) {
        switch error {
        case .episodeEnded: self = .ended
        case .intentExists, .unstorable: self = .refused(error.sentence)
        case .cannotCreate, .unsafe, .heldByOther, .newer, .notALedger, .full, .readOnly, .corrupt,
            .noRoomForHistory, .closed,
            .other:
            self = .failed(error.sentence)
        }
    }
}
