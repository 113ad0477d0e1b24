import Primitives

extension Backoff {
    /// The wait before retry `number`, which counts from 1.
    ///
    /// The cap applies before and after jitter, so that capped waits still spread; the floor comes
    /// last and wins over a smaller cap. Every input is valid: a number below 1 counts as 1,
    /// `uniform` is clamped to 0...1, and overflow saturates.
    package func delay(number: Int, uniform: Double) -> Duration {
        let cap = Swift.max(0, max.clamped.seconds)
        let wait = Swift.min(grown(number: Swift.max(1, number)), cap)
        let share = uniform.isNaN ? 0 : Swift.min(Swift.max(0, uniform), 1)
        let spread: Double =
            switch jitter {
            case .none: wait
            case .full: wait * share
            case .equal: wait / 2 + wait / 2 * share
            }
        let capped = Duration.saturating(seconds: Swift.min(spread, cap))
        return Swift.max(capped, Swift.max(.zero, min.clamped))
    }

    /// Seconds before cap, jitter and floor; infinite when they exceed the range of a `Double`.
    private func grown(number: Int) -> Double {
        let first = Swift.max(0, initial.clamped.seconds)
        guard first > 0 else { return 0 }
        switch kind {
        case .fixed: return first
        case .linear: return first * Double(number)
        case .exponential: return first * power(factor.isNaN ? 1 : Swift.max(1, factor), number - 1)
        }
    }
}

/// `base` to the power of `exponent`, by squaring; `base` is 1 at least, `exponent` 0 at least.
private func power(_ base: Double, _ exponent: Int) -> Double {
    var (result, square, rest) = (1.0, base, exponent)
    while rest > 0 {
        if rest % 2 == 1 { result *= square }
        square *= square
        rest /= 2
    }
    return result
}
