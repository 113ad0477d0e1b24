extension Duration {
    /// The longest duration that this program computes with: about 292 years.
    package static let longest = Duration(attoseconds: most)

    /// The same in attoseconds, as a constant: every event computes with times.
    private static var most: Int128 { Int128(Int64.max / 1_000_000) * 1_000_000_000_000_000 }

    /// The sum, clamped to plus or minus ``longest``; the sum of two such values cannot overflow.
    package func adding(_ other: Duration) -> Duration {
        let sum = clampedAttoseconds + other.clampedAttoseconds
        return Duration(attoseconds: sum).clamped
    }

    /// Whole milliseconds, rounded towards zero, saturating.
    package var wholeMilliseconds: Int64 {
        Int64(clampedAttoseconds / 1_000_000_000_000_000)
    }

    /// Seconds as a floating-point number.
    package var seconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }

    /// Creates a duration from floating-point seconds; never traps.
    ///
    /// NaN counts as zero; a value that is too long becomes ``longest``.
    package static func saturating(seconds: Double) -> Duration {
        guard !seconds.isNaN else { return .zero }
        guard abs(seconds) < longest.seconds else { return seconds < 0 ? .zero - longest : longest }
        return .milliseconds(Int64((seconds * 1000).rounded()))
    }

    /// The length of one of `parts` equal parts, in whole milliseconds; `parts` is not 0.
    package func divided(by parts: Int64) -> Duration {
        .milliseconds(wholeMilliseconds / parts)
    }

    /// The duration clamped to plus or minus ``longest``.
    package var clamped: Duration {
        Duration(attoseconds: clampedAttoseconds)
    }

    private var clampedAttoseconds: Int128 {
        min(max(attoseconds, -Duration.most), Duration.most)
    }
}
