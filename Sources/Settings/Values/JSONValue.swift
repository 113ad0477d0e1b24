import Primitives

/// A JSON value whose objects keep their order, so that the same settings give the same text.
package indirect enum JSONValue: Hashable, Sendable {
    /// A member of an object.
    package struct Member: Hashable, Sendable {
        /// The member's name.
        package let name: String
        /// The member's value.
        package let value: JSONValue
    }

    /// Nothing.
    case null
    /// True or false.
    case boolean(Bool)
    /// A whole number.
    case integer(Int)
    /// Another number; one that is not finite is written as null.
    case number(Double)
    /// A text.
    case string(String)
    /// A list.
    case array([JSONValue])
    /// An object in its order.
    case object([Member])

    /// An object of pairs.
    static func object(_ pairs: KeyValuePairs<String, JSONValue>) -> JSONValue {
        .object(pairs.map { Member(name: $0.key, value: $0.value) })
    }

    /// A text, or null.
    static func optional(_ text: String?) -> JSONValue {
        text.map { .string($0) } ?? .null
    }

    /// A list of texts.
    static func strings(_ texts: [String]) -> JSONValue {
        .array(texts.map { .string($0) })
    }

    /// The JSON text, two spaces for each level, without a line end.
    package var text: String {
        var text = ""
        write(to: &text, indent: "")
        return text
    }

    private func write(to text: inout String, indent: String) {
        switch self {
        case .null: text += "null"
        case .boolean(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        case .number(let value): text += JSONValue.number(value)
        case .string(let value): text += JSONValue.quoted(value)
        case .array(let items):
            JSONValue.list(items, "[", "]", to: &text, indent: indent) { item, text, inner in
                item.write(to: &text, indent: inner)
            }
        case .object(let members):
            JSONValue.list(members, "{", "}", to: &text, indent: indent) { member, text, inner in
                text += JSONValue.quoted(member.name) + ": "
                member.value.write(to: &text, indent: inner)
            }
        }
    }

    private static func list<Item>(
        _ items: [Item],
        _ open: String,
        _ close: String,
        to text: inout String,
        indent: String,
        write: (Item, inout String, String) -> Void
    ) {
        guard !items.isEmpty else {
            text += open + close
            return
        }
        let inner = indent + "  "
        text += open
        for (index, item) in items.enumerated() {
            text += (index == 0 ? "\n" : ",\n") + inner
            write(item, &text, inner)
        }
        text += "\n" + indent + close
    }

    private static func number(_ value: Double) -> String {
        guard value.isFinite else { return "null" }
        guard value == value.rounded(), abs(value) < 1e15 else { return "\(value)" }
        return String(Int(value))
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            case _: quoted.unicodeScalars.append(scalar)
            }
        }
        return (quoted + "\"").asSafeJSON
    }
}
