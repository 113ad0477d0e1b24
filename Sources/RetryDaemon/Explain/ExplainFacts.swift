import Primitives
package import RetryCore

/// What is known of the pipeline.
package struct ExplainFacts: Hashable, Sendable {
    /// GetPipelineState.
    package var snapshot: PipelineSnapshot
    /// GetPipeline; nil: not readable.
    package var definition: PipelineDefinition?
    /// ListActionExecutions by execution; nil: not readable.
    package var rows: [ExecutionID: [ActionRow]]?
    /// What the running daemon knows; nil: none was asked.
    package var daemon: StatusDocument?
    /// What a reader should know of where the facts are from.
    package var notes: [String] = []

    /// Makes facts of their parts.
    package init(
        snapshot: PipelineSnapshot,
        definition: PipelineDefinition?,
        rows: [ExecutionID: [ActionRow]]?
    ) {
        self.snapshot = snapshot
        self.definition = definition
        self.rows = rows
    }

    /// The stage that is asked for; without a name the first that failed.
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
