package import Primitives

/// The result of one attempt, as far as a retry depends on it.
package enum AttemptFailure: Hashable, Sendable {
    /// Too many calls.
    case throttling
    /// No answer, a server error or a code for a transient error.
    case transient
    /// Repeating does not help, or is not allowed.
    case permanent

    /// The kind of failure for a class of error, as far as the error alone determines it.
    ///
    /// A server error is retried for 500, 502, 503 and 504, and only when the call may be executed
    /// twice. Refused credentials and a wrong clock have their own retry.
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

/// The decision after a failed attempt.
package enum RetryDecision: Hashable, Sendable {
    /// Send again after the pause.
    case retry(after: Duration)
    /// Give up: a retry does not help.
    case notRetryable
    /// Give up: the attempts are used up.
    case attemptsExhausted
    /// Give up: the quota is empty; a long-polling call pauses first.
    case quotaExhausted(after: Duration)
}

/// The course of one call's attempts: Retry Behavior 2.1 as a value.
package struct RetryPolicy: Hashable, Sendable {
    /// The numbers.
    package let settings: RetrySettings
    /// The current attempt, from 1.
    package private(set) var attempt = 1
    private var lastCost = 0

    /// Starts a call.
    package init(settings: RetrySettings) {
        self.settings = settings
    }

    /// Decides after a failed attempt; a retry is charged to the quota.
    ///
    /// - Parameters:
    ///   - failure: The kind of failure.
    ///   - hint: The server's `x-amz-retry-after`.
    ///   - jitter: A random number from 0 to 1.
    ///   - quota: The quota of the service's client.
    /// - Returns: The decision.
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

    /// Returns the cost of the last retry, or one token when the first attempt succeeded.
    package func succeeded(quota: inout RetryQuota) {
        quota.give(attempt == 1 ? 1 : lastCost)
    }
}
