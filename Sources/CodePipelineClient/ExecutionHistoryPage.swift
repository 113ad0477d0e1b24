/// One page of the executions of a pipeline with their revisions, newest first.
package struct ExecutionHistoryPage: Hashable, Sendable {
    /// The executions.
    package let rows: [Wire.ExecutionRevisions]
    /// The token for the next page; nil: this is the last.
    package let next: String?

    /// Creates a page.
    package init(rows: [Wire.ExecutionRevisions], next: String?) {
        self.rows = rows
        self.next = next
    }
}
