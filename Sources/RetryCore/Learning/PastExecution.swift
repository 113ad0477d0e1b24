package import Primitives

/// An execution as a whole, as far as its revision tells about other executions.
package struct PastExecution: Hashable, Sendable {
    /// The execution.
    package var key: ExecutionKey
    /// When it started.
    package var started: WallTime
    /// Whether it succeeded.
    package var hasSucceeded: Bool
    /// Its source revisions as one number; nil: it has none.
    package var revision: RevisionDigest?

    /// Creates an execution.
    package init(
        key: ExecutionKey,
        started: WallTime,
        hasSucceeded: Bool,
        revision: RevisionDigest?
    ) {
        self.key = key
        self.started = started
        self.hasSucceeded = hasSucceeded
        self.revision = revision
    }
}
