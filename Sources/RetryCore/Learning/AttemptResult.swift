/// What became of a failed attempt of an action.
package enum AttemptResult: String, Hashable, Sendable, CaseIterable {
    /// The next attempt succeeded.
    case recovered
    /// The next attempt failed with the same error.
    case failedTheSame = "failed_the_same"
    /// The next attempt failed with another error.
    case failedOtherwise = "failed_otherwise"
    /// The next attempt failed; with which error is not kept any more.
    case failedAgain = "failed_again"
    /// There was no next attempt.
    case notRetried = "not_retried"
    /// The next attempt has not ended.
    case unsettled
    /// The next attempt was stopped, or came so late that it says nothing about the cause.
    case excluded

    /// What the next attempt brought; nil: there was none.
    package init(_ result: RetryResult?) {
        switch result {
        case .recovered: self = .recovered
        case .same: self = .failedTheSame
        case .other: self = .failedOtherwise
        case .unsettled: self = .unsettled
        case .excluded: self = .excluded
        case nil: self = .notRetried
        }
    }
}
