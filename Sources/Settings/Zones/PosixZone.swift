import Primitives

/// The rule at the end of a TZif file (POSIX TZ, with the extensions of RFC 8536 3.3.1), such as
/// `CET-1CEST,M3.5.0,M10.5.0/3`: it applies after the last transition that the file lists.
struct PosixZone {
    /// A day of each year and a time on it.
    struct Change {
        /// How the day is written.
        enum Day {
            /// `Jn`: 1 to 365, February 29 never counted.
            case julian(Int64)
            /// `n`: 0 to 365, February 29 counted.
            case zeroBased(Int64)
            /// `Mm.w.d`: weekday d (0 = Sunday) of week w of month m, 5 = the last.
            case weekday(month: Int64, week: Int64, day: Int64)
        }

        let day: Day
        /// Seconds after local midnight; may be negative or longer than a day.
        let time: Int
    }

    /// Seconds east of UTC outside daylight-saving time.
    let standard: Int
    private let daylight: (offset: Int, begin: Change, end: Change)?

    /// Reads the rule; nil when it is not of the form.
    init?(_ text: String) {
        var scanner = PosixScanner(text)
        guard scanner.name(), let west = scanner.time() else { return nil }
        standard = -west
        guard !scanner.isAtEnd else {
            daylight = nil
            return
        }
        guard scanner.name() else { return nil }
        var offset = 3600 - west
        if scanner.peek != UInt8(ascii: ",") {
            guard let written = scanner.time() else { return nil }
            offset = -written
        }
        guard scanner.skip(","), let begin = scanner.change(), scanner.skip(","),
            let end = scanner.change(), scanner.isAtEnd
        else { return nil }
        daylight = (offset, begin, end)
    }

    /// The two transitions of a year in order of time; none without daylight-saving time.
    func transitions(year: Int64) -> [(at: Int64, offset: Int)] {
        guard let daylight else { return [] }
        let begin = daylight.begin.seconds(year: year) - Int64(standard)
        let end = daylight.end.seconds(year: year) - Int64(daylight.offset)
        let both = [(at: begin, offset: daylight.offset), (at: end, offset: standard)]
        return both.sorted { $0.at < $1.at }
    }
}

extension PosixZone.Change {
    /// Local seconds since the epoch, as if the offset were zero.
    fileprivate func seconds(year: Int64) -> Int64 {
        days(year: year) * 86_400 + Int64(time)
    }

    private func days(year: Int64) -> Int64 {
        let newYear = firstDay(year: year, month: 1)
        switch day {
        case .zeroBased(let number):
            return newYear + number
        case .julian(let number):
            let isLeap = firstDay(year: year, month: 3) - newYear == 60
            return newYear + number - 1 + (isLeap && number >= 60 ? 1 : 0)
        case .weekday(let month, let week, let day):
            let first = firstDay(year: year, month: month)
            let next =
                month == 12
                ? firstDay(year: year + 1, month: 1) : firstDay(year: year, month: month + 1)
            // 1970-01-01 was a Thursday: weekday 4.
            let weekday = (first + 4).flooredDivision(by: 7).remainder
            var found = first + (day - weekday + 7) % 7 + (week - 1) * 7
            while found >= next { found -= 7 }
            return found
        }
    }

    private func firstDay(year: Int64, month: Int64) -> Int64 {
        CivilDate(year: year, month: month, day: 1)?.daysSinceEpoch ?? 0
    }
}

/// Reads the parts of a POSIX TZ text from the front.
private struct PosixScanner {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        rest = Substring(text).utf8
    }

    var isAtEnd: Bool { rest.isEmpty }
    var peek: UInt8? { rest.first }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let first = rest.first, UInt32(first) == character.value else { return false }
        rest.removeFirst()
        return true
    }

    /// A zone's abbreviation: letters, or anything between angle brackets.
    mutating func name() -> Bool {
        if skip("<") {
            while let next = rest.popFirst(), next != UInt8(ascii: ">") {}
            return true
        }
        var count = 0
        while let byte = rest.first, byte | 0x20 >= UInt8(ascii: "a"),
            byte | 0x20 <= UInt8(ascii: "z")
        {
            rest.removeFirst()
            count += 1
        }
        return count >= 3
    }

    /// `[+-]hh[:mm[:ss]]` in seconds, up to 167 hours.
    mutating func time() -> Int? {
        let sign = skip("-") ? -1 : 1
        if sign == 1 { _ = skip("+") }
        guard let hours = number(most: 167) else { return nil }
        var seconds = hours * 3600
        if skip(":") {
            guard let minutes = number(most: 59) else { return nil }
            seconds += minutes * 60
            if skip(":") {
                guard let rest = number(most: 59) else { return nil }
                seconds += rest
            }
        }
        return sign * seconds
    }

    mutating func change() -> PosixZone.Change? {
        guard let day = day() else { return nil }
        guard skip("/") else { return PosixZone.Change(day: day, time: 7200) }
        guard let time = time() else { return nil }
        return PosixZone.Change(day: day, time: time)
    }

    private mutating func day() -> PosixZone.Change.Day? {
        if skip("J") {
            guard let number = number(most: 365), number > 0 else { return nil }
            return .julian(Int64(number))
        }
        if skip("M") {
            guard let month = number(most: 12), month > 0, skip("."),
                let week = number(most: 5), week > 0, skip("."), let day = number(most: 6)
            else { return nil }
            return .weekday(month: Int64(month), week: Int64(week), day: Int64(day))
        }
        return number(most: 365).map { .zeroBased(Int64($0)) }
    }

    private mutating func number(most: Int) -> Int? {
        var value = 0
        var count = 0
        while let byte = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte),
            count < 3
        {
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
            count += 1
            rest.removeFirst()
        }
        return count > 0 && value <= most ? value : nil
    }
}
