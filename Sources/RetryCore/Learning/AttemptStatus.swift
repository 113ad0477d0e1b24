/// How an attempt of an action stands; the raw values are stored in the ledger.
package enum AttemptStatus: String, Hashable, Sendable, CaseIterable {
    /// It runs, or AWS's word for it is not known.
    case running
    /// It did its work.
    case succeeded
    /// It failed.
    case failed
    /// A stop of its execution ended it.
    case abandoned

    /// The status of AWS's answer; nil counts as running.
    package init(_ status: ActionStatus?) {
        switch status {
        case .succeeded: self = .succeeded
        case .failed: self = .failed
        case .abandoned: self = .abandoned
        case .inProgress, .unknown, nil: self = .running
        }
    }
}
