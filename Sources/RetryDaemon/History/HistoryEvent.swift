import AttemptLedger
import RetryCore

/// A result of reading or keeping history, for the loop.
enum HistoryEvent: Sendable {
    /// The ledger's position of a pipeline.
    case position(Result<ImportPosition, LedgerError>)
    /// AWS's answer for a page, over the connection of that number; nil: there was none.
    case page(PipelineKey, after: String?, ReadAnswer<HistoryPage>, connection: Int?)
    /// AWS's answer for a page of executions of the import, likewise.
    case revisions(PipelineKey, after: String?, ReadAnswer<ExecutionPage>, connection: Int?)
    /// The newest executions, for a question about the past, over the connection of that number.
    case precedents(CallID, PrecedentQuestion, ReadAnswer<ExecutionPage>, connection: Int)
    /// The ledger's answer for a stored page.
    case stored(Result<Int, LedgerError>)
    /// The rows of an execution that recovered, over the connection of that number.
    case settled(ExecutionKey, ReadAnswer<[ActionRow]>, connection: Int)
}
