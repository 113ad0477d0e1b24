import AWSClient
import NIOCore
import Primitives
import Testing

/// The result of a reader for bytes that come in pieces.
private struct Reading: Hashable {
    var status: Int?
    var body = ""
    var keeps = false
    var hasLeftover = false
    var thrown: ResponseError?

    init(_ pieces: [ArraySlice<UInt8>], endsAtClose: Bool = false, limit: Int = 1000) {
        var reader = ResponseReader(bodyLimit: limit)
        var response: HTTPResponse?
        do {
            for piece in pieces where response == nil {
                response = try reader.read(ByteBuffer(bytes: piece))
            }
            if endsAtClose, response == nil { response = reader.end() }
        } catch {
            thrown = error
        }
        guard let response else { return }
        status = response.status
        body = String(decoding: response.body, as: UTF8.self)
        keeps = reader.keepsConnection
        hasLeftover = reader.hasLeftover
    }

    init(_ text: String, endsAtClose: Bool = false) {
        self.init([Array(text.utf8)[...]], endsAtClose: endsAtClose)
    }
}

@Suite("How the bytes of an answer are read")
struct ResponseReaderTests {
    private static let sound: [(text: String, status: Int, body: String)] = [
        ("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", 200, "{}"),
        ("HTTP/1.1 200\r\nContent-Length:2\r\n\r\n{}", 200, "{}"),
        ("HTTP/1.1 400 \r\nA: b\r\nCONTENT-LENGTH: \t 0 \r\n\r\n", 400, ""),
        ("HTTP/1.1 204 No\r\n\r\n", 204, ""),
        ("HTTP/1.1 304 No\r\ncontent-length: 5\r\n\r\n", 304, ""),
        ("HTTP/1.1 100 Go\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx", 200, "x"),
        ("HTTP/1.1 103 E\r\nLink: a\r\n\r\nHTTP/1.1 100 C\r\n\r\nHTTP/1.1 204 N\r\n\r\n", 204, ""),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n", 200, "ab"),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n1;x=y;z=\"\\\"q\";w\r\na\r\n"
                + "00B\r\nbcdefghijkl\r\n0\r\nT: u\r\n\r\n", 200, "abcdefghijkl"
        ),
    ]

    @Test(arguments: sound)
    func `an answer is the same whatever its fragments`(
        _ text: String,
        _ status: Int,
        _ body: String
    ) {
        let bytes = Array(text.utf8)
        let whole = Reading([bytes[...]])
        #expect(whole.status == status)
        #expect(whole.body == body)
        #expect(whole.keeps && !whole.hasLeftover && whole.thrown == nil)
        #expect(Reading(bytes.indices.map { bytes[$0...$0] }) == whole)
        for cut in bytes.indices {
            #expect(Reading([bytes[..<cut], bytes[cut...]]) == whole, "cut at \(cut)")
            #expect(Reading([bytes[..<cut]]).status == nil, "\(cut) bytes are not all")
        }
        #expect(Reading(text + "H").hasLeftover)
    }

    @Test(arguments: [
        "", "X", "HTTP/2 200 OK\r\n\r\n1234", "HTTP/1.2 200 OK\r\n\r\n", "HTTP/1.1  200 OK\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n",
        "HTTP/1.1 2x0 OK\r\n\r\n", "http/1.1 200 OK\r\n\r\n", "HTTP/1.1 101 Go\r\n\r\n",
        "HTTP/1.1 200 OK\n\r\n\r\n", "HTTP/1.1 200 O\0K\r\n\r\n", "\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
    ])
    func `bytes that begin otherwise are no answer`(_ text: String) {
        let reading = Reading(text + "\r\n\r\n")
        #expect(reading.status == nil)
        #expect(reading.thrown != nil)
    }

    @Test(arguments: [
        "content-length: 2\r\ncontent-length: 2", "content-length: 2\r\nContent-Length: 3",
        "content-length: +2", "content-length: 2, 2", "content-length: 0x2", "content-length:",
        "content-length: -1", "content-length: 9999999999999999999", "content-length: 2 2",
        "content-length: 2\r\ntransfer-encoding: chunked",
        "transfer-encoding: chunked\r\ncontent-length: 2", "transfer-encoding: gzip, chunked",
        "transfer-encoding: identity", "transfer-encoding: chunked\r\ntransfer-encoding: chunked",
        "transfer-encoding: xchunked", "content-length : 2", " content-length: 2",
        "a: b\r\n content-length: 2", "a: b\r\n\tc", "a\r\ncontent-length: 2", ": b", "a b: c",
        "a: b\rc: d", "a: b\nc: d", "a: b\0", "a\u{7F}: b", "ä: b",
    ])
    func `an ambiguous head is rejected`(_ lines: String) {
        let reading = Reading("HTTP/1.1 200 OK\r\n\(lines)\r\n\r\n{}")
        #expect(reading.status == nil)
        #expect(reading.thrown != nil)
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\n", "HTTP/1.1 200 OK\r\nA: b\n", "\n", "S", "HTTP/2",
        "HTTP/1.1 200 OK\n\n",
    ])
    func `bytes that cannot become an answer are not waited for`(_ text: String) {
        #expect(Reading(text).thrown != nil)
    }

    @Test(arguments: [1, 32])
    func `small chunks make a complete body`(_ size: Int) {
        let count = 400_000 / 32 * (size == 1 ? 1 : 32) / size
        let chunk = "\(String(size, radix: 16))\r\n\(String(repeating: "x", count: size))\r\n"
        let text =
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
            + String(repeating: chunk, count: count) + "0\r\n\r\n"
        let reading = Reading([Array(text.utf8)[...]], limit: 1 << 20)
        #expect(reading.body.utf8.count == count * size)
    }

    @Test func `chunk sizes longer than all chunks are refused`() {
        let chunk = "1;\(String(repeating: "e", count: 500))\r\nx\r\n"
        let text =
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
            + String(repeating: chunk, count: 200)
        #expect(Reading([Array(text.utf8)[...]], limit: 1 << 20).thrown != nil)
    }

    @Test(arguments: [
        "x\r\n", "\r\n", "-1\r\n", "0x1\r\n", " 1\r\na\r\n", "1\na\r\n", "1\r\nab\r\n0\r\n\r\n",
        "1\r\na\n0\r\n\r\n", "1,\r\na\r\n", "1111111111111111\r\n", "1 x\0\n",
        // Found by comparison with NIOHTTP1, which takes none of them.
        "1 \r\na\r\n0\r\n\r\n", "0 01\r\n\r\n", "1;\r\na\r\n0\r\n\r\n",
        "1;a= b\r\na\r\n0\r\n\r\n", "1;<=b\r\na\r\n0\r\n\r\n",
        "1;a=\"b\r\na\r\n0\r\n\r\n",
        "0\r\nTH u\r\n\r\n", "0\r\n1\r\n\r\n", "0\r\nT: \ru\r\n\r\n", "0\r\n: u\r\n\r\n",
        "0\r\nHTTP/1.1 100 Continue\r\n\r\n",
    ])
    func `malformed chunks are rejected`(_ chunks: String) {
        let reading = Reading("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n\(chunks)")
        #expect(reading.status == nil)
        #expect(reading.thrown != nil)
    }

    @Test(arguments: [
        "content-length: 1001\r\n\r\n", "transfer-encoding: chunked\r\n\r\n3e9\r\n",
        "transfer-encoding: chunked\r\n\r\nffffffffffffff\r\n",
        "\r\n" + String(repeating: "x", count: 1001),
    ])
    func `a body over the limit is rejected as soon as that is known`(_ rest: String) {
        let thrown = Reading("HTTP/1.1 200 OK\r\n\(rest)").thrown
        #expect(thrown == .tooLarge(limit: 1000))
    }

    @Test(arguments: [
        "x: " + String(repeating: "y", count: ResponseReader.overheadLimit),
        "transfer-encoding: chunked\r\n\r\n1;" + String(repeating: "y", count: 70_000),
        "transfer-encoding: chunked\r\n\r\n"
            + String(repeating: "1;yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\nx\r\n", count: 900)
            + String(repeating: "1;" + String(repeating: "y", count: 300) + "\r\nx\r\n", count: 99),
        "transfer-encoding: chunked\r\n\r\n0\r\n" + String(repeating: "t: u\r\n", count: 12_000),
    ])
    func `the overhead of a body has a limit too`(_ rest: String) {
        let reading = Reading("HTTP/1.1 200 OK\r\n\(rest)")
        #expect(reading.thrown != nil)
        let interim = String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 3000)
        #expect(Reading(interim).thrown != nil)
    }

    @Test func `without a length the end of the connection is the end of the body`() {
        let text = "HTTP/1.1 200 OK\r\n\r\nabc"
        #expect(Reading(text).status == nil)
        let reading = Reading(text, endsAtClose: true)
        #expect(reading.status == 200)
        #expect(reading.body == "abc")
        #expect(!reading.keeps)
        let cut = Reading("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc", endsAtClose: true)
        #expect(cut.status == nil)
    }

    @Test(arguments: 0..<UInt64(8))
    func `damaged answers are read the same in one piece and in many`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<200 {
            var bytes = Array(Self.sound[Int(random.next() % UInt64(Self.sound.count))].text.utf8)
            for _ in 0...(random.next() % 3) {
                let place = Int(random.next() % UInt64(bytes.count))
                switch random.next() % 3 {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes.remove(at: place)
                case _: bytes.insert(Array("\r\n: ;0f".utf8)[Int(random.next() % 7)], at: place)
                }
            }
            let whole = Reading([bytes[...]])
            let single = Reading(bytes.indices.map { bytes[$0...$0] })
            #expect(single.status == whole.status)
            #expect(single.body == whole.body)
            #expect((single.thrown == nil) == (whole.thrown == nil))
        }
    }
}
