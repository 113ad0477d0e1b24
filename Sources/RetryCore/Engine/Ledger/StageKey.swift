import Primitives

/// One stage of one pipeline.
struct StageKey: Hashable, Sendable {
    let pipeline: PipelineKey
    let stage: StageName
}
