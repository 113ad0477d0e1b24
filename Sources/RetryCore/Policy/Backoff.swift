/// The wait before retry n.
package struct Backoff: Hashable, Sendable {
    /// How the wait grows.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Always `initial`.
        case fixed
        /// `initial` times n.
        case linear
        /// `initial` times `factor` to the power of n - 1.
        case exponential
    }

    /// How the wait is spread.
    package enum Jitter: String, Hashable, Sendable, CaseIterable {
        /// Not at all.
        case none
        /// Between zero and the wait.
        case full
        /// Between half the wait and the wait.
        case equal
    }

    /// How the wait grows.
    package var kind: Kind
    /// The wait before the first retry; 1s at least.
    package var initial: Duration
    /// The growth of an exponential wait; 1 at least.
    package var factor: Double
    /// The cap, applied after jitter.
    package var max: Duration
    /// The floor, applied last.
    package var min: Duration
    /// How the wait is spread.
    package var jitter: Jitter

    /// Creates a backoff.
    package init(
        kind: Kind,
        initial: Duration,
        factor: Double,
        max: Duration,
        min: Duration,
        jitter: Jitter
    ) {
        self.kind = kind
        self.initial = initial
        self.factor = factor
        self.max = max
        self.min = min
        self.jitter = jitter
    }

    /// The default: 30s, doubling, up to 15m, never below 5s, equal jitter.
    package static let standard = Backoff(
        kind: .exponential,
        initial: .seconds(30),
        factor: 2,
        max: .seconds(900),
        min: .seconds(5),
        jitter: .equal
    )
}
