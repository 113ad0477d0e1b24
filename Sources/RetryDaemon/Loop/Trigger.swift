package import Primitives
package import RetryCore

/// What makes the loop do something besides the engine's own deadlines.
package enum Trigger: Sendable {
    /// SIGHUP or a client wants the config file read anew.
    case reload(Reply<ReloadVerdict>?)
    /// SIGTERM or SIGINT, by its name; a second one ends the daemon at once.
    case stop(String)
    /// A client wants to know how things stand.
    case status(Reply<StatusAnswer>)
    /// A client pauses something, for so long; the answer comes when the ledger has it.
    case pause(Pause, for: Duration? = nil, Reply<ChangeVerdict>)
    /// A client lifts pauses; the answer comes when the ledger has it.
    case resume(PauseScope, uid: UInt32, Reply<ChangeVerdict>)
}

/// What became of a reload.
package enum ReloadVerdict: Hashable, Sendable {
    /// The new file is in force; what changed, a line each; empty: nothing did.
    case applied(changes: [String], warnings: [String])
    /// The file has faults, a line each; the old configuration stays in force.
    case refused(errors: [String])
    /// The daemon ends.
    case stopping
}

/// How things stand.
package struct StatusAnswer: Hashable, Sendable {
    /// What the engine does; nil when the daemon ends.
    package var engine: EngineStatus?
    /// The config file.
    package var path: String
    /// The time of day at which the configuration in force was loaded.
    package var loadedAt: WallTime?
    /// The faults of the newer file that was refused, a line each.
    package var refused: [String]
    /// Whether nothing is ever retried.
    package var isDryRun: Bool
    /// Calls to AWS since the start.
    package var calls: Int

    /// The answer of a daemon that ends.
    package static let stopping = StatusAnswer(
        engine: nil,
        path: "",
        loadedAt: nil,
        refused: [],
        isDryRun: false
    )

    /// Makes an answer of its parts.
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

/// What became of a pause or its lifting.
package enum ChangeVerdict: Hashable, Sendable {
    /// It is in force and survives a restart.
    case stored
    /// It is in force, and lost with the next restart, since the ledger takes no writes.
    case volatile
    /// There was nothing to lift; the text says what is paused.
    case nothing(String)
    /// It cannot be done; the text says why and what could be meant.
    case refused(String)
    /// The ledger could never hold it, so nothing was changed; the text names the field.
    case unstorable(String)
    /// The daemon ends.
    case stopping
}
