/// Reads the parts of an RFC 3339 text from the front.
struct TimeScanner {
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
