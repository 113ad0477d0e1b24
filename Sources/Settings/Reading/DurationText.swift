/// Reads the durations of the config file: whole numbers with `s`, `m`, `h` or `d`, the larger
/// units first, such as `30s`, `5m`, `1h30m`.
enum DurationText {
    /// Why a text is no duration.
    enum ReadingError: Error, Hashable {
        /// Not of the form.
        case malformed
        /// Below one second.
        case tooShort
        /// Above 366 days.
        case tooLong
    }

    private static let units: [(letter: UInt8, seconds: Int)] = [
        (UInt8(ascii: "d"), 86_400), (UInt8(ascii: "h"), 3600), (UInt8(ascii: "m"), 60),
        (UInt8(ascii: "s"), 1),
    ]
    private static let longest = 366 * 86_400

    static func parse(_ text: String) -> Result<Duration, ReadingError> {
        var rest = Substring(text).utf8
        var allowed = units[...]
        var total = 0
        guard !rest.isEmpty else { return .failure(.malformed) }
        while !rest.isEmpty {
            guard let (number, unit) = part(&rest),
                let index = allowed.firstIndex(where: { $0.letter == unit })
            else { return .failure(.malformed) }
            let (product, overflow) = number.multipliedReportingOverflow(
                by: allowed[index].seconds
            )
            // A sum past the end stays past the end, and the rest is still checked for its form.
            total = overflow ? longest + 1 : min(total + min(product, longest + 1), longest + 1)
            allowed = allowed[(index + 1)...]
        }
        guard total >= 1 else { return .failure(.tooShort) }
        guard total <= longest else { return .failure(.tooLong) }
        return .success(.seconds(total))
    }

    private static func part(_ rest: inout Substring.UTF8View) -> (Int, UInt8)? {
        var number = 0
        var count = 0
        while let byte = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            number = min(number * 10 + Int(byte - UInt8(ascii: "0")), longest * 10)
            count += 1
            rest.removeFirst()
        }
        guard count > 0, let unit = rest.popFirst() else { return nil }
        return (number, unit)
    }
}
