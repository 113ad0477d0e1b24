package import Primitives

/// What GetPipelineState answered, held against an earlier answer.
package enum PolledPipeline: Hashable, Sendable {
    /// The same bytes as those of the known digest.
    case unchanged
    /// Other bytes, and their digest.
    case state(Wire.PipelineState, StateDigest)
}
