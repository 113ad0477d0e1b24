import Primitives

/// What a pause holds; a nil part matches everything.
package struct PauseScope: Hashable, Sendable, CustomStringConvertible {
    /// One target only.
    package var target: TargetName?
    /// One pipeline name only.
    package var pipeline: PipelineName?
    /// One stage name only.
    package var stage: StageName?

    /// Creates a scope; without parts it covers everything.
    package init(
        target: TargetName? = nil,
        pipeline: PipelineName? = nil,
        stage: StageName? = nil
    ) {
        self.target = target
        self.pipeline = pipeline
        self.stage = stage
    }

    /// Whether the scope covers an episode.
    package func contains(_ episode: EpisodeKey) -> Bool {
        (target.map { $0 == episode.pipeline.target } ?? true)
            && (pipeline.map { $0 == episode.pipeline.pipeline } ?? true)
            && (stage.map { $0 == episode.stage } ?? true)
    }

    package var description: String {
        let parts = [
            target.map { "target \($0)" }, pipeline.map { "pipeline \($0)" },
            stage.map { "stage \($0)" },
        ].compactMap { $0 }
        return parts.isEmpty ? "everything" : parts.joined(separator: ", ")
    }
}
