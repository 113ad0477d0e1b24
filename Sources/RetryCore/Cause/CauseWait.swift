/// How long a transient cause lasts, as a class: what comes before a retry.
package enum CauseWait: String, Hashable, Sendable, CaseIterable {
    /// A connection that broke: the next one mostly holds.
    case seconds
    /// A rate limit, another operation, a service's own error.
    case minutes
    /// Capacity, a mirror that synchronizes, a deleted name that is kept for an hour.
    case tensOfMinutes = "tens-of-minutes"
    /// A counter over hours, such as Docker Hub's pulls, or an incident of a service.
    case hours

    /// The wait before the first retry.
    package var first: Duration {
        switch self {
        case .seconds: .seconds(30)
        case .minutes: .seconds(90)
        case .tensOfMinutes: .seconds(600)
        case .hours: .seconds(1800)
        }
    }

    /// The longest wait before a later one.
    package var longest: Duration {
        switch self {
        case .seconds: .seconds(600)
        case .minutes: .seconds(900)
        case .tensOfMinutes: .seconds(3600)
        case .hours: .seconds(7200)
        }
    }
}
