import Primitives

/// The results of a stage's conditions in its latest execution, by their position in the stage.
package struct StageConditions: Hashable, Sendable {
    /// `beforeEntryConditionState`: they decide whether an execution may enter.
    package var beforeEntry: ConditionState
    /// `onSuccessConditionState`: they decide whether all that succeeded is a success.
    package var onSuccess: ConditionState
    /// `onFailureConditionState`: they decide what CodePipeline does about a failure.
    package var onFailure: ConditionState

    /// Creates conditions; all default to none.
    package init(
        beforeEntry: ConditionState = .none,
        onSuccess: ConditionState = .none,
        onFailure: ConditionState = .none
    ) {
        self.beforeEntry = beforeEntry
        self.onSuccess = onSuccess
        self.onFailure = onFailure
    }

    /// Every position by its name in the API, in the order of a stage's run.
    package var all: [(place: String, state: ConditionState)] {
        [("beforeEntry", beforeEntry), ("onSuccess", onSuccess), ("onFailure", onFailure)]
    }
}
