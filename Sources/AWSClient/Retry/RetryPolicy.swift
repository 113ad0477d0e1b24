package import Primitives

/// What became of one attempt, as far as repeating it is concerned.
package enum AttemptFailure: Hashable, Sendable {
    /// Too many calls.
    case throttling
    /// No answer, a server fault or a code that says: once more.
    case transient
    /// Repeating does not help, or is not allowed.
    case permanent

    /// The kind that a class of error is, as far as the error alone tells.
    ///
    /// A fault of the server is repeated for 500, 502, 503 and 504, and only when the call may be
    /// executed twice. Refused keys and a wrong clock have a repetition of their own.
    package init(_ errorClass: ErrorClass, status: Int, replay: Replay) {
        switch errorClass {
        case .throttling: self = .throttling
        case .transient: self = .transient
        case .server:
            let isPassing = [500, 502, 503, 504].contains(status)
            self = isPassing && replay == .safe ? .transient : .permanent
        case .credentials, .clock, .accessDenied, .client: self = .permanent
        }
    }
}

/// What follows a failed attempt.
package enum RetryDecision: Hashable, Sendable {
    /// Send again after the pause.
    case retry(after: Duration)
    /// Give up: repeating does not help.
    case notRetryable
    /// Give up: sent often enough.
    case attemptsExhausted
    /// Give up: the quota is empty; a long-polling call pauses first.
    case quotaExhausted(after: Duration)
}

/// The course of one call's attempts: Retry Behavior 2.1 as a value.
package struct RetryPolicy: Hashable, Sendable {
    /// The numbers.
    package let settings: RetrySettings
    /// The attempt that is under way, from 1.
    package private(set) var attempt = 1
    private var lastCost = 0

    /// Starts a call.
    package init(settings: RetrySettings) {
        self.settings = settings
    }

    /// Decides after a failed attempt; the quota pays for a repetition.
    ///
    /// - Parameters:
    ///   - failure: What kind of failure it was.
    ///   - hint: The server's `x-amz-retry-after`.
    ///   - jitter: A random number from 0 to 1.
    ///   - quota: The quota of the service's client.
    /// - Returns: What follows.
    package mutating func failed(
        _ failure: AttemptFailure,
        hint: Duration?,
        jitter: Double,
        quota: inout RetryQuota
    ) -> RetryDecision {
        let isThrottling: Bool
        switch failure {
        case .permanent: return .notRetryable
        case .throttling: isThrottling = true
        case .transient: isThrottling = false
        }
        guard attempt < settings.maxAttempts else { return .attemptsExhausted }
        let delay = settings.delay(
            afterAttempt: attempt,
            isThrottling: isThrottling,
            jitter: jitter,
            hint: hint
        )
        let cost = isThrottling ? RetryQuota.throttlingCost : RetryQuota.transientCost
        guard quota.take(cost) else {
            return .quotaExhausted(after: settings.isLongPolling ? delay : .zero)
        }
        lastCost = cost
        attempt += 1
        return .retry(after: delay)
    }

    /// Gives back what the last repetition cost, or one token when the first attempt succeeded.
    package func succeeded(quota: inout RetryQuota) {
        quota.give(attempt == 1 ? 1 : lastCost)
    }
}
