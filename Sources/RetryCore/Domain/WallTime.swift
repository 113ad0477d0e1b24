/// A time of day in UTC, as AWS timestamps and ledger rows carry it.
///
/// It always comes in as data; nothing in the core reads a clock. Resolution: one millisecond.
package struct WallTime: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Milliseconds since 1970-01-01T00:00:00Z; negative before.
    package let milliseconds: Int64

    /// Makes a time from milliseconds since the Unix epoch.
    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Makes a time from epoch seconds with a fraction, the form of awsJson1_1 timestamps.
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
        let clock = [ofDay / 3_600_000, ofDay / 60_000 % 60, ofDay / 1000 % 60]
            .map { padded($0, to: 2) }
            .joined(separator: ":")
        return "\(date)T\(clock).\(padded(ofDay % 1000, to: 3))Z"
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
    /// A time without an offset gives nil: nobody knows which moment it is.
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

/// A date of the proleptic Gregorian calendar.
package struct CivilDate: Hashable, Sendable, CustomStringConvertible {
    /// The year; 1 to 9999 for every time that this program writes.
    package let year: Int64
    /// The month, 1 to 12.
    package let month: Int64
    /// The day of the month, 1 to 31.
    package let day: Int64

    /// Makes a date when it exists in the calendar.
    package init?(year: Int64, month: Int64, day: Int64) {
        guard (0...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= CivilDate.length(ofMonth: month, year: year)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// Makes the date that lies so many days after 1970-01-01.
    ///
    /// The algorithm counts years from March, so that the leap day is the last of its year
    /// (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    package init(daysSinceEpoch: Int64) {
        let shifted = daysSinceEpoch + 719_468
        let (era, dayOfEra) = shifted.flooredDivision(by: 146_097)
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Days since 1970-01-01; negative before.
    package var daysSinceEpoch: Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = shiftedYear.flooredDivision(by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The form `2026-11-23`.
    package var description: String {
        "\(padded(year, to: 4))-\(padded(month, to: 2))-\(padded(day, to: 2))"
    }

    private static func length(ofMonth month: Int64, year: Int64) -> Int64 {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case _: 31
        }
    }
}

extension Int64 {
    /// Quotient rounded down and the remainder, which is never negative.
    package func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

private func padded(_ number: Int64, to width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}

/// Reads the parts of an RFC 3339 text from the front.
private struct TimeScanner {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        rest = Substring(text).utf8
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let first = rest.first, UInt32(first) == character.value else { return false }
        rest.removeFirst()
        return true
    }

    mutating func date() -> CivilDate? {
        guard let year = number(4), skip("-"), let month = number(2), skip("-"),
            let day = number(2)
        else { return nil }
        return CivilDate(year: year, month: month, day: day)
    }

    /// Milliseconds since midnight.
    mutating func clock() -> Int64? {
        guard let hour = number(2), hour < 24, skip(":"), let minute = number(2), minute < 60,
            skip(":"), let second = number(2), second < 61
        else { return nil }
        let whole = hour * 3_600_000 + minute * 60_000 + second * 1000
        guard skip(".") else { return whole }
        guard let fraction = fractionMilliseconds() else { return nil }
        return whole + fraction
    }

    /// Milliseconds east of UTC.
    mutating func offset() -> Int64? {
        if skip("Z") || skip("z") { return 0 }
        let sign: Int64 = skip("+") ? 1 : -1
        guard sign == 1 || skip("-"), let hour = number(2), hour < 24, skip(":"),
            let minute = number(2), minute < 60
        else { return nil }
        return sign * (hour * 3_600_000 + minute * 60_000)
    }

    /// Milliseconds east of UTC: `Z`, `UTC`, `+hh`, `+hhmm` or `+hh:mm`, which `UTC` may follow.
    mutating func lenientOffset() -> Int64? {
        skipBlanks()
        if skip("Z") || skip("z") || skipUTC() { return 0 }
        let sign: Int64 = skip("+") ? 1 : -1
        guard sign == 1 || skip("-"), let hour = number(2), hour < 24 else { return nil }
        var minute: Int64 = 0
        if skip(":") || rest.first.map({ (48...57).contains($0) }) == true {
            guard let found = number(2), found < 60 else { return nil }
            minute = found
        }
        skipBlanks()
        _ = skipUTC()
        return sign * (hour * 3_600_000 + minute * 60_000)
    }

    mutating func skipBlanks() {
        while skip(" ") {}
    }

    private mutating func skipUTC() -> Bool {
        for name in ["UTC", "GMT"] where rest.starts(with: name.utf8) {
            rest = rest.dropFirst(3)
            return true
        }
        return false
    }

    private mutating func fractionMilliseconds() -> Int64? {
        var digits: [Int64] = []
        while let digit = digit() { digits.append(digit) }
        guard !digits.isEmpty else { return nil }
        return (digits + [0, 0]).prefix(3).reduce(0) { $0 * 10 + $1 }
    }

    private mutating func number(_ width: Int) -> Int64? {
        var value: Int64 = 0
        for _ in 0..<width {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    private mutating func digit() -> Int64? {
        guard let first = rest.first, (48...57).contains(first) else { return nil }
        rest.removeFirst()
        return Int64(first) - 48
    }
}
