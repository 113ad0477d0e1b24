package import Primitives
package import RetryCore

/// One page of the executions of a pipeline with their revisions, newest first.
package struct ExecutionPage: Hashable, Sendable {
    /// One execution.
    package struct Row: Hashable, Sendable {
        /// The execution.
        package var execution: ExecutionID
        /// When it started.
        package var started: WallTime
        /// Whether it succeeded.
        package var hasSucceeded: Bool
        /// Its source revisions; nil: it has none.
        package var revision: RevisionDigest?

        /// Creates a row.
        package init(
            execution: ExecutionID,
            started: WallTime,
            hasSucceeded: Bool,
            revision: RevisionDigest?
        ) {
            self.execution = execution
            self.started = started
            self.hasSucceeded = hasSucceeded
            self.revision = revision
        }
    }

    /// The executions.
    package var rows: [Row]
    /// The token for the next page; nil: this is the last.
    package var next: String?

    /// Creates a page.
    package init(rows: [Row], next: String? = nil) {
        self.rows = rows
        self.next = next
    }

    /// The executions as those of a pipeline.
    package func executions(of pipeline: PipelineKey) -> [PastExecution] {
        rows.map { row in
            PastExecution(
                key: ExecutionKey(pipeline: pipeline, execution: row.execution),
                started: row.started,
                hasSucceeded: row.hasSucceeded,
                revision: row.revision
            )
        }
    }
}
