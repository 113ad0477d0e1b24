/// The attempts of one action in one execution: what is labelled together.
package struct AttemptGroup: Hashable, Comparable, Sendable {
    /// The action.
    package let action: ActionKey
    /// The execution.
    package let execution: ExecutionID

    /// Creates a group.
    package init(action: ActionKey, execution: ExecutionID) {
        self.action = action
        self.execution = execution
    }

    /// The stage execution whose retries run the action again.
    package var episode: EpisodeKey {
        EpisodeKey(pipeline: action.pipeline, stage: action.stage, execution: execution)
    }

    /// By action, then by execution.
    package static func < (left: AttemptGroup, right: AttemptGroup) -> Bool {
        (left.action, left.execution) < (right.action, right.execution)
    }
}

extension ActionAttempt {
    /// The group that it belongs to.
    package var group: AttemptGroup { AttemptGroup(action: action, execution: execution) }
}
