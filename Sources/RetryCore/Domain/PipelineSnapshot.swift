package import Primitives

/// What one GetPipelineState answer says of a pipeline.
package struct PipelineSnapshot: Hashable, Sendable {
    /// The definition's current version; nil when the answer lacks it.
    package var version: Int?
    /// When the pipeline was created; nil when the answer lacks it.
    package var created: WallTime?
    /// The stages in the pipeline's order.
    package var stages: [StageSnapshot]

    /// Makes a snapshot of its parts.
    package init(version: Int?, created: WallTime? = nil, stages: [StageSnapshot]) {
        self.version = version
        self.created = created
        self.stages = stages
    }

    /// Which pipeline it is of, and which definition.
    var edition: PipelineEdition { PipelineEdition(version: version, created: created) }
}

/// What tells one definition of a pipeline from another, and the pipeline from an older one of its
/// name.
struct PipelineEdition: Hashable, Sendable {
    /// The definition's version; an answer may lack it.
    var version: Int?
    /// When the pipeline was created; an answer may lack it.
    var created: WallTime?

    /// Whether a stage, or what ran in it, may be gone since an older answer.
    ///
    /// A stage goes only with another version, its executions only with the pipeline.
    func explainsLoss(since older: PipelineEdition) -> Bool {
        if let version, version != older.version { return true }
        guard let created, let before = older.created else { return false }
        return created != before
    }
}
