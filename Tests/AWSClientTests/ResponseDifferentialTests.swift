import AWSClient
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Primitives
import Testing

/// Where an answer ends, and with what, by one reader that gets it byte by byte.
private struct ReadAnswer: Hashable {
    var status: Int
    var headers: [HTTPHeader]
    var body: [UInt8]
    /// The number of bytes after which it is complete; nil when only the connection's end ends it.
    var end: Int?
}

/// The reader of the daemon.
private func ownAnswer(_ bytes: [UInt8]) -> ReadAnswer? {
    var reader = ResponseReader(bodyLimit: 4096)
    do throws(ResponseError) {
        for (index, byte) in bytes.enumerated() {
            guard let answer = try reader.read(ByteBuffer(bytes: [byte])) else { continue }
            return ReadAnswer(answer, end: index + 1)
        }
    } catch {
        return nil
    }
    return reader.end().map { ReadAnswer($0, end: nil) }
}

/// NIOHTTP1's decoder, which is llhttp.
private func referenceAnswer(_ bytes: [UInt8]) throws -> ReadAnswer? {
    let decoder = HTTPResponseDecoder(
        leftOverBytesStrategy: .dropBytes,
        informationalResponseStrategy: .drop
    )
    let channel = EmbeddedChannel(handler: ByteToMessageHandler(decoder))
    defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
    let request = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/")
    try channel.writeOutbound(HTTPClientRequestPart.head(request))
    var answer: ReadAnswer?
    /// Takes the parts that have come; true when the last one was among them.
    func takeParts() throws -> Bool {
        while let part = try channel.readInbound(as: HTTPClientResponsePart.self) {
            switch part {
            case .head(let head): answer = ReadAnswer(head)
            case .body(let more): answer?.body += Array(more.readableBytesView)
            case .end: return true
            }
        }
        return false
    }
    do {
        for (index, byte) in bytes.enumerated() {
            try channel.writeInbound(ByteBuffer(bytes: [byte]))
            guard try takeParts() else { continue }
            answer?.end = index + 1
            return answer
        }
        channel.pipeline.fireChannelInactive()
        guard try takeParts() else { return nil }
        return answer
    } catch is HTTPParserError {
        return nil
    }
}

extension ReadAnswer {
    init(_ response: HTTPResponse, end: Int?) {
        self.init(
            status: response.status,
            headers: response.headers,
            body: response.body,
            end: end
        )
    }

    init(_ head: HTTPResponseHead) {
        self.init(
            status: Int(head.status.code),
            headers: head.headers.map { HTTPHeader($0, ReadAnswer.withoutBlanks($1)) },
            body: [],
            end: nil
        )
    }

    /// NIOHTTP1 keeps the blanks at a value's end, which are no part of it (RFC 9110, 5.5).
    private static func withoutBlanks(_ value: String) -> String {
        let blanks: Set<Character> = [" ", "\t"]
        let end = value.lastIndex { !blanks.contains($0) }
        return end.map { String(value[...$0]) } ?? ""
    }
}

/// Answers as servers send them, and as a damaged or hostile one might.
private struct AnswerSource {
    var random: SplitMix64

    private mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[Int(random.next() % UInt64(choices.count))]
    }

    private mutating func isOne(in count: UInt64) -> Bool { random.next() % count == 0 }

    /// An answer, spoilt in one to three places where `isDamaged`.
    mutating func answer(isDamaged: Bool) -> [UInt8] {
        var bytes = Array(text().utf8)
        guard isDamaged else { return bytes }
        for _ in 0...(random.next() % 3) where !bytes.isEmpty {
            let place = Int(random.next() % UInt64(bytes.count))
            switch random.next() % 4 {
            case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(contentsOf: pick(Self.insertions).utf8, at: place)
            default: bytes.removeLast(bytes.count - place)
            }
        }
        return bytes
    }

    private static let insertions = [
        "\r", "\n", "\r\n", ":", " ", ";", "0", "f", ",", "\t", "\0",
        "\r\ncontent-length: 3", "\r\nTransfer-Encoding: chunked", "\r\n folded",
        "\r\nconnection: close", "\r\ntransfer-encoding: gzip, chunked", "\r\nContent-Length: +3",
        "\r\ncontent-length : 3", "\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n",
    ]

    private mutating func text() -> String {
        var text = isOne(in: 6) ? pick(["HTTP/1.1 100 Continue", "HTTP/1.1 103 E\r\nLink: a"]) : ""
        if !text.isEmpty { text += "\r\n\r\n" }
        text += pick(["HTTP/1.1 ", "HTTP/1.1 ", "HTTP/1.0 "])
        text += pick(["200 OK", "400 Bad Request", "503 ", "204 No Content", "304 Not", "599 x y"])
        text +=
            "\r\n"
            + pick(["", "Date: Sun, 29 Nov 2026 10:00:00 GMT\r\n", "X-A:\r\nx-b: \t c \r\n"])
        text += pick(["", "", "Connection: close\r\n", "connection: keep-alive\r\n"])
        let body = String("{\"a\":\"é\\n\"}\r\n0\r\n\r\n".prefix(Int(random.next() % 16)))
        switch random.next() % 4 {
        case 0: text += "\r\n" + body
        case 1: text += "Transfer-Encoding: \(pick(["chunked", "Chunked"]))\r\n\r\n" + chunks(body)
        default: text += "\(pick(["C", "c"]))ontent-Length: \(body.utf8.count)\r\n\r\n" + body
        }
        return isOne(in: 5) ? text + "HTTP/1.1 200 OK\r\n" : text
    }

    private mutating func chunks(_ body: String) -> String {
        var text = ""
        var rest = Array(body.utf8)
        while !rest.isEmpty {
            let count = 1 + Int(random.next() % UInt64(rest.count))
            // Splitting a character is allowed to a server, and not to a String.
            guard let chunk = String(validating: rest[..<count], as: UTF8.self) else { continue }
            let size = pick(["", "0", "00"]) + String(count, radix: 16, uppercase: isOne(in: 2))
            text += size + pick(["", "", ";a=b", ";a"]) + "\r\n"
            text += chunk + "\r\n"
            rest.removeFirst(count)
        }
        return text + "0\r\n" + pick(["", "", "T: u\r\n"]) + "\r\n"
    }
}

@Suite("Answers read by the daemon's reader and by NIOHTTP1's")
struct ResponseDifferentialTests {
    @Test(arguments: 0..<UInt64(20))
    func `what the daemon takes for an answer is the same to NIOHTTP1`(seed: UInt64) throws {
        var source = AnswerSource(random: SplitMix64(seed: seed))
        var taken = 0
        var rejectedByBoth = 0
        var rejectedByUs = 0
        for round in 0..<400 {
            let bytes = source.answer(isDamaged: round % 4 != 0)
            let reference = try referenceAnswer(bytes)
            guard let own = ownAnswer(bytes) else {
                if reference == nil { rejectedByBoth += 1 } else { rejectedByUs += 1 }
                continue
            }
            taken += 1
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(own == reference, "seed \(seed), round \(round): \(text.debugDescription)")
        }
        // Neither side of the comparison may fall silent.
        #expect(taken > 120)
        #expect(rejectedByBoth > 40)
        // The daemon's reader is the stricter one, but takes what servers send.
        #expect(rejectedByUs < 120)
    }

    @Test(arguments: 0..<UInt64(20))
    func `what is sound the daemon takes as NIOHTTP1 does`(seed: UInt64) throws {
        var source = AnswerSource(random: SplitMix64(seed: 1000 + seed))
        for round in 0..<100 {
            let bytes = source.answer(isDamaged: false)
            let reference = try referenceAnswer(bytes)
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(reference != nil, "seed \(seed), round \(round): \(text.debugDescription)")
            let own = ownAnswer(bytes)
            #expect(own == reference, "seed \(seed), round \(round): \(text.debugDescription)")
        }
    }
}
