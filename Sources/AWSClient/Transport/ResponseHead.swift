import NIOCore

/// The status line and the headers of an answer, and their effect on the connection.
struct ResponseHead {
    private(set) var status = 0
    private(set) var headers: [HTTPHeader] = []
    /// The one Content-Length; nil where there is none.
    private(set) var contentLength: Int?
    /// Whether Transfer-Encoding is `chunked`.
    private(set) var isChunked = false
    /// Whether the server keeps the connection: HTTP/1.1 without `Connection: close`.
    private(set) var isPersistent = false

    /// An empty head, to be filled.
    init() {}

    /// Reads a head that ends with its blank line.
    ///
    /// - Parameters:
    ///   - buffer: The bytes; they are not consumed.
    ///   - length: The length of the head.
    /// - Throws: ``ResponseError`` when they are not a head or leave the answer's end ambiguous.
    init(_ buffer: ByteBuffer, length: Int) throws(ResponseError) {
        let bytes = buffer.readableBytesUInt8Span
        var start = try readStatusLine(bytes)
        headers.reserveCapacity(16)
        // The last line is blank: CR LF.
        while start < length - 2 {
            let line = try HeaderLine(bytes, from: start)
            let name = buffer.text(line.name)
            let value = buffer.text(line.value)
            headers.append(HTTPHeader(name, value))
            try noteFraming(name, value)
            start = line.next
        }
        guard !isChunked || contentLength == nil else {
            throw .malformed("both a length and chunks")
        }
    }

    /// Reads `HTTP/1.1 200 OK`; returns the position of the next line.
    private mutating func readStatusLine(_ bytes: borrowing Span<UInt8>) throws(ResponseError)
        -> Int
    {
        // The head ends with CR LF CR LF, so these positions exist once the prefix matches.
        let prefix = Array("HTTP/1.".utf8)
        guard bytes.count > 14 else { throw .malformed("no status line") }
        for (index, byte) in prefix.enumerated() where bytes[index] != byte {
            throw .malformed("no status line")
        }
        guard bytes[7] == UInt8(ascii: "0") || bytes[7] == UInt8(ascii: "1"),
            bytes[8] == UInt8(ascii: " "),
            bytes[12] == UInt8(ascii: " ") || bytes[12] == UInt8(ascii: "\r")
        else { throw .malformed("no status line") }
        for index in 9..<12 {
            guard let digit = bytes[index].decimalDigit else {
                throw .malformed("a status that is not a number")
            }
            status = status * 10 + digit
        }
        guard status >= 100 else { throw .malformed("a status that is not a number") }
        isPersistent = bytes[7] == UInt8(ascii: "1")
        return try HeaderLine.end(of: bytes, from: 12) + 2
    }

    /// Keeps the headers that determine where the body ends and whether the connection stays open.
    private mutating func noteFraming(_ name: String, _ value: String) throws(ResponseError) {
        if name.isEqualIgnoringCase("content-length") {
            guard contentLength == nil, (1...15).contains(value.utf8.count) else {
                throw .malformed("two lengths or one out of range")
            }
            var length = 0
            for byte in value.utf8 {
                guard let digit = byte.decimalDigit else {
                    throw .malformed("a length that is not a number")
                }
                length = length * 10 + digit
            }
            contentLength = length
        } else if name.isEqualIgnoringCase("transfer-encoding") {
            guard !isChunked, value.isEqualIgnoringCase("chunked") else {
                throw .malformed("a transfer coding other than chunked")
            }
            isChunked = true
        } else if name.isEqualIgnoringCase("connection"), !value.isEqualIgnoringCase("keep-alive") {
            let options = value.split { $0 == "," || $0 == " " || $0 == "\t" }
            if options.contains(where: { $0.lowercased() == "close" }) { isPersistent = false }
        }
    }
}

/// The positions of the name and the value of one header line.
private struct HeaderLine {
    let name: Range<Int>
    let value: Range<Int>
    let next: Int

    init(_ bytes: borrowing Span<UInt8>, from start: Int) throws(ResponseError) {
        var colon = start
        while colon < bytes.count, bytes[colon].isTokenCharacter { colon += 1 }
        guard colon > start, colon < bytes.count, bytes[colon] == UInt8(ascii: ":") else {
            throw .malformed("a header without a name")
        }
        var end = try HeaderLine.end(of: bytes, from: colon)
        next = end + 2
        var first = colon + 1
        while first < end, bytes[first].isBlank { first += 1 }
        while end > first, bytes[end - 1].isBlank { end -= 1 }
        name = start..<colon
        value = first..<end
    }

    /// The position of the CR LF that ends a line of printable text.
    static func end(of bytes: borrowing Span<UInt8>, from start: Int) throws(ResponseError) -> Int {
        var index = start
        while index < bytes.count, !bytes[index].isControl { index += 1 }
        guard index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\r"),
            bytes[index + 1] == UInt8(ascii: "\n")
        else { throw .malformed("a control character in the head") }
        return index
    }
}

extension ByteBuffer {
    /// The text at a position found in the readable bytes.
    fileprivate func text(_ range: Range<Int>) -> String {
        getString(at: readerIndex + range.lowerBound, length: range.count) ?? ""
    }
}

extension UInt8 {
    fileprivate var isBlank: Bool { self == 0x20 || self == 0x09 }

    fileprivate var decimalDigit: Int? {
        (0x30...0x39).contains(self) ? Int(self) - 0x30 : nil
    }
}
