package import Primitives

extension WallTime {
    /// Reads the date form of HTTP headers: `Mon, 23 Nov 2026 01:02:03 GMT` (RFC 9110, 5.6.7).
    ///
    /// The obsolete forms and anything else give nil. The day of the week is not compared.
    package init?(httpDate text: String) {
        let bytes = text.utf8.span
        guard bytes.count == 29, bytes.has(", ", at: 3), bytes.has(" ", at: 7),
            bytes.has(" ", at: 11), bytes.has(" ", at: 16), bytes.has(":", at: 19),
            bytes.has(":", at: 22), bytes.has(" GMT", at: 25),
            let month = monthNames.firstIndex(where: { bytes.has($0, at: 8) }),
            let day = bytes.number(at: 5, digits: 2), let year = bytes.number(at: 12, digits: 4),
            let date = CivilDate(year: year, month: Int64(month) + 1, day: day),
            let hour = bytes.number(at: 17, digits: 2), hour < 24,
            let minute = bytes.number(at: 20, digits: 2), minute < 60,
            // A leap second is counted as the next minute's first.
            let second = bytes.number(at: 23, digits: 2), second < 61
        else { return nil }
        let seconds = date.daysSinceEpoch * 86_400 + hour * 3600 + minute * 60 + second
        self.init(milliseconds: seconds * 1000)
    }
}

private let monthNames = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
]

extension Span<UInt8> {
    /// Whether `text` is at a position.
    fileprivate func has(_ text: String, at place: Int) -> Bool {
        let expected = text.utf8.span
        for index in expected.indices where self[place + index] != expected[index] { return false }
        return true
    }

    /// The number whose digits are at a position.
    fileprivate func number(at place: Int, digits: Int) -> Int64? {
        var value: Int64 = 0
        for index in place..<(place + digits) {
            guard (0x30...0x39).contains(self[index]) else { return nil }
            value = value * 10 + Int64(self[index] - 0x30)
        }
        return value
    }
}
