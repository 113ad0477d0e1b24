/// A JSON value as the modelled service reads and writes it.
package indirect enum JSON: Hashable, Sendable {
    /// The literal `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number without fraction or exponent that fits 64 bits.
    case integer(Int64)
    /// Any other number.
    case number(Double)
    /// A string.
    case string(String)
    /// An array.
    case array([JSON])
    /// An object; members are written in the order of their names.
    case object([String: JSON])
    /// A value that was written before, as its text; only a writer takes it.
    case written([UInt8])

    /// The string inside, else nil.
    package var string: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    /// The boolean inside, else nil.
    package var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// The whole number inside, else nil.
    package var integer: Int64? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int64(exactly: value)
        case .null, .bool, .string, .array, .object, .written: nil
        }
    }

    /// The number inside as floating point, else nil.
    package var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        case .null, .bool, .string, .array, .object, .written: nil
        }
    }

    /// The array inside, else nil.
    package var array: [JSON]? {
        guard case .array(let value) = self else { return nil }
        return value
    }

    /// The object inside, else nil.
    package var object: [String: JSON]? {
        guard case .object(let value) = self else { return nil }
        return value
    }

    /// The member of an object; nil for any other value or when the member is absent or null.
    package subscript(key: String) -> JSON? {
        guard case .object(let members) = self, let value = members[key], value != .null else {
            return nil
        }
        return value
    }

    /// The element of an array; nil for any other value or when out of range.
    package subscript(index: Int) -> JSON? {
        guard case .array(let elements) = self, elements.indices.contains(index) else {
            return nil
        }
        return elements[index]
    }

    /// An object of the members that have a value.
    static func members(_ pairs: [(String, JSON?)]) -> JSON {
        var members: [String: JSON] = [:]
        members.reserveCapacity(pairs.count)
        for (name, value) in pairs {
            if let value {
                members[name] = value
            }
        }
        return .object(members)
    }

    /// The compact text in UTF-8; the same value always gives the same bytes.
    package var utf8: [UInt8] {
        var writer = JSONWriter()
        writer.write(self)
        return writer.bytes
    }
}

extension JSON {
    /// A timestamp: epoch seconds with a fraction.
    static func timestamp(_ time: ModelTime) -> JSON {
        .number(time.epochSeconds)
    }

    /// A string, or nil when there is none.
    static func text(_ value: String?) -> JSON? {
        value.map { .string($0) }
    }

    /// An array of the rendered elements.
    static func list<Element>(_ elements: [Element], _ render: (Element) -> JSON) -> JSON {
        .array(elements.map(render))
    }
}

/// Writes JSON text.
struct JSONWriter {
    var bytes: [UInt8] = []

    mutating func write(_ value: JSON) {
        switch value {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
        case .integer(let value): bytes.append(contentsOf: String(value).utf8)
        case .number(let value): bytes.append(contentsOf: Self.numeral(value).utf8)
        case .string(let value): write(string: value)
        case .array(let elements): write(array: elements)
        case .object(let members): write(object: members)
        case .written(let text): bytes.append(contentsOf: text)
        }
    }

    private mutating func write(array elements: [JSON]) {
        bytes.append(UInt8(ascii: "["))
        var isFirst = true
        for element in elements {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            write(element)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func write(object members: [String: JSON]) {
        bytes.append(UInt8(ascii: "{"))
        var isFirst = true
        for (name, member) in members.sorted(by: { $0.key < $1.key }) {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            write(string: name)
            bytes.append(UInt8(ascii: ":"))
            write(member)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private mutating func write(string: String) {
        bytes.append(UInt8(ascii: "\""))
        if Self.isPlain(string) {
            bytes.append(contentsOf: string.utf8)
            bytes.append(UInt8(ascii: "\""))
            return
        }
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "\""): bytes.append(contentsOf: "\\\"".utf8)
            case UInt8(ascii: "\\"): bytes.append(contentsOf: "\\\\".utf8)
            case 0x0A: bytes.append(contentsOf: "\\n".utf8)
            case 0x0D: bytes.append(contentsOf: "\\r".utf8)
            case 0x09: bytes.append(contentsOf: "\\t".utf8)
            case 0..<0x20: bytes.append(contentsOf: Self.escape(byte).utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Whether a string needs no escape; its bytes are read where they lie.
    private static func isPlain(_ string: String) -> Bool {
        let bytes = string.utf8Span.span
        for place in bytes.indices {
            let byte = bytes[place]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                return false
            }
        }
        return true
    }

    private static func escape(_ control: UInt8) -> String {
        let digits = String(control, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }

    /// JSON has no literal for non-finite numbers; the model never produces one.
    private static func numeral(_ value: Double) -> String {
        precondition(value.isFinite, "a number of the model is not finite")
        return value.description
    }
}
