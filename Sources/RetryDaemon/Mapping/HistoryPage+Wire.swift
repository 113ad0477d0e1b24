package import CodePipelineClient
import Primitives
import RetryCore

extension HistoryPage {
    /// The rows of a page; those without an execution, and those with names that cannot be right,
    /// are left out, since one of them must not end an import.
    package init(_ wire: ActionHistoryPage) {
        self.init(
            rows: wire.rows.compactMap { row in
                guard row.nameError == nil, let execution = row.pipelineExecutionId else {
                    return nil
                }
                return Row(execution: ExecutionID(bounding: execution), action: ActionRow(row))
            },
            next: wire.next
        )
    }
}
