import Primitives

/// The numbers of the SDKs' "Retry Behavior 2.1".
package struct RetrySettings: Hashable, Sendable {
    /// How often a call is sent at most, the first time included; default 3.
    package var maxAttempts: Int
    /// The back-off's unit after a transient error; default 50 ms.
    package var transientUnit: Duration
    /// The back-off's unit after throttling; default 1 s.
    package var throttlingUnit: Duration
    /// The longest back-off before jitter; default 20 s.
    package var maxBackoff: Duration
    /// Whether the operation waits for messages: it then backs off even with an empty quota.
    package var isLongPolling: Bool

    /// Creates settings; the defaults are those of every service except DynamoDB.
    package init(
        maxAttempts: Int = 3,
        transientUnit: Duration = .milliseconds(50),
        throttlingUnit: Duration = .seconds(1),
        maxBackoff: Duration = .seconds(20),
        isLongPolling: Bool = false
    ) {
        self.maxAttempts = max(1, maxAttempts)
        self.transientUnit = transientUnit
        self.throttlingUnit = throttlingUnit
        self.maxBackoff = maxBackoff
        self.isLongPolling = isLongPolling
    }

    /// The settings of a service by its signing name: DynamoDB tries four times and starts lower.
    package static func standard(service: String) -> RetrySettings {
        guard service.lowercased().hasPrefix("dynamodb") else { return RetrySettings() }
        return RetrySettings(maxAttempts: 4, transientUnit: .milliseconds(25))
    }

    /// The pause before attempt `attempt` + 1, where `attempt` counts from 1.
    ///
    /// Exponential, capped, then jitter: `jitter` (0...1) times the capped value. A hint of the
    /// server is clamped between that and five seconds more.
    package func delay(
        afterAttempt attempt: Int,
        isThrottling: Bool,
        jitter: Double,
        hint: Duration?
    ) -> Duration {
        let unit = (isThrottling ? throttlingUnit : transientUnit).seconds
        var exponential = unit
        for _ in 1..<max(1, min(attempt, 64)) { exponential *= 2 }
        let capped = min(exponential, maxBackoff.seconds)
        let own = Duration.saturating(seconds: capped * min(1, max(0, jitter)))
        guard let hint else { return own }
        return min(max(own, hint), own.adding(.seconds(5)))
    }

    /// Reads `x-amz-retry-after`: whole milliseconds; anything else is ignored.
    package static func hint(_ response: HTTPResponse) -> Duration? {
        guard let text = response.header("x-amz-retry-after"), text.utf8.count <= 12,
            let milliseconds = Int64(text), milliseconds >= 0
        else { return nil }
        return .milliseconds(milliseconds)
    }
}

/// The tokens that retries of one service cost, so that an outage is not met with a storm.
package struct RetryQuota: Hashable, Sendable {
    /// The remaining tokens.
    package private(set) var available: Int
    /// The most there can be.
    package let capacity: Int

    /// A full quota is 500 tokens.
    package static let standardCapacity = 500
    /// The cost of a retry after throttling.
    package static let throttlingCost = 5
    /// The cost of any other retry.
    package static let transientCost = 14

    /// Creates a quota; `available` is limited to the capacity.
    package init(available: Int = standardCapacity, capacity: Int = standardCapacity) {
        self.capacity = capacity
        self.available = min(max(0, available), capacity)
    }

    /// Takes the cost; false and unchanged when too few tokens are left.
    package mutating func take(_ cost: Int) -> Bool {
        guard cost <= available else { return false }
        available -= cost
        return true
    }

    /// Puts tokens back after a success.
    package mutating func give(_ tokens: Int) {
        available = min(capacity, available + max(0, tokens))
    }
}
