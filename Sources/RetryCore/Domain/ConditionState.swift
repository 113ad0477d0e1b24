import Primitives

/// The combined result of the conditions at one position of a stage.
package enum ConditionState: Hashable, Sendable {
    /// There are none, or all succeeded or were overridden.
    case none
    /// One is being evaluated.
    case inProgress
    /// One failed, errored, or was cancelled or abandoned.
    case failed
    /// A status that the API model does not have.
    case unknown(String)
}
