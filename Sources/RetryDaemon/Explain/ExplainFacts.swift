import Primitives
package import RetryCore
package import RootCauseClient

/// The known facts of the pipeline.
package struct ExplainFacts: Hashable, Sendable {
    /// GetPipelineState.
    package var snapshot: PipelineSnapshot
    /// GetPipeline; nil: not readable.
    package var definition: PipelineDefinition?
    /// ListActionExecutions by execution; nil: not readable.
    package var rows: [ExecutionID: [ActionRow]]?
    /// What files tell of the failure's cause; nil: there are none.
    package internal(set) var cause: CauseEvidence?
    /// What services say of the failed actions; empty: they were not asked.
    package internal(set) var causes: [ActionName: ActionCause] = [:]
    /// The running daemon's status; nil: no daemon was asked.
    package var daemon: StatusDocument?
    /// Notes for the reader on the origin of the facts.
    package var notes: [String] = []

    /// Creates facts.
    package init(
        snapshot: PipelineSnapshot,
        definition: PipelineDefinition?,
        rows: [ExecutionID: [ActionRow]]?
    ) {
        self.snapshot = snapshot
        self.definition = definition
        self.rows = rows
    }

    /// The stage in question; without a name the first that failed.
    func stage(_ question: ExplainQuestion) -> StageSnapshot? {
        guard let name = question.stage else {
            return snapshot.stages.first { $0.latest?.status == .failed }
        }
        return snapshot.stages.first { $0.name == name }
    }

    /// What ran in one execution.
    func evidence(of execution: ExecutionID, for stage: StageSnapshot) -> Evidence {
        guard let rows else { return .denied }
        return HistoryCheck.evidence(of: rows[execution] ?? [], for: stage)
    }
}
