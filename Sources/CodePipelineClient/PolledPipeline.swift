package import Primitives

/// The answer of GetPipelineState, compared with an earlier answer.
package enum PolledPipeline: Hashable, Sendable {
    /// The same bytes as those of the known digest.
    case unchanged
    /// Other bytes, and their digest.
    case state(Wire.PipelineState, StateDigest)
}
