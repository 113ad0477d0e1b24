/// One page of the attempts of all executions of a pipeline, newest first.
package struct ActionHistoryPage: Hashable, Sendable {
    /// The attempts.
    package let rows: [Wire.ActionExecutionDetail]
    /// The token for the next page; nil: this is the last.
    package let next: String?

    /// Creates a page.
    package init(rows: [Wire.ActionExecutionDetail], next: String?) {
        self.rows = rows
        self.next = next
    }
}
