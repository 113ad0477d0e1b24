package import Primitives

/// An execution as a whole: one row of ListPipelineExecutions, or GetPipelineExecution.
package struct ExecutionSummary: Hashable, Sendable {
    /// The execution.
    package var id: ExecutionID
    /// Its status.
    package var status: ExecutionStatus
    /// Whether it is a rollback; standard when the row has no type.
    package var type: ExecutionType
    /// Its execution mode, which decides what happens when executions meet; nil when the row has
    /// none.
    package var mode: ExecutionMode?
    /// The definition's version that it runs; only GetPipelineExecution gives it.
    package var version: Int?
    /// When it started.
    package var started: WallTime?
    /// When its row changed last: its end, once it has ended.
    package var lastUpdate: WallTime?
    /// Why it ended, when the reason is not a stage.
    package var statusSummary: String?
    /// Whether a source gave it a revision, which requires a stage that succeeded.
    package var hasRevisions: Bool

    /// Creates a summary; the fields that a row may lack default to absent.
    package init(
        id: ExecutionID,
        status: ExecutionStatus,
        type: ExecutionType = .standard,
        mode: ExecutionMode? = nil,
        version: Int? = nil,
        started: WallTime? = nil,
        lastUpdate: WallTime? = nil,
        statusSummary: String? = nil,
        hasRevisions: Bool = false
    ) {
        self.id = id
        self.status = status
        self.type = type
        self.mode = mode
        self.version = version
        self.started = started
        self.lastUpdate = lastUpdate
        self.statusSummary = statusSummary
        self.hasRevisions = hasRevisions
    }

    /// Whether the failure may belong to no stage: AWS gives a reason for the execution itself, or
    /// no source produced a revision.
    ///
    /// A row whose stage failed has revisions and no reason (as recorded from AWS).
    var mayBeWithoutStage: Bool {
        status == .failed && type != .rollback && mode != .parallel
            && (statusSummary != nil || !hasRevisions)
    }
}

/// `PipelineExecutionStatus` of the API.
package enum ExecutionStatus: Hashable, Sendable {
    /// The definition was updated before it could finish.
    case cancelled
    /// It runs or waits.
    case inProgress
    /// It failed.
    case failed
    /// Somebody stopped it.
    case stopped
    /// A stop was requested and is under way.
    case stopping
    /// All stages succeeded.
    case succeeded
    /// A newer execution replaced it in front of a stage.
    case superseded
    /// A status that the API model does not have.
    case unknown(String)
}

extension [ExecutionSummary] {
    /// The execution that started last, whatever the order of the rows.
    package var newest: ExecutionSummary? {
        self.max { ($0.started ?? .distantPast) < ($1.started ?? .distantPast) }
    }
}
