package import CodePipelineClient
import Primitives
import RetryCore

extension ExecutionPage {
    /// The executions of a page; those without an id or a start are left out.
    package init(_ wire: ExecutionHistoryPage) {
        self.init(
            rows: wire.rows.compactMap { row in
                guard let id = row.pipelineExecutionId, let started = row.startTime else {
                    return nil
                }
                return Row(
                    execution: ExecutionID(bounding: id),
                    started: started,
                    hasSucceeded: row.status == .succeeded,
                    revision: RevisionDigest(
                        row.sourceRevisions.compactMap { revision in
                            revision.revisionId.map { (revision.actionName ?? "", $0) }
                        }
                    )
                )
            },
            next: wire.next
        )
    }
}
