/// A JSON value of a file, with the offset of its first byte.
struct InputValue {
    /// The content of the value.
    indirect enum Content {
        case object([(key: String, value: InputValue)])
        case list([InputValue])
        case text(String)
        case number(String)
        /// true, false or null.
        case word
    }

    let content: Content
    let offset: Int

    /// A member of an object, the last of several of one name.
    subscript(key: String) -> InputValue? {
        guard case .object(let members) = content else { return nil }
        return members.last { $0.key == key }?.value
    }

    /// The text of a string.
    var text: String? {
        if case .text(let text) = content { text } else { nil }
    }

    /// The elements of a list.
    var list: [InputValue]? {
        if case .list(let values) = content { values } else { nil }
    }

    /// The names of an object's members.
    var names: [String]? {
        if case .object(let members) = content { members.map(\.key) } else { nil }
    }
}

/// A line and a column of a file, both from 1; columns count characters.
struct InputPlace: Hashable, CustomStringConvertible {
    let line: Int
    let column: Int

    /// The position of a byte in a text of UTF-8.
    init(of offset: Int, in bytes: [UInt8]) {
        let before = bytes.prefix(max(0, offset))
        let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        line = before.count { $0 == 0x0A } + 1
        column = before[start...].count { $0 & 0xC0 != 0x80 } + 1
    }

    var description: String { "\(line):\(column)" }
}

/// Where a text stops being JSON, and why.
struct InputValueError: Error {
    let place: InputPlace
    let problem: String
}

/// Reads JSON (RFC 8259) with the position of every value.
struct InputReader {
    /// The deepest nesting; AWS's answers have about ten levels.
    private static let deepest = 100

    private let bytes: [UInt8]
    private var at = 0
    private var depth = 0

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The only value of a text of UTF-8.
    static func read(_ bytes: [UInt8]) throws(InputValueError) -> InputValue {
        var reader = InputReader(bytes)
        reader.skipBlanks()
        let value = try reader.value()
        reader.skipBlanks()
        guard reader.at == bytes.count else {
            throw reader.error("a second value begins; a file contains one answer")
        }
        return value
    }

    private var byte: UInt8 { at < bytes.count ? bytes[at] : 0 }

    private func error(_ problem: String) -> InputValueError {
        InputValueError(place: InputPlace(of: at, in: bytes), problem: problem)
    }

    /// The error for the current byte.
    private func unexpected(_ expected: String) -> InputValueError {
        guard at < bytes.count else { return error("the file ends here; expected \(expected)") }
        if byte == UInt8(ascii: "'") {
            return error("a quote ' that JSON does not have; Python prints it: use json.dumps")
        }
        let rest = String(decoding: bytes[at...].prefix(12), as: UTF8.self)
        let shown = rest.prefix { !$0.isNewline }.prefix(8)
        return error("\"\(shown)\" is not JSON here; expected \(expected)")
    }

    private mutating func skipBlanks() {
        while byte == 0x20 || (0x09...0x0D).contains(byte) && byte != 0x0B && byte != 0x0C {
            at += 1
        }
    }

    private mutating func value() throws(InputValueError) -> InputValue {
        let start = at
        switch byte {
        case UInt8(ascii: "{"): return InputValue(content: try object(), offset: start)
        case UInt8(ascii: "["): return InputValue(content: try list(), offset: start)
        case UInt8(ascii: "\""): return InputValue(content: .text(try string()), offset: start)
        case UInt8(ascii: "-"), 0x30...0x39:
            return InputValue(content: .number(try number()), offset: start)
        case _:
            for word in ["true", "false", "null"] where bytes[at...].starts(with: word.utf8) {
                at += word.utf8.count
                return InputValue(content: .word, offset: start)
            }
            throw unexpected("a value")
        }
    }

    private mutating func enter() throws(InputValueError) {
        depth += 1
        guard depth <= InputReader.deepest else { throw error("is nested too deep") }
        at += 1
        skipBlanks()
    }

    /// Passes the comma before the next item, or the closing byte; whether an item follows.
    private mutating func more(_ closing: UInt8, isFirst: Bool) throws(InputValueError) -> Bool {
        skipBlanks()
        if byte == closing {
            at += 1
            depth -= 1
            return false
        }
        guard !isFirst else { return true }
        guard byte == UInt8(ascii: ",") else { throw unexpected("a comma or the end of the value") }
        at += 1
        skipBlanks()
        guard byte != closing else {
            throw error("a comma before the end, which JSON does not have")
        }
        return true
    }

    private mutating func object() throws(InputValueError) -> InputValue.Content {
        try enter()
        var members: [(key: String, value: InputValue)] = []
        while try more(UInt8(ascii: "}"), isFirst: members.isEmpty) {
            guard byte == UInt8(ascii: "\"") else { throw unexpected("a name in double quotes") }
            let key = try string()
            skipBlanks()
            guard byte == UInt8(ascii: ":") else { throw unexpected("a colon") }
            at += 1
            skipBlanks()
            members.append((key, try value()))
        }
        return .object(members)
    }

    private mutating func list() throws(InputValueError) -> InputValue.Content {
        try enter()
        var values: [InputValue] = []
        while try more(UInt8(ascii: "]"), isFirst: values.isEmpty) { values.append(try value()) }
        return .list(values)
    }

    private mutating func number() throws(InputValueError) -> String {
        let start = at
        while byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: ".")
            || byte | 0x20 == UInt8(ascii: "e") || (0x30...0x39).contains(byte)
        {
            at += 1
        }
        let text = String(decoding: bytes[start..<at], as: UTF8.self)
        guard Double(text) != nil else {
            at = start
            throw unexpected("a number")
        }
        return text
    }

    private mutating func string() throws(InputValueError) -> String {
        at += 1
        var text: [UInt8] = []
        while byte != UInt8(ascii: "\"") {
            guard at < bytes.count else { throw error("the file ends inside a string") }
            guard byte >= 0x20 else { throw error("a line break or control character in a string") }
            if byte == UInt8(ascii: "\\") {
                text += try escape()
            } else {
                text.append(byte)
                at += 1
            }
        }
        at += 1
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func escape() throws(InputValueError) -> [UInt8] {
        at += 1
        let letter = byte
        let plain: [UInt8: UInt8] = [
            UInt8(ascii: "\""): 0x22, UInt8(ascii: "\\"): 0x5C, UInt8(ascii: "/"): 0x2F,
            UInt8(ascii: "b"): 0x08, UInt8(ascii: "f"): 0x0C, UInt8(ascii: "n"): 0x0A,
            UInt8(ascii: "r"): 0x0D, UInt8(ascii: "t"): 0x09,
        ]
        if let found = plain[letter] {
            at += 1
            return [found]
        }
        guard letter == UInt8(ascii: "u") else { throw unexpected("a JSON escape") }
        var units = [try unit()]
        if UTF16.isLeadSurrogate(units[0]), bytes[at...].starts(with: [0x5C, 0x75]) {
            at += 1
            units.append(try unit())
        }
        return Array(String(decoding: units, as: UTF16.self).utf8)
    }

    /// The four digits behind `u`.
    private mutating func unit() throws(InputValueError) -> UInt16 {
        let digits = String(decoding: bytes[at...].dropFirst().prefix(4), as: UTF8.self)
        guard digits.utf8.count == 4, let unit = UInt16(digits, radix: 16) else {
            throw unexpected("four hex digits after \\u")
        }
        at += 5
        return unit
    }
}
