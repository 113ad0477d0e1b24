/// One execution read by itself: what GetPipelineExecution and ListActionExecutions say of it.
package struct ExecutionReading: Hashable, Sendable {
    /// The execution as a whole; GetPipelineExecution gives no times.
    package var summary: ExecutionSummary
    /// Every attempt of every action that started in it, in any order.
    package var rows: [ActionRow]

    /// Creates a reading.
    package init(summary: ExecutionSummary, rows: [ActionRow]) {
        self.summary = summary
        self.rows = rows
    }
}
