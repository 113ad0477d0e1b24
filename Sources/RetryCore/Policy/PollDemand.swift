import Primitives

/// The polling rate that one account and Region needs, compared with its limit.
package struct PollDemand: Hashable, Sendable {
    /// How many pipelines share the rate.
    package let pipelines: Int
    /// Between two polls of each, as configured.
    package let interval: Duration
    /// Requests per second that they may have.
    package let limit: Double

    /// Computes with so many pipelines at rest.
    package init(pipelines: Int, poll: PollSettings) {
        self.pipelines = pipelines
        interval = poll.interval
        limit = poll.maxRate
    }

    /// Requests per second that they need at rest.
    package var needed: Double { Double(pipelines) / interval.seconds }

    /// Whether the limit is below that.
    package var isShort: Bool { needed > limit }

    /// How often each is polled on average.
    package var every: Duration {
        isShort ? .seconds((Double(pipelines) / limit).rounded()) : interval
    }

    /// Such as `212 pipelines at 30s need 7.1 requests/s, limit 5: each is polled every 42s`.
    package var text: String {
        let count = pipelines == 1 ? "1 pipeline" : "\(pipelines) pipelines"
        let verb = pipelines == 1 ? "needs" : "need"
        return "\(count) at \(interval.shortText) \(verb) \(needed.shortText) requests/s, "
            + "limit \(limit.shortText): each is polled every \(every.shortText)"
    }
}
