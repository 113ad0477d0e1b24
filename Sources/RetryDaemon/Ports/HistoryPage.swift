package import RetryCore

/// One page of the attempts of all executions of a pipeline, newest first.
package struct HistoryPage: Hashable, Sendable {
    /// One attempt with its execution.
    package struct Row: Hashable, Sendable {
        /// The execution.
        package var execution: ExecutionID
        /// The attempt.
        package var action: ActionRow

        /// Creates a row.
        package init(execution: ExecutionID, action: ActionRow) {
            self.execution = execution
            self.action = action
        }
    }

    /// The attempts.
    package var rows: [Row]
    /// The token for the next page; nil: this is the last.
    package var next: String?

    /// Creates a page.
    package init(rows: [Row], next: String? = nil) {
        self.rows = rows
        self.next = next
    }
}
