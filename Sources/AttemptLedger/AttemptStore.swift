package import Primitives
package import RetryCore

/// Where intents, episodes and pauses outlive the process.
///
/// Every call may block on the disk and is safe from any thread; calls are served one by one. The
/// host runs them off its loop.
package protocol AttemptStore: Sendable {
    /// Makes an intent durable; returns only when it would survive a loss of power.
    ///
    /// Recording the same intent again does nothing. When it throws, no call may be sent for the
    /// intent, though it may still be found after a crash and then counts as spent.
    /// - Throws: ``LedgerError/intentExists(sequence:)`` when another intent has the number.
    func record(_ intent: Intent, now: WallTime) throws(LedgerError)

    /// Stores changes in one transaction; the newest per row wins.
    ///
    /// What fails is kept in memory and goes first into the next write that works. An empty list
    /// therefore tries whether the ledger takes writes again.
    /// - Throws: ``LedgerError/unstorable(_:row:)`` after the other changes were stored.
    func apply(_ writes: [LedgerWrite], now: WallTime) throws(LedgerError)

    /// What is known of one episode, failed writes included.
    func recall(_ key: EpisodeKey, now: WallTime) throws(LedgerError) -> Recollection

    /// Takes a few old rows away, in one short transaction, when it is time; whether there may be
    /// more to take, so that it is to be called again.
    ///
    /// Never an open episode's rows, and never the newest ended episode of a stage before
    /// ``Retention/newestEpisodes`` have passed.
    func prune(now: WallTime) throws(LedgerError) -> Bool

    /// All that is stored, and what failed writes still hold back: episodes and intents by key,
    /// pauses by scope. It reads every row, so it is for tests and tools, not for a start.
    func snapshot() throws(LedgerError) -> LedgerSnapshot

    /// The notices since the last call; to be asked after every write, failed ones too.
    func takeNotices() -> [LedgerNotice]

    /// Ends it and lets another instance have it; every write after it throws.
    func close()
}

extension AttemptStore {
    /// Records an intent and says it as the engine's answer.
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
    /// What a failed write of an intent is to the engine.
    package init(failed error: LedgerError) {
        switch error {
        case .episodeEnded: self = .ended
        case .intentExists, .unstorable: self = .refused(error.sentence)
        case .cannotCreate, .unsafe, .heldByOther, .newer, .notALedger, .full, .readOnly, .corrupt,
            .closed,
            .other:
            self = .failed(error.sentence)
        }
    }
}
