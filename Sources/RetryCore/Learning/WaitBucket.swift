import Primitives

/// How long a retry waited, in five classes.
package enum WaitBucket: Int, Hashable, Sendable, CaseIterable {
    /// Less than a minute.
    case underOneMinute
    /// From 1 minute to less than 5.
    case underFive
    /// From 5 minutes to less than 15.
    case underFifteen
    /// From 15 minutes to less than an hour.
    case underOneHour
    /// An hour or more.
    case oneHourOrMore

    /// The bucket of a wait.
    package init(_ wait: Duration) {
        self =
            WaitBucket.allCases.first { bucket in bucket.end.map { wait < $0 } ?? true }
            ?? .oneHourOrMore
    }

    /// The first wait that is too long for it; nil: it has no end.
    package var end: Duration? {
        switch self {
        case .underOneMinute: .seconds(60)
        case .underFive: .seconds(300)
        case .underFifteen: .seconds(900)
        case .underOneHour: .seconds(3600)
        case .oneHourOrMore: nil
        }
    }
}
