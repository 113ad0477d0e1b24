package import Primitives

/// The state of a stage before a retry, which verifying compares with.
package struct StageBaseline: Hashable, Sendable {
    /// `manualStageRetryAttempt`, 0 when absent.
    package var manualRetries: Int
    /// The attempts that the stage's actions showed.
    package var actionExecutions: Set<ActionExecutionID>
    /// The latest `lastStatusChange` of the stage's actions.
    package var lastStatusChange: WallTime?

    /// Creates a baseline.
    package init(
        manualRetries: Int,
        actionExecutions: Set<ActionExecutionID>,
        lastStatusChange: WallTime?
    ) {
        self.manualRetries = manualRetries
        self.actionExecutions = actionExecutions
        self.lastStatusChange = lastStatusChange
    }
}
