/// `StageRetryMode` of the API.
package enum RetryMode: String, Hashable, Sendable, CaseIterable {
    /// Only the failed actions run again.
    case failedActions = "FAILED_ACTIONS"
    /// The stage starts again from its first action and overwrites the artifacts of successful
    /// ones.
    case allActions = "ALL_ACTIONS"
}
