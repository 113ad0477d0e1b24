package import Primitives

/// What ListPipelineExecutions says of one execution as a whole.
package struct ExecutionSummary: Hashable, Sendable {
    /// The execution.
    package var id: ExecutionID
    /// How it stands.
    package var status: ExecutionStatus
    /// Whether it is a rollback; standard when the row lacks it.
    package var type: ExecutionType
    /// How it meets others; nil when the row lacks it.
    package var mode: ExecutionMode?
    /// When it started.
    package var started: WallTime?
    /// When its row changed last: its end, once it has ended.
    package var lastUpdate: WallTime?
    /// Why it ended, where something else than a stage says it.
    package var statusSummary: String?
    /// Whether a source gave it a revision, which takes a stage that succeeded.
    package var hasRevisions: Bool

    /// Makes a summary; what a row may lack defaults to that.
    package init(
        id: ExecutionID,
        status: ExecutionStatus,
        type: ExecutionType = .standard,
        mode: ExecutionMode? = nil,
        started: WallTime? = nil,
        lastUpdate: WallTime? = nil,
        statusSummary: String? = nil,
        hasRevisions: Bool = false
    ) {
        self.id = id
        self.status = status
        self.type = type
        self.mode = mode
        self.started = started
        self.lastUpdate = lastUpdate
        self.statusSummary = statusSummary
        self.hasRevisions = hasRevisions
    }

    /// Whether no stage may have been what failed: AWS gives the reason for the execution itself,
    /// or no source ever gave it anything.
    ///
    /// The row of an execution whose stage failed has revisions and no reason (recorded).
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
    /// Somebody asked for a stop, which is under way.
    case stopping
    /// All stages succeeded.
    case succeeded
    /// A newer one took its place in front of a stage.
    case superseded
    /// A status that the API model does not have.
    case unknown(String)
}
