/// A number's parts: its digits without the point, and the position of the point.
struct JSONNumber {
    /// Its position in the document.
    let part: Range<Int>
    let isNegative: Bool
    /// The digits as one number; right while there are no more than 18.
    let digits: UInt64
    let digitCount: Int
    /// How many of the digits are after the point.
    let fraction: Int
    /// The exponent that is written, up to 999.
    let exponent: Int?

    /// The power of ten that belongs to the digits.
    var power: Int { (exponent ?? 0) - fraction }
}

extension JSONReader {
    /// Reads a whole number without point or exponent, of up to 18 digits.
    package mutating func int() throws(UnusualJSONError) -> Int {
        let number = try number()
        guard number.fraction == 0, number.exponent == nil, number.digitCount <= 18
        else { throw UnusualJSONError() }
        return number.isNegative ? -Int(number.digits) : Int(number.digits)
    }

    /// Reads a number as the nearest double.
    package mutating func double() throws(UnusualJSONError) -> Double {
        let number = try number()
        // Both are doubles without rounding, so one operation gives the nearest double.
        if number.digitCount <= 18, number.digits < 1 << 53, abs(number.power) <= 22 {
            let digits = Double(number.digits)
            let power = Double.powersOfTen[abs(number.power)]
            let value = number.power < 0 ? digits / power : digits * power
            return number.isNegative ? -value : value
        }
        guard number.exponent == nil, number.digitCount < 40,
            let value = Double(bytes.text(number.part)), value.isFinite
        else { throw UnusualJSONError() }
        return value
    }

    /// Passes a number (RFC 8259, section 6).
    mutating func number() throws(UnusualJSONError) -> JSONNumber {
        let isNegative = token() == .minus
        let start = place
        if isNegative { place += 1 }
        let first = place
        var digits: UInt64 = 0
        passDigits(&digits)
        var digitCount = place - first
        guard digitCount == 1 || digitCount > 1 && bytes[first] != .zero else {
            throw UnusualJSONError()
        }
        var fraction = 0
        if bytes[place] == .dot {
            place += 1
            let point = place
            passDigits(&digits)
            fraction = place - point
            guard fraction > 0 else { throw UnusualJSONError() }
            digitCount += fraction
        }
        let exponent = bytes[place] | 0x20 == .letterE ? try passExponent() : nil
        // A number, but not for every decoder: Foundation's rejects `0e2`.
        guard exponent == nil || fraction > 0 || digits > 0 else { throw UnusualJSONError() }
        return JSONNumber(
            part: start..<place,
            isNegative: isNegative,
            digits: digits,
            digitCount: digitCount,
            fraction: fraction,
            exponent: exponent
        )
    }

    private mutating func passExponent() throws(UnusualJSONError) -> Int {
        place += 1
        let isNegative = bytes[place] == .minus
        if isNegative || bytes[place] == .plus { place += 1 }
        let first = place
        var digits: UInt64 = 0
        passDigits(&digits)
        guard (1...3).contains(place - first) else { throw UnusualJSONError() }
        return isNegative ? -Int(digits) : Int(digits)
    }

    /// Passes digits, adding them to a number that may overflow.
    @inline(__always)
    private mutating func passDigits(_ number: inout UInt64) {
        while true {
            let digit = bytes[place] &- .zero
            guard digit < 10 else { return }
            number = number &* 10 &+ UInt64(digit)
            place += 1
        }
    }
}

extension Double {
    /// The powers of ten that a double represents without rounding.
    fileprivate static let powersOfTen: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]
}
