/// The input of an operation, to be written as JSON or as a form.
indirect enum JSONInput: Hashable, Sendable {
    /// A text.
    case text(String)
    /// A whole number.
    case number(Int)
    /// True or false.
    case flag(Bool)
    /// A list.
    case list([JSONInput])
    /// A structure; its members in order.
    case object([Member])

    /// A member of a structure.
    struct Member: Hashable, Sendable {
        let name: String
        let value: JSONInput
    }

    /// A structure without the members that have no value.
    static func members(_ members: [(String, JSONInput?)]) -> JSONInput {
        .object(members.compactMap { name, value in value.map { Member(name: name, value: $0) } })
    }

    /// The input in JSON.
    var json: [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return bytes
    }

    private func write(to bytes: inout [UInt8]) {
        switch self {
        case .text(let text): JSONInput.write(text, to: &bytes)
        case .number(let number): bytes += Array(String(number).utf8)
        case .flag(let flag): bytes += Array((flag ? "true" : "false").utf8)
        case .list(let items):
            bytes.append(UInt8(ascii: "["))
            for (index, item) in items.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                item.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                JSONInput.write(member.name, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.value.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func write(_ text: String, to bytes: inout [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case ..<0x20:
                bytes += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            case _: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// The parameters of AWS Query: members by points, elements as `member.N`.
    ///
    /// https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
    var parameters: [(name: String, value: String)] {
        parameters(named: "")
    }

    private func parameters(named name: String) -> [(name: String, value: String)] {
        switch self {
        case .text(let text): [(name, text)]
        case .number(let number): [(name, String(number))]
        case .flag(let flag): [(name, flag ? "true" : "false")]
        case .list(let items):
            items.enumerated().flatMap { index, item in
                item.parameters(named: "\(name).member.\(index + 1)")
            }
        case .object(let members):
            members.flatMap { member in
                member.value.parameters(named: (name.isEmpty ? "" : name + ".") + member.name)
            }
        }
    }
}

extension JSONInput: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    init(stringLiteral text: String) { self = .text(text) }

    init(integerLiteral number: Int) { self = .number(number) }

    init(booleanLiteral flag: Bool) { self = .flag(flag) }

    init(arrayLiteral items: JSONInput...) { self = .list(items) }

    init(dictionaryLiteral members: (String, JSONInput)...) {
        self = .members(members)
    }
}
