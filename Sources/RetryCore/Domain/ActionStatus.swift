import Primitives

/// `ActionExecutionStatus` of the API.
package enum ActionStatus: Hashable, Sendable {
    /// It runs, or waits for an approval.
    case inProgress
    /// Abandoned by a stop; it may still run at its provider.
    case abandoned
    /// It did its work.
    case succeeded
    /// It failed, was rejected or timed out.
    case failed
    /// A status that the API model does not have.
    case unknown(String)
}
