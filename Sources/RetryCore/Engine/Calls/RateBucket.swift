package import Primitives

/// A token bucket whose rate halves under throttling and recovers by a tenth at a time.
///
/// One per account and Region, shared by every call to it
/// (docs/decisions/0012-polling-at-scale.md).
package struct RateBucket: Hashable, Sendable {
    /// How often a throttled rate is raised again.
    package static let raiseEvery = Duration.seconds(10)
    /// Several throttling answers within this time count as one: they answer calls sent at the same
    /// rate.
    package static let oneCut = Duration.seconds(1)
    /// The lowest rate, in requests per second, so that nothing starves for ever.
    package static let floor = 0.1

    /// The configured rate in requests per second.
    package private(set) var ceiling: Double
    /// The current rate.
    package private(set) var rate: Double
    private var tokens: Double
    private var filledAt: Instant
    private var changedAt: Instant

    /// Creates a full bucket.
    package init(ceiling: Double, now: Instant) {
        self.ceiling = ceiling
        rate = ceiling
        tokens = max(1, ceiling)
        filledAt = now
        changedAt = now
    }

    /// Whether the rate is below its ceiling.
    package var isThrottled: Bool { rate < ceiling }

    /// Takes a token if there is one.
    package mutating func take(_ now: Instant) -> Bool {
        fill(now)
        guard tokens >= 1 - 1e-9 else { return false }
        tokens = max(0, tokens - 1)
        return true
    }

    /// When this many tokens are available, limited to between one and the capacity of the bucket.
    package func next(tokens wanted: Int, _ now: Instant) -> Instant {
        var copy = self
        copy.fill(now)
        let count = min(Double(max(1, wanted)), max(1, copy.rate))
        guard copy.tokens < count - 1e-9 else { return now }
        return now + .saturating(seconds: (count - copy.tokens) / copy.rate) + .milliseconds(1)
    }

    /// Halves the rate; returns whether that started a throttling period.
    package mutating func throttled(_ now: Instant) -> Bool {
        fill(now)
        let begins = !isThrottled
        guard begins || now - changedAt >= RateBucket.oneCut else { return false }
        rate = max(RateBucket.floor, rate / 2)
        tokens = min(tokens, 1)
        changedAt = now
        return begins
    }

    /// Raises a throttled rate when it is due; returns whether it is fully recovered.
    package mutating func recover(_ now: Instant) -> Bool {
        guard isThrottled, now - changedAt >= RateBucket.raiseEvery else { return false }
        fill(now)
        rate = min(ceiling, rate + ceiling / 10)
        changedAt = now
        return !isThrottled
    }

    /// When ``recover(_:)`` has something to do; nil at its ceiling.
    package var nextRaise: Instant? {
        isThrottled ? changedAt + RateBucket.raiseEvery : nil
    }

    /// Sets a new ceiling; the rate follows unless throttling keeps it lower.
    package mutating func setCeiling(_ ceiling: Double, now: Instant) {
        fill(now)
        rate = isThrottled ? min(rate, ceiling) : ceiling
        self.ceiling = ceiling
    }

    private mutating func fill(_ now: Instant) {
        guard now > filledAt else { return }
        tokens = min(max(1, rate), tokens + (now - filledAt).seconds * rate)
        filledAt = now
    }
}
