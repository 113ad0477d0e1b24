/// One execution of one pipeline.
package struct ExecutionKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The pipeline.
    package let pipeline: PipelineKey
    /// The execution.
    package let execution: ExecutionID

    /// Creates a key.
    package init(pipeline: PipelineKey, execution: ExecutionID) {
        self.pipeline = pipeline
        self.execution = execution
    }

    /// The execution of an episode.
    init(_ episode: EpisodeKey) {
        self.init(pipeline: episode.pipeline, execution: episode.execution)
    }

    /// The pipeline and the execution, for people.
    package var description: String { "\(pipeline) \(execution)" }

    /// By pipeline, then by execution.
    package static func < (left: ExecutionKey, right: ExecutionKey) -> Bool {
        (left.pipeline, left.execution) < (right.pipeline, right.execution)
    }
}
