/// A time of day in UTC, as AWS timestamps and ledger rows carry it.
///
/// It is always passed in as data; nothing in the core reads a clock. Resolution: one millisecond.
package struct WallTime: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Milliseconds since 1970-01-01T00:00:00Z; negative before.
    package let milliseconds: Int64

    /// Creates a time from milliseconds since the Unix epoch.
    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Creates a time from epoch seconds with a fraction, the form of awsJson1_1 timestamps.
    ///
    /// Values that are not finite or outside years 1 to 9999 give nil.
    package init?(epochSeconds: Double) {
        guard epochSeconds.isFinite, abs(epochSeconds) < 253_402_300_800 else { return nil }
        milliseconds = Int64((epochSeconds * 1000).rounded())
    }

    /// Whether `left` is earlier than `right`.
    package static func < (left: WallTime, right: WallTime) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// The time `duration` later; saturates instead of trapping.
    package static func + (time: WallTime, duration: Duration) -> WallTime {
        let sum = time.milliseconds.addingReportingOverflow(duration.wholeMilliseconds)
        guard sum.overflow else { return WallTime(milliseconds: sum.partialValue) }
        return WallTime(milliseconds: duration < .zero ? .min : .max)
    }

    /// The time from `right` to `left`; negative when `left` is earlier.
    package static func - (left: WallTime, right: WallTime) -> Duration {
        let difference = left.milliseconds.subtractingReportingOverflow(right.milliseconds)
        guard difference.overflow else { return .milliseconds(difference.partialValue) }
        return .milliseconds(left < right ? Int64.min : Int64.max)
    }

    /// RFC 3339 in UTC with milliseconds, such as `2026-11-23T01:02:03.004Z`.
    package var description: String { rfc3339 }
}

extension WallTime {
    /// RFC 3339 in UTC with milliseconds, the form of `RETRYD_DUE`.
    package var rfc3339: String {
        let (days, ofDay) = milliseconds.flooredDivision(by: 86_400_000)
        let date = CivilDate(daysSinceEpoch: days)
        guard !(0...9999).contains(date.year) else { return rfc3339(date, ofDay) }
        let clock = [ofDay / 3_600_000, ofDay / 60_000 % 60, ofDay / 1000 % 60]
            .map { $0.padded(to: 2) }
            .joined(separator: ":")
        return "\(date)T\(clock).\((ofDay % 1000).padded(to: 3))Z"
    }

    /// The same for the years with four digits, without a text for each part.
    private func rfc3339(_ date: CivilDate, _ ofDay: Int64) -> String {
        var text = Array("0000-00-00T00:00:00.000Z".utf8)
        func put(_ number: Int64, endingAt end: Int) {
            var (rest, place) = (number, end)
            while rest > 0 {
                text[place] += UInt8(rest % 10)
                rest /= 10
                place -= 1
            }
        }
        put(date.year, endingAt: 3)
        put(date.month, endingAt: 6)
        put(date.day, endingAt: 9)
        put(ofDay / 3_600_000, endingAt: 12)
        put(ofDay / 60_000 % 60, endingAt: 15)
        put(ofDay / 1000 % 60, endingAt: 18)
        put(ofDay % 1000, endingAt: 22)
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads RFC 3339: `2026-11-23T01:02:03[.fraction](Z|+hh:mm|-hh:mm)`.
    ///
    /// A fraction of any length is cut to milliseconds. Anything else gives nil.
    package init?(rfc3339 text: String) {
        var scanner = TimeScanner(text)
        guard let date = scanner.date(), scanner.skip("T") || scanner.skip("t"),
            let time = scanner.clock(), let offset = scanner.offset(), scanner.isAtEnd
        else { return nil }
        milliseconds = date.daysSinceEpoch * 86_400_000 + time - offset
    }

    /// Reads a time as programs print it: RFC 3339, the same with a blank for `T`, before the
    /// offset, or without its colon (Python's `str`, Ruby, Go), `UTC` for an offset, and seconds
    /// since 1970.
    ///
    /// A time without an offset gives nil: its instant is unknown.
    package init?(lenient text: String) {
        if let seconds = Double(text) {
            self.init(epochSeconds: seconds)
            return
        }
        var scanner = TimeScanner(text)
        scanner.skipBlanks()
        guard let date = scanner.date() else { return nil }
        if !scanner.skip("T"), !scanner.skip("t") {
            guard scanner.skip(" ") else { return nil }
            scanner.skipBlanks()
        }
        guard let time = scanner.clock(), let offset = scanner.lenientOffset() else { return nil }
        scanner.skipBlanks()
        guard scanner.isAtEnd else { return nil }
        self.init(milliseconds: date.daysSinceEpoch * 86_400_000 + time - offset)
    }
}
