import WireFormats

/// An enumeration that AWS may extend: an unknown value keeps its text.
package protocol WireEnum: Hashable, Sendable, Decodable, CustomStringConvertible {
    /// The known values by AWS's names.
    static var known: [String: Self] { get }
    /// A value that this program does not know.
    static func unknown(_ text: String) -> Self
}

extension WireEnum {
    /// The value of AWS's name.
    package init(wire text: String) {
        self = Self.known[text] ?? .unknown(text)
    }

    package init(from decoder: any Decoder) throws {
        self.init(wire: try decoder.singleValueContainer().decode(String.self))
    }

    /// AWS's name, of unknown values, too.
    package var description: String {
        if let name = Self.known.first(where: { $0.value == self })?.key { return name }
        // Only `unknown` has a value: the text that AWS sent.
        let payload = Mirror(reflecting: self).children.first?.value
        return payload as? String ?? "unknown"
    }
}

extension JSONReader {
    /// Reads a value of an enumeration.
    mutating func name<Value: WireEnum>(of: Value.Type = Value.self) throws(UnusualJSONError)
        -> Value
    {
        Value(wire: try string())
    }
}
