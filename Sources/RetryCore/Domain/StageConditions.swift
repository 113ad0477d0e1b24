import Primitives

/// What a stage's conditions did in its latest execution, by their place in the stage.
package struct StageConditions: Hashable, Sendable {
    /// `beforeEntryConditionState`: they decide whether an execution may enter.
    package var beforeEntry: ConditionState
    /// `onSuccessConditionState`: they decide whether all that succeeded is a success.
    package var onSuccess: ConditionState
    /// `onFailureConditionState`: they decide what CodePipeline does about a failure.
    package var onFailure: ConditionState

    /// Makes conditions; all default to none.
    package init(
        beforeEntry: ConditionState = .none,
        onSuccess: ConditionState = .none,
        onFailure: ConditionState = .none
    ) {
        self.beforeEntry = beforeEntry
        self.onSuccess = onSuccess
        self.onFailure = onFailure
    }

    /// Every place by the name that the API gives it, in the order of a stage's run.
    package var all: [(place: String, state: ConditionState)] {
        [("beforeEntry", beforeEntry), ("onSuccess", onSuccess), ("onFailure", onFailure)]
    }
}
