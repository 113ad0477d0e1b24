package import NIOCore

/// Reads one answer of HTTP/1.0 or 1.1 from a connection's bytes, strictly.
///
/// Anything that another reader might interpret differently is rejected instead of guessed: bare
/// line feeds, folded lines, two lengths, a length beside a coding. A reader that disagrees with
/// the server on where an answer ends takes its rest for the next call's answer.
package struct ResponseReader: Sendable {
    /// The part of the answer to read next.
    private enum State {
        case head
        case body(left: Int)
        case chunkSize
        case chunk(left: Int)
        case chunkEnd
        case trailers
        case bodyUntilClose
        case complete
    }

    private let bodyLimit: Int
    private let answersHead: Bool
    private var state = State.head
    private var pending = ByteBuffer()
    /// How many of the pending bytes are known not to contain the end of the head.
    private var scanned = 0
    /// All bytes of heads and trailers so far.
    private var overhead = 0
    /// All bytes of chunk sizes so far.
    private var chunking = 0
    private var head = ResponseHead()
    private var body: [UInt8] = []

    /// Whether the connection may carry another call once the answer is complete.
    package private(set) var keepsConnection = false

    /// The most bytes of heads, interim answers and trailers together; for chunk sizes as many
    /// again, and one for each byte of the body.
    package static let overheadLimit = 64 << 10

    /// Starts an answer.
    ///
    /// - Parameters:
    ///   - bodyLimit: The largest body in bytes.
    ///   - answersHead: Whether the method was HEAD, whose answers have no body.
    package init(bodyLimit: Int, answersHead: Bool = false) {
        self.bodyLimit = bodyLimit
        self.answersHead = answersHead
    }

    /// Whether bytes have come that belong to no answer.
    package var hasLeftover: Bool { pending.readableBytes > 0 }

    /// Takes bytes.
    ///
    /// - Returns: The answer when it is complete.
    package mutating func read(_ bytes: consuming ByteBuffer) throws(ResponseError) -> HTTPResponse?
    {
        if pending.readableBytes == 0 { pending = bytes } else { pending.writeBuffer(&bytes) }
        while try step() { continue }
        // The buffer goes back to the channel; the next write copies a partial line.
        if pending.readableBytes == 0 { pending = ByteBuffer() }
        guard case .complete = state else { return nil }
        return answer
    }

    /// Takes the end of the connection.
    ///
    /// - Returns: The answer if the end of the connection ends it.
    package mutating func end() -> HTTPResponse? {
        guard case .bodyUntilClose = state else { return nil }
        state = .complete
        return answer
    }

    private var answer: HTTPResponse {
        HTTPResponse(status: head.status, headers: head.headers, body: body)
    }

    /// One step; false when it needs more bytes or the answer is complete.
    private mutating func step() throws(ResponseError) -> Bool {
        switch state {
        case .head:
            return try readHead()
        case .body(let left):
            let count = takeBody(upTo: left)
            state = count == left ? .complete : .body(left: left - count)
            return false
        case .chunkSize:
            return try readChunkSize()
        case .chunk(let left):
            let count = takeBody(upTo: left)
            state = count == left ? .chunkEnd : .chunk(left: left - count)
            return count == left
        case .chunkEnd:
            guard let line = try chunkLine() else { return false }
            guard line.isEmpty else { throw .malformed("a chunk longer than its size") }
            state = .chunkSize
            return true
        case .trailers:
            guard let line = try line(\.overhead, limit: Self.overheadLimit) else { return false }
            guard line.isEmpty || ChunkLine.isTrailer(line) else {
                throw .malformed("a trailer that is not a header")
            }
            if line.isEmpty { state = .complete }
            return !line.isEmpty
        case .bodyUntilClose:
            guard body.count + pending.readableBytes <= bodyLimit else {
                throw .tooLarge(limit: bodyLimit)
            }
            _ = takeBody(upTo: pending.readableBytes)
            return false
        case .complete:
            return false
        }
    }

    private mutating func takeBody(upTo left: Int) -> Int {
        let count = min(left, pending.readableBytes)
        guard let slice = pending.readSlice(length: count) else { return 0 }
        body.append(contentsOf: slice.readableBytesView)
        return count
    }

    /// The next whole line without its end.
    ///
    /// - Parameters:
    ///   - spent: The bytes of such lines so far; this line's are added.
    ///   - limit: The most such bytes.
    /// - Returns: The line; nil when it has not come yet.
    /// - Throws: ``ResponseError`` when it is too long or ends otherwise than with CR LF.
    private mutating func line(
        _ spent: WritableKeyPath<ResponseReader, Int>,
        limit: Int
    ) throws(ResponseError) -> [UInt8]? {
        let view = pending.readableBytesView
        guard let end = view.firstIndex(of: UInt8(ascii: "\n")) else {
            guard self[keyPath: spent] + view.count <= limit else { throw .overheadTooLarge }
            return nil
        }
        let length = end - view.startIndex
        self[keyPath: spent] += length + 1
        guard self[keyPath: spent] <= limit else { throw .overheadTooLarge }
        guard let line = pending.readBytes(length: length + 1), length > 0,
            line[length - 1] == UInt8(ascii: "\r")
        else { throw .malformed("a line that does not end in CR LF") }
        return Array(line[..<(length - 1)])
    }
}

extension ResponseReader {
    private mutating func readHead() throws(ResponseError) -> Bool {
        guard let length = try endOfHead() else {
            guard overhead + pending.readableBytes <= Self.overheadLimit else {
                throw .overheadTooLarge
            }
            try checkBeginning()
            scanned = pending.readableBytes
            return false
        }
        overhead += length
        guard overhead <= Self.overheadLimit else { throw .overheadTooLarge }
        head = try ResponseHead(pending, length: length)
        pending.moveReaderIndex(forwardBy: length)
        scanned = 0
        guard head.status != 101 else { throw .malformed("a switch of protocols") }
        guard head.status >= 200 else { return true }
        try beginBody()
        return true
    }

    /// Rejects bytes that cannot become an answer before their end comes, which may be never.
    private func checkBeginning() throws(ResponseError) {
        let bytes = pending.readableBytesUInt8Span
        for (index, byte) in "HTTP/1.".utf8.enumerated() where index < bytes.count {
            guard bytes[index] == byte else { throw .malformed("no status line") }
        }
    }

    /// The length of the head with the blank line; nil while it is incomplete.
    private func endOfHead() throws(ResponseError) -> Int? {
        let bytes = pending.readableBytesUInt8Span
        var index = scanned
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "\n") {
                // Its end would never come.
                guard index > 0, bytes[index - 1] == UInt8(ascii: "\r") else {
                    throw .malformed("a line of the head that does not end in CR LF")
                }
                if index > 2, bytes[index - 2] == UInt8(ascii: "\n") { return index + 1 }
            }
            index += 1
        }
        return nil
    }

    /// RFC 9112, 6.3: how the body's end is known.
    private mutating func beginBody() throws(ResponseError) {
        keepsConnection = head.isPersistent
        if answersHead || head.status == 204 || head.status == 304 {
            state = .complete
        } else if head.isChunked {
            state = .chunkSize
        } else if let length = head.contentLength {
            guard length <= bodyLimit else { throw .tooLarge(limit: bodyLimit) }
            // A promise of much is not yet much.
            body.reserveCapacity(min(length, 256 << 10))
            state = .body(left: length)
        } else {
            keepsConnection = false
            state = .bodyUntilClose
        }
    }

    /// A line of the chunked coding: small chunks are wasteful and no attack.
    private mutating func chunkLine() throws(ResponseError) -> [UInt8]? {
        try line(\.chunking, limit: Self.overheadLimit + body.count)
    }

    private mutating func readChunkSize() throws(ResponseError) -> Bool {
        guard let line = try chunkLine() else { return false }
        let digits = line.prefix { $0.hexDigit != nil }
        guard (1...15).contains(digits.count) else {
            throw .malformed("a chunk size that is not a number")
        }
        // Extensions are ignored; anything else after the size is an error.
        guard ChunkLine.areExtensions(line[digits.endIndex...]) else {
            throw .malformed("a chunk size with something else behind it")
        }
        let size = digits.reduce(0) { $0 << 4 | Int($1.hexDigit ?? 0) }
        guard size <= bodyLimit - body.count else { throw .tooLarge(limit: bodyLimit) }
        state = size == 0 ? .trailers : .chunk(left: size)
        return true
    }
}

/// Why bytes are not an acceptable answer.
package enum ResponseError: Error, Hashable, Sendable, CustomStringConvertible {
    /// They are not HTTP, or not in one meaning.
    case malformed(String)
    /// The body is longer than the caller allows.
    case tooLarge(limit: Int)

    /// Heads and trailers that never end.
    static let overheadTooLarge = ResponseError.malformed(
        "a head of more than \(ResponseReader.overheadLimit) bytes"
    )

    package var description: String {
        switch self {
        case .malformed(let what): "not an HTTP answer: \(what)"
        case .tooLarge(let limit): "more than \(limit) bytes"
        }
    }
}

extension UInt8 {
    fileprivate var hexDigit: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x41 + 10
        case 0x61...0x66: self - 0x61 + 10
        case _: nil
        }
    }
}
