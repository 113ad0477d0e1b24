import Primitives

/// `StageExecutionStatus` of the API.
package enum StageStatus: Hashable, Sendable {
    /// The definition was updated before the stage could finish.
    case cancelled
    /// An action runs, or the stage is between two actions.
    case inProgress
    /// An action or a condition failed.
    case failed
    /// Somebody stopped the execution.
    case stopped
    /// A stop was requested and is under way.
    case stopping
    /// All actions succeeded.
    case succeeded
    /// A condition or onFailure SKIP skipped the stage.
    case skipped
    /// A status that the API model does not have.
    case unknown(String)
}
