import FoundationEssentials

extension JSON: Decodable {
    /// Decodes any JSON value.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
            return
        }
        let readers: [(any SingleValueDecodingContainer) throws -> JSON] = [
            { .string(try $0.decode(String.self)) },
            { .object(try $0.decode([String: JSON].self)) },
            { .array(try $0.decode([JSON].self)) },
            { .bool(try $0.decode(Bool.self)) },
            { JSON(number: try $0.decode(Double.self)) },
        ]
        for reader in readers {
            do {
                self = try reader(container)
                return
            } catch DecodingError.typeMismatch, DecodingError.dataCorrupted {
                continue
            }
        }
        throw DecodingError.dataCorruptedError(
            in: container,
            debugDescription: "not a JSON value"
        )
    }

    /// A whole number that floating point holds exactly counts as one.
    ///
    /// The decoder is never asked for an integer: it treats a fraction as broken JSON.
    private init(number value: Double) {
        guard value.magnitude < 9_007_199_254_740_992, let whole = Int64(exactly: value) else {
            self = .number(value)
            return
        }
        self = .integer(whole)
    }

    /// How deep the values of a request may be nested.
    static let maximumDepth = 64

    /// Reads a request's body; nil when it is not a JSON object, or nested too deeply.
    package static func readObject(_ bytes: [UInt8]) -> JSON? {
        guard !bytes.isEmpty else { return .object([:]) }
        guard depth(bytes) <= maximumDepth else { return nil }
        do {
            let value = try JSONDecoder().decode(JSON.self, from: Data(bytes))
            return value.object == nil ? nil : value
        } catch {
            return nil
        }
    }

    private static func depth(_ bytes: [UInt8]) -> Int {
        var depth = 0
        var deepest = 0
        var inString = false
        var isEscaped = false
        for byte in bytes {
            if inString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    inString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): inString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                deepest = max(deepest, depth)
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
        }
        return deepest
    }
}
