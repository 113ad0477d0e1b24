/// Reads `250ms`, `2s`, `1.5s`, `5m`, `2h` and `1d`; nil for anything else.
func parseDuration(_ text: String) -> Duration? {
    let units: [(String, Double)] = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]
    guard let (unit, scale) = units.first(where: { text.hasSuffix($0.0) }) else { return nil }
    let number = text.dropLast(unit.count)
    let allowed = number.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E }
    guard allowed, let value = Double(number), value * scale <= 1e12 else { return nil }
    return .milliseconds(Int64((value * scale).rounded()))
}

/// Reads RFC 3339 in UTC, such as `2026-11-23T01:02:03Z`; nil for anything else.
func parseTime(_ text: String) -> ModelTime? {
    let bytes = Array(text.utf8)
    guard bytes.count == 20, bytes[10] == UInt8(ascii: "T"), bytes[19] == UInt8(ascii: "Z"),
        bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
        bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":")
    else { return nil }
    return time(bytes, dateEnds: (4, 5, 7, 8, 10), clock: (11, 14, 17))
}

/// Reads the basic form of SigV4, such as `20261123T010203Z`; nil for anything else.
func parseBasicTime(_ text: String) -> ModelTime? {
    let bytes = Array(text.utf8)
    guard bytes.count == 16, bytes[8] == UInt8(ascii: "T"), bytes[15] == UInt8(ascii: "Z") else {
        return nil
    }
    return time(bytes, dateEnds: (4, 4, 6, 6, 8), clock: (9, 11, 13))
}

private func time(
    _ bytes: [UInt8],
    dateEnds: (Int, Int, Int, Int, Int),
    clock: (Int, Int, Int)
) -> ModelTime? {
    guard let year = digits(bytes[0..<dateEnds.0]),
        let month = digits(bytes[dateEnds.1..<dateEnds.2]), (1...12).contains(month),
        let day = digits(bytes[dateEnds.3..<dateEnds.4]), (1...31).contains(day),
        let hour = digits(bytes[clock.0..<clock.0 + 2]), hour < 24,
        let minute = digits(bytes[clock.1..<clock.1 + 2]), minute < 60,
        let second = digits(bytes[clock.2..<clock.2 + 2]), second < 60
    else { return nil }
    let days = daysSinceEpoch(year: year, month: month, day: day)
    return ModelTime(milliseconds: Int64(((days * 24 + hour) * 60 + minute) * 60 + second) * 1000)
}

private func digits(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard bytes.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return bytes.reduce(0) { $0 * 10 + Int($1 - 0x30) }
}

/// Days from 1970-01-01 in the proleptic Gregorian calendar.
///
/// Source: Howard Hinnant, "chrono-compatible low-level date algorithms", days_from_civil.
private func daysSinceEpoch(year: Int, month: Int, day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
}

/// A time taken apart for the Date header, SigV4 and logs.
struct CivilTime {
    let year: Int
    let month: Int
    let day: Int
    let weekday: Int
    let hour: Int
    let minute: Int
    let second: Int
    let millisecond: Int

    /// Source: days_from_civil's inverse, civil_from_days.
    init(_ time: ModelTime) {
        let dayLength: Int64 = 86_400_000
        let offset = time.milliseconds % dayLength
        let inDay = Int(offset < 0 ? offset + dayLength : offset)
        let days = Int((time.milliseconds - Int64(inDay)) / dayLength)
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        weekday = ((days + 4) % 7 + 7) % 7
        hour = inDay / 3_600_000
        minute = inDay / 60_000 % 60
        second = inDay / 1000 % 60
        millisecond = inDay % 1000
    }

    /// `20261123T010203Z`, the form of SigV4.
    var basic: String {
        "\(pad(year, 4))\(pad(month))\(pad(day))T\(pad(hour))\(pad(minute))\(pad(second))Z"
    }

    /// `2026-11-23T01:02:03.004Z`.
    var extended: String {
        "\(pad(year, 4))-\(pad(month))-\(pad(day))T\(pad(hour)):\(pad(minute)):\(pad(second))"
            + ".\(pad(millisecond, 3))Z"
    }

    /// `Mon, 23 Nov 2026 01:02:03 GMT`, the form of the Date header (RFC 9110).
    var httpDate: String {
        let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        return "\(weekdays[weekday]), \(pad(day)) \(months[month - 1]) \(pad(year, 4)) "
            + "\(pad(hour)):\(pad(minute)):\(pad(second)) GMT"
    }

    private func pad(_ value: Int, _ width: Int = 2) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
}
