package import Primitives

/// The answer of ListPipelineExecutions, compared with an earlier answer.
package enum PolledExecutionPage: Hashable, Sendable {
    /// The same bytes as those of the known digest.
    case unchanged
    /// Other bytes, and their digest.
    case executions([Wire.PipelineExecutionSummary], StateDigest)
}
