import NIOCore

/// Writes a request as the bytes of one HTTP/1.1 message.
enum RequestWriter {
    /// The head and the body in one buffer, so that one write and one TLS record carry them.
    ///
    /// Only the transport sets length and connection. No part of the request can inject a line.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - target: Path and query.
    ///   - host: The Host header if the request has none.
    /// - Returns: The message's bytes.
    /// - Throws: ``ConnectionError/unusableRequest(_:)`` for a part that is not allowed in a head.
    static func message(
        _ request: HTTPRequest,
        target: String,
        host: String
    ) throws(ConnectionError) -> ByteBuffer {
        guard request.method.isToken else { throw .unusableRequest("the method is not a token") }
        guard target.isTarget else { throw .unusableRequest("the URL has more than visible ASCII") }
        var buffer = ByteBuffer()
        buffer.reserveCapacity(size(request) + target.utf8.count + host.utf8.count)
        buffer.writeString(request.method)
        buffer.writeStaticString(" ")
        buffer.writeString(target)
        buffer.writeStaticString(" HTTP/1.1\r\n")
        if request.header("host") == nil { buffer.write("Host", host) }
        for header in request.headers where !isOurs(header.name) {
            guard header.name.isToken else {
                throw .unusableRequest("a header's name is not a token")
            }
            guard header.value.isFieldValue else {
                // Its value may be a secret; its name is not.
                throw .unusableRequest("the header \(header.name) has a control character")
            }
            buffer.write(header.name, header.value)
        }
        if !request.body.isEmpty || (request.method != "GET" && request.method != "HEAD") {
            buffer.write("Content-Length", String(request.body.count))
        }
        buffer.writeStaticString("\r\n")
        buffer.writeBytes(request.body)
        return buffer
    }

    /// Whether only the transport writes the header.
    private static func isOurs(_ name: String) -> Bool {
        name.isEqualIgnoringCase("content-length") || name.isEqualIgnoringCase("transfer-encoding")
            || name.isEqualIgnoringCase("connection")
    }

    /// Roughly how long the message gets.
    private static func size(_ request: HTTPRequest) -> Int {
        request.headers.reduce(80 + request.body.count) {
            $0 + $1.name.utf8.count + $1.value.utf8.count + 4
        }
    }
}

extension ByteBuffer {
    fileprivate mutating func write(_ name: String, _ value: String) {
        writeString(name)
        writeStaticString(": ")
        writeString(value)
        writeStaticString("\r\n")
    }
}

extension String {
    /// Whether it can be a method or a header's name.
    fileprivate var isToken: Bool {
        let bytes = utf8.span
        for index in bytes.indices where !bytes[index].isTokenCharacter { return false }
        return !isEmpty
    }

    /// Whether it can be a header's value: no control character but the tab.
    fileprivate var isFieldValue: Bool {
        let bytes = utf8.span
        var index = 0
        // Visible ASCII and the space, which is nearly all, by one comparison.
        while index < bytes.count, bytes[index] &- 0x20 < 0x5F || !bytes[index].isControl {
            index += 1
        }
        return index == bytes.count
    }

    /// Whether it can be a request's target: visible ASCII.
    fileprivate var isTarget: Bool {
        let bytes = utf8.span
        for index in bytes.indices where !(0x21...0x7E).contains(bytes[index]) { return false }
        return !isEmpty
    }
}
