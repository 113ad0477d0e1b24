/// The type of a plain scalar by the core schema of YAML 1.2.
///
/// So `no`, `off`, `on`, `1:30` and dates are text, as they would have to be in JSON.
package enum PlainScalar: Sendable {
    /// `null`, `~` or nothing.
    case null
    /// `true` or `false`, also capitalised.
    case boolean(Bool)
    /// A decimal number without a point; nil when it is past 64 bits.
    case integer(Int?)
    /// Any other number; never "not a number".
    case float(Double)
    /// All else.
    case text(String)

    /// Types the text of a plain scalar.
    package init(_ text: String) {
        switch text {
        case "", "~", "null", "Null", "NULL":
            self = .null
        case "true", "True", "TRUE":
            self = .boolean(true)
        case "false", "False", "FALSE":
            self = .boolean(false)
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF":
            self = .float(.infinity)
        case "-.inf", "-.Inf", "-.INF", ".nan", ".NaN", ".NAN":
            // A negative limit excludes both.
            self = .float(-.infinity)
        case _:
            self = PlainScalar.number(text) ?? .text(text)
        }
    }

    /// `[-+]?[0-9]+`, `0o[0-7]+`, `0x[0-9a-fA-F]+`, or
    /// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`.
    private static func number(_ text: String) -> PlainScalar? {
        var rest = Substring(text).utf8
        if text.hasPrefix("0x") { return based(text.dropFirst(2), radix: 16) }
        if text.hasPrefix("0o") { return based(text.dropFirst(2), radix: 8) }
        if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
            rest.removeFirst()
        }
        let whole = digits(&rest)
        if whole > 0, rest.isEmpty { return .integer(Int(text)) }
        var fraction = 0
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            fraction = digits(&rest)
        }
        guard whole + fraction > 0 else { return nil }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest.removeFirst()
            if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") {
                rest.removeFirst()
            }
            guard digits(&rest) > 0 else { return nil }
        }
        guard rest.isEmpty else { return nil }
        // Swift reads all of these forms but a point without digits on one side of it.
        let sign = text.hasPrefix("-") ? "-" : ""
        let unsigned = text.drop { $0 == "-" || $0 == "+" }
        let padded = (unsigned.hasPrefix(".") ? "0" : "") + unsigned
        let parts = padded.split(separator: ".", omittingEmptySubsequences: false)
        let closed =
            parts.count == 2 && (parts[1].first.map { !$0.isNumber } ?? true)
            ? "\(parts[0]).0\(parts[1])" : padded
        return .float(Double(sign + closed) ?? .infinity)
    }

    private static func based(_ text: Substring, radix: Int) -> PlainScalar? {
        guard !text.isEmpty, text.allSatisfy({ $0.isASCII && $0.isHexDigit }),
            radix == 16 || text.allSatisfy({ $0 < "8" })
        else { return nil }
        return .integer(Int(text, radix: radix))
    }

    private static func digits(_ rest: inout Substring.UTF8View) -> Int {
        var count = 0
        while let byte = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            rest.removeFirst()
            count += 1
        }
        return count
    }
}
