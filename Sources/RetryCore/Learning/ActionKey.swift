/// One action of one stage of one pipeline.
package struct ActionKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The pipeline.
    package let pipeline: PipelineKey
    /// The stage.
    package let stage: StageName
    /// The action.
    package let action: ActionName

    /// Creates a key.
    package init(pipeline: PipelineKey, stage: StageName, action: ActionName) {
        self.pipeline = pipeline
        self.stage = stage
        self.action = action
    }

    /// By pipeline, stage and action.
    package static func < (left: ActionKey, right: ActionKey) -> Bool {
        (left.pipeline, left.stage, left.action) < (right.pipeline, right.stage, right.action)
    }

    /// The pipeline, stage and action, for people.
    package var description: String { "\(pipeline)/\(stage)/\(action)" }
}
