package import Primitives

/// A pipeline's state as one GetPipelineState answer shows it.
package struct PipelineSnapshot: Hashable, Sendable {
    /// The definition's current version; nil when the answer has none.
    package var version: Int?
    /// When the pipeline was created; nil when the answer has no time.
    package var created: WallTime?
    /// The stages in the pipeline's order.
    package var stages: [StageSnapshot]

    /// Creates a snapshot.
    package init(version: Int?, created: WallTime? = nil, stages: [StageSnapshot]) {
        self.version = version
        self.created = created
        self.stages = stages
    }

    /// Which pipeline it is of, and which definition.
    var edition: PipelineEdition { PipelineEdition(version: version, created: created) }
}

/// Identifies one definition of a pipeline, and tells the pipeline from an older one of the same
/// name.
struct PipelineEdition: Hashable, Sendable {
    /// The definition's version; an answer may have none.
    var version: Int?
    /// When the pipeline was created; an answer may have no time.
    var created: WallTime?

    /// Whether a stage, or what ran in it, may have been removed since an older answer.
    ///
    /// A stage is removed only by another version, its executions only with the pipeline.
    func explainsLoss(since older: PipelineEdition) -> Bool {
        if let version, version != older.version { return true }
        guard let created, let before = older.created else { return false }
        return created != before
    }
}
