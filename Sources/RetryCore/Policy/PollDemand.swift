import Primitives

/// The polling rate that one account and Region needs, compared with its limit.
package struct PollDemand: Hashable, Sendable {
    /// How many pipelines share the rate.
    package let pipelines: Int
    /// Between two polls of each, as configured.
    package let interval: Duration
    /// Requests per second that they may have.
    package let limit: Double

    /// Computes with so many idle pipelines.
    package init(pipelines: Int, poll: PollSettings) {
        self.pipelines = pipelines
        interval = poll.interval
        limit = poll.maxRate
    }

    /// Requests per second that they need while idle.
    package var needed: Double { Double(pipelines) / interval.seconds }

    /// Whether the limit is below that.
    package var isShort: Bool { needed > limit }

    /// How often each is polled on average.
    package var every: Duration {
        isShort ? .seconds((Double(pipelines) / limit).rounded()) : interval
    }

    /// Such as `polling 212 pipelines every 30s needs 7.1 requests/s, the limit is 5; each is
    /// polled every 42s`.
    package var text: String {
        let count = pipelines == 1 ? "1 pipeline" : "\(pipelines) pipelines"
        return "polling \(count) every \(interval.shortText) needs \(needed.shortText) "
            + "requests/s, the limit is \(limit.shortText); each is polled every "
            + "\(every.shortText)"
    }
}
