/// Splits a document into tags and text, one at a time.
struct XMLReader {
    /// One piece of a document.
    enum Token: Hashable {
        case start(name: String, isEmpty: Bool)
        case end(name: String)
        case text(String)
    }

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The next tag or text; nil at the end.
    mutating func next() throws(XMLError) -> Token? {
        while position < bytes.count {
            guard bytes[position] == UInt8(ascii: "<") else { return try text() }
            if skip("<?") {
                _ = try take(upTo: "?>")
            } else if skip("<!--") {
                _ = try take(upTo: "-->")
            } else if skip("<![CDATA[") {
                return .text(String(decoding: try take(upTo: "]]>"), as: UTF8.self))
            } else if skip("<!") {
                throw XMLError("a document type is not accepted")
            } else {
                return try tag()
            }
        }
        return nil
    }

    private mutating func tag() throws(XMLError) -> Token {
        position += 1
        let isEnd = skip("/")
        let start = position
        while let byte = peek, !XMLReader.endsName(byte) { position += 1 }
        let name = String(decoding: bytes[start..<position], as: UTF8.self)
        guard !name.isEmpty else { throw XMLError("a tag has no name") }
        let isEmpty = try skipAttributes()
        let local = name.split(separator: ":").last.map(String.init) ?? name
        return isEnd ? .end(name: local) : .start(name: local, isEmpty: isEmpty)
    }

    /// Skips attributes to the end of the tag; true when it closes itself.
    private mutating func skipAttributes() throws(XMLError) -> Bool {
        var quote: UInt8?
        var last: UInt8 = 0
        while let byte = peek {
            position += 1
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: ">") {
                return last == UInt8(ascii: "/")
            }
            last = byte
        }
        throw XMLError("a tag is cut")
    }

    private mutating func text() throws(XMLError) -> Token {
        var out: [UInt8] = []
        while let byte = peek, byte != UInt8(ascii: "<") {
            position += 1
            if byte == UInt8(ascii: "&") {
                out += try reference()
            } else {
                out.append(byte)
            }
        }
        return .text(String(decoding: out, as: UTF8.self))
    }

    /// The text between an ampersand and its semicolon.
    private mutating func reference() throws(XMLError) -> [UInt8] {
        guard let end = bytes[position...].prefix(10).firstIndex(of: UInt8(ascii: ";")) else {
            throw XMLError("a reference is cut")
        }
        let name = String(decoding: bytes[position..<end], as: UTF8.self)
        position = end + 1
        if let known = XMLReader.entities[name] { return [known] }
        let number =
            name.hasPrefix("#x")
            ? UInt32(name.dropFirst(2), radix: 16)
            : name.hasPrefix("#") ? UInt32(name.dropFirst()) : nil
        guard let number, let scalar = Unicode.Scalar(number) else {
            throw XMLError("&\(name); is unknown")
        }
        return Array(String(Character(scalar)).utf8)
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skip(_ text: String) -> Bool {
        guard bytes[position...].starts(with: text.utf8) else { return false }
        position += text.utf8.count
        return true
    }

    private mutating func take(upTo end: String) throws(XMLError) -> ArraySlice<UInt8> {
        let start = position
        while position < bytes.count {
            let here = position
            if skip(end) { return bytes[start..<here] }
            position += 1
        }
        throw XMLError("\(end) is missing")
    }

    private static func endsName(_ byte: UInt8) -> Bool {
        [0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: "/"), UInt8(ascii: ">")].contains(byte)
    }

    private static let entities: [String: UInt8] = [
        "lt": UInt8(ascii: "<"), "gt": UInt8(ascii: ">"), "amp": UInt8(ascii: "&"),
        "quot": UInt8(ascii: "\""), "apos": UInt8(ascii: "'"),
    ]
}
