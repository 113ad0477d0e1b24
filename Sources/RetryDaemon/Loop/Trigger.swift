package import Primitives
package import RetryCore

/// Something that makes the loop act besides the engine's own deadlines.
package enum Trigger: Sendable {
    /// SIGHUP or a client requests a reload of the config file.
    case reload(Reply<ReloadVerdict>?)
    /// SIGTERM or SIGINT, by its name; a second one ends the daemon immediately.
    case stop(String)
    /// A client requests the status.
    case status(Reply<StatusAnswer>)
    /// A client sets a pause, for this long; the answer comes when the ledger has stored it.
    case pause(Pause, for: Duration? = nil, Reply<ChangeVerdict>)
    /// A client lifts pauses; the answer comes when the ledger has stored it.
    case resume(PauseScope, uid: UInt32, Reply<ChangeVerdict>)
    /// A client asks for an import of history, or how far that one is which is under way.
    case importHistory(ImportRequest?, Reply<ImportAnswer>)
    /// A client asks what became of past failures.
    case history(HistoryRequest, Reply<PastAnswer>)
    /// A client asks for a page of attempts.
    case attempts(AttemptRequest, Reply<PastAnswer>)
    /// A client asks for a page of the sums of attempts that are not kept any more.
    case sums(SumRequest, Reply<PastAnswer>)
}

/// The result of a reload.
package enum ReloadVerdict: Hashable, Sendable {
    /// The new file is active; the changes, one per line; empty: nothing changed.
    case applied(changes: [String], warnings: [String])
    /// The file has errors, one per line; the old configuration stays active.
    case refused(errors: [String])
    /// The daemon ends.
    case stopping
}

/// The current status.
package struct StatusAnswer: Hashable, Sendable {
    /// The engine's status; nil when the daemon is stopping.
    package var engine: EngineStatus?
    /// The config file.
    package var path: String
    /// The time of day at which the active configuration was loaded.
    package var loadedAt: WallTime?
    /// The errors of the newer file that was rejected, one per line.
    package var refused: [String]
    /// Whether nothing is ever retried.
    package var isDryRun: Bool
    /// Calls to AWS since the start.
    package var calls: Int

    /// The answer of a daemon that is stopping.
    package static let stopping = StatusAnswer(
        engine: nil,
        path: "",
        loadedAt: nil,
        refused: [],
        isDryRun: false
    )

    /// Creates an answer.
    package init(
        engine: EngineStatus?,
        path: String,
        loadedAt: WallTime?,
        refused: [String],
        isDryRun: Bool,
        calls: Int = 0
    ) {
        self.engine = engine
        self.path = path
        self.loadedAt = loadedAt
        self.refused = refused
        self.isDryRun = isDryRun
        self.calls = calls
    }
}

/// The result of setting or lifting a pause.
package enum ChangeVerdict: Hashable, Sendable {
    /// It is active and survives a restart.
    case stored
    /// It is active, and lost with the next restart, since the ledger is not writable.
    case volatile
    /// There was nothing to lift; the text lists what is paused.
    case nothing(String)
    /// It cannot be done; the text gives the reason and a likely correction.
    case refused(String)
    /// The ledger could never store it, so nothing was changed; the text names the field.
    case unstorable(String)
    /// The daemon ends.
    case stopping
}

/// The answer about past failures and attempts.
package enum PastAnswer: Hashable, Sendable {
    /// What the ledger has of them.
    case found(HistoryDocument)
    /// A page of attempts.
    case attempts(AttemptDocument)
    /// A page of sums.
    case sums(SumDocument)
    /// The question names something that is not there.
    case refused(String)
    /// The ledger cannot be read; the text says why.
    case unreadable(String)
    /// The daemon ends.
    case stopping
}

/// The answer about an import of history.
package enum ImportAnswer: Hashable, Sendable {
    /// It is under way, or over; so far it has come.
    case running(ImportDocument)
    /// There is none; the text gives the reason.
    case refused(String)
    /// The daemon ends.
    case stopping
}
