import Primitives

/// What the polling of one account and Region asks for, held against what it may have.
package struct PollDemand: Hashable, Sendable {
    /// How many pipelines share the rate.
    package let pipelines: Int
    /// Between two looks at each, as the file asks.
    package let interval: Duration
    /// Requests per second that they may have.
    package let limit: Double

    /// Reckons with so many pipelines at rest.
    package init(pipelines: Int, poll: PollSettings) {
        self.pipelines = pipelines
        interval = poll.interval
        limit = poll.maxRate
    }

    /// Requests per second that they want at rest.
    package var needed: Double { Double(pipelines) / interval.seconds }

    /// Whether the limit does not allow what they want.
    package var isShort: Bool { needed > limit }

    /// How often each is seen on the average.
    package var every: Duration {
        isShort ? .seconds((Double(pipelines) / limit).rounded()) : interval
    }

    /// Such as `212 pipelines at 30s want 7.1 requests/s, limit 5: each is seen every 42s`.
    package var text: String {
        let count = pipelines == 1 ? "1 pipeline" : "\(pipelines) pipelines"
        let verb = pipelines == 1 ? "wants" : "want"
        return "\(count) at \(interval.shortText) \(verb) \(needed.shortText) requests/s, "
            + "limit \(limit.shortText): each is seen every \(every.shortText)"
    }
}
