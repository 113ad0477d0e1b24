/// What a retry of one failed action brought; the raw values are stored in the ledger.
package enum RetryResult: String, Hashable, Sendable, CaseIterable {
    /// The action succeeded.
    case recovered
    /// It failed with the same error.
    case same
    /// It failed with another error.
    case other
    /// It has not ended.
    case unsettled
    /// It says nothing about the cause: it was stopped, or came so late that somebody may have
    /// changed something in between.
    case excluded

    /// Whether it is a trial of its cause: it ended, and by itself.
    package var isTrial: Bool {
        switch self {
        case .recovered, .same, .other: true
        case .unsettled, .excluded: false
        }
    }
}
