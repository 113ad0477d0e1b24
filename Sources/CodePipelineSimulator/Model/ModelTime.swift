/// A wall-clock instant of the modelled service, in milliseconds since the Unix epoch.
///
/// The model never reads a clock: its caller passes the time in.
package struct ModelTime: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    package let milliseconds: Int64

    /// Creates an instant from milliseconds since the Unix epoch.
    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Before all others.
    static let distantPast = ModelTime(milliseconds: .min)

    /// Epoch seconds with a fraction of three digits, the form of awsJson1_1 timestamps.
    package var epochSeconds: Double {
        Double(milliseconds) / 1000
    }

    /// Whether `left` is earlier than `right`.
    package static func < (left: ModelTime, right: ModelTime) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// The instant `duration` later, cut to whole milliseconds; saturates instead of trapping.
    package static func + (time: ModelTime, duration: Duration) -> ModelTime {
        let (seconds, attoseconds) = duration.components
        let scaled = seconds.multipliedReportingOverflow(by: 1000)
        let sum = scaled.partialValue.addingReportingOverflow(
            attoseconds / 1_000_000_000_000_000
        )
        let total = time.milliseconds.addingReportingOverflow(sum.partialValue)
        if scaled.overflow || sum.overflow || total.overflow {
            return ModelTime(milliseconds: duration < .zero ? .min : .max)
        }
        return ModelTime(milliseconds: total.partialValue)
    }

    /// The instant `duration` earlier, likewise.
    static func - (time: ModelTime, duration: Duration) -> ModelTime {
        time + (.zero - duration)
    }

    /// Milliseconds since the Unix epoch, for diagnostics.
    package var description: String {
        "\(milliseconds)ms"
    }
}
