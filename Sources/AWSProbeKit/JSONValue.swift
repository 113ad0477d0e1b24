import FoundationEssentials

/// Any JSON value.
package enum JSONValue: Hashable, Sendable, Codable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number.
    case number(Double)
    /// A text.
    case string(String)
    /// A list.
    case array([JSONValue])
    /// Members by name.
    case object([String: JSONValue])

    /// Reads a whole document.
    ///
    /// - Throws: The decoder's error when it is not JSON.
    package init(parsing bytes: [UInt8]) throws {
        self = try JSONDecoder().decode(JSONValue.self, from: Data(bytes))
    }

    package init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
            return
        }
        if let container = JSONValue.attempt({ try value.decode([String: JSONValue].self) }) {
            self = .object(container)
        } else if let list = JSONValue.attempt({ try value.decode([JSONValue].self) }) {
            self = .array(list)
        } else if let text = JSONValue.attempt({ try value.decode(String.self) }) {
            self = .string(text)
        } else if let flag = JSONValue.attempt({ try value.decode(Bool.self) }) {
            self = .bool(flag)
        } else {
            self = .number(try value.decode(Double.self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let flag): try container.encode(flag)
        case .number(let number):
            if let whole = Int(exactly: number) {
                try container.encode(whole)
            } else {
                try container.encode(number)
            }
        case .string(let text): try container.encode(text)
        case .array(let list): try container.encode(list)
        case .object(let members): try container.encode(members)
        }
    }

    /// The document in one line, members in order of their names.
    package var line: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        } catch {
            return #"{"error":"not representable"}"#
        }
    }

    /// A member of an object; nil for anything else and for null.
    package subscript(_ name: String) -> JSONValue? {
        guard case .object(let members) = self, let value = members[name], value != .null else {
            return nil
        }
        return value
    }

    /// The text of a string.
    package var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// The text of the first of these members that has one.
    func text(of names: String...) -> String? {
        names.lazy.compactMap { self[$0]?.text }.first
    }

    /// The elements of a list.
    package var elements: [JSONValue]? {
        guard case .array(let list) = self else { return nil }
        return list
    }

    /// The members of an object.
    package var members: [String: JSONValue]? {
        guard case .object(let members) = self else { return nil }
        return members
    }

    /// The value of a number.
    package var number: Double? {
        guard case .number(let number) = self else { return nil }
        return number
    }

    /// The value of a flag.
    package var flag: Bool? {
        guard case .bool(let flag) = self else { return nil }
        return flag
    }

    /// The result of a decoding that may be of another type.
    private static func attempt<Value>(_ decode: () throws -> Value) -> Value? {
        do { return try decode() } catch { return nil }
    }
}
