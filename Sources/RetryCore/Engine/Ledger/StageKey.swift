import Primitives

/// What an open query to the ledger is about: a stage of a pipeline.
struct StageKey: Hashable, Sendable {
    let pipeline: PipelineKey
    let stage: StageName
    /// Its execution, of a PARALLEL pipeline, whose stages have several at a time; nil in the other
    /// modes.
    let execution: ExecutionID?

    init(pipeline: PipelineKey, stage: StageName, execution: ExecutionID? = nil) {
        self.pipeline = pipeline
        self.stage = stage
        self.execution = execution
    }

    /// The place of an episode's stage.
    init(_ episode: EpisodeKey, isParallel: Bool) {
        self.init(
            pipeline: episode.pipeline,
            stage: episode.stage,
            execution: isParallel ? episode.execution : nil
        )
    }
}
