import AWSClient
import Synchronization
import Testing

private let ok = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"

/// A POST of one byte.
private func request(_ server: LoopbackServer, _ path: String = "/") -> HTTPRequest {
    HTTPRequest(method: "POST", url: "http://127.0.0.1:\(server.port)\(path)", body: [1])
}

/// Runs with a transport, and closes it.
private func direct<Result>(
    connections: Int = 16,
    idle: Duration = .seconds(15),
    _ body: (ServiceTransport) async throws -> Result
) async throws -> Result {
    let settings = TransportSettings(idleTimeout: idle, connectionsPerHost: connections)
    let transport = try ServiceTransport(settings)
    do {
        let result = try await body(transport)
        await transport.shutDown()
        return result
    } catch {
        await transport.shutDown()
        throw error
    }
}

extension ServiceTransport {
    /// Sends; the status or the error.
    fileprivate func outcome(
        _ request: HTTPRequest,
        limits: HTTPLimits = .service
    ) async -> Outcome {
        do throws(TransportError) {
            return .status(try await send(request, limits: limits).status)
        } catch {
            return .failed(error.kind, error.progress)
        }
    }

    /// Waits until the census matches.
    fileprivate func waits(_ isReached: (ConnectionCensus) -> Bool) async {
        while await !isReached(census()) { await Task.yield() }
    }
}

private enum Outcome: Hashable, Sendable {
    case status(Int)
    case failed(TransportError.Kind, TransportError.Progress)
}

/// Waits until the server holds an answer, and releases it.
private func release(_ server: LoopbackServer, _ count: Int = 1) async {
    var released = 0
    while released < count {
        released += server.release()
        await Task.yield()
    }
}

@Suite("How the transport shares its connections", .serialized, .timeLimit(.minutes(2)))
struct DirectPoolTests {
    @Test func `a thousand sequential calls need one connection`() async throws {
        try await LoopbackServer.run(.answer(ok)) { server in
            try await direct { transport in
                for _ in 0..<1000 {
                    #expect(await transport.outcome(request(server)) == .status(200))
                }
                #expect(server.seen.connections == 1)
                #expect(server.seen.requests.count == 1000)
                #expect(await transport.census() == ConnectionCensus(open: 1, free: 1, waiting: 0))
            }
        }
    }

    @Test func `no more connections are opened than one host may have`() async throws {
        try await LoopbackServer.run(.hold(3, ok)) { server in
            try await direct(connections: 3) { transport in
                try await withThrowingTaskGroup(of: Outcome.self) { group in
                    for _ in 0..<20 { group.addTask { await transport.outcome(request(server)) } }
                    await transport.waits { $0.waiting == 17 && $0.open == 3 }
                    await release(server, 3)
                    for try await outcome in group { #expect(outcome == .status(200)) }
                }
                #expect(server.seen.connections == 3)
                #expect(server.seen.requests.count == 20)
            }
        }
    }

    @Test func `waiting calls are served in order`() async throws {
        try await LoopbackServer.run(.hold(100, ok)) { server in
            try await direct(connections: 1) { transport in
                await withTaskGroup(of: Outcome.self) { group in
                    for number in 0..<8 {
                        group.addTask { await transport.outcome(request(server, "/\(number)")) }
                        await transport.waits { $0.waiting == number && $0.open == 1 }
                    }
                    for _ in 0..<8 { await release(server) }
                    for await outcome in group { #expect(outcome == .status(200)) }
                }
                let lines = server.seen.requests.map { $0.prefix(7) }
                #expect(lines == (0..<8).map { "POST /\($0)" })
                #expect(server.seen.connections == 1)
            }
        }
    }

    @Test func `the connection used last is used next`() async throws {
        try await LoopbackServer.run(.hold(3, ok)) { server in
            try await direct { transport in
                await withTaskGroup(of: Outcome.self) { group in
                    for _ in 0..<3 { group.addTask { await transport.outcome(request(server)) } }
                    await transport.waits { $0.open == 3 }
                    await release(server, 3)
                }
                await transport.waits { $0.free == 3 }
                for _ in 0..<10 { _ = await transport.outcome(request(server)) }
                #expect(server.seen.connections == 3)
                #expect(Set(server.seen.carriers.dropFirst(3)).count == 1)
            }
        }
    }

    @Test func `an idle connection is closed after its time`() async throws {
        try await LoopbackServer.run(.answer(ok)) { server in
            try await direct(idle: .milliseconds(50)) { transport in
                #expect(await transport.outcome(request(server)) == .status(200))
                await transport.waits { $0.open == 0 }
                #expect(await transport.outcome(request(server)) == .status(200))
                #expect(server.seen.connections == 2)
            }
        }
    }

    @Test func `a connection that the server closed while idle is not used`() async throws {
        try await LoopbackServer.run(.answerAndClose(ok)) { server in
            try await direct { transport in
                for _ in 0..<5 {
                    #expect(await transport.outcome(request(server)) == .status(200))
                    await transport.waits { $0.open == 0 }
                }
                #expect(server.seen.connections == 5)
            }
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nConnection: x, Close\r\ncontent-length: 2\r\n\r\n{}",
        "HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\n{}",
        "HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 2\r\n\r\n{}",
        ok + "x", ok + ok,
    ])
    func `a connection is not reused after such an answer`(_ answer: String) async throws {
        try await LoopbackServer.run(.answer(answer)) { server in
            try await direct { transport in
                for _ in 0..<3 {
                    #expect(await transport.outcome(request(server)) == .status(200))
                }
                #expect(server.seen.connections == 3)
            }
        }
    }

    @Test func `an answer that ends with its connection is complete`() async throws {
        try await LoopbackServer.run(.answerAndClose("HTTP/1.1 200 OK\r\n\r\n{\"a\":1}")) {
            server in
            try await direct { transport in
                let response = try await transport.send(request(server), limits: .service)
                #expect(response.body == Array("{\"a\":1}".utf8))
            }
        }
    }
}

@Suite("How an exchange of the transport ends", .serialized, .timeLimit(.minutes(2)))
struct DirectExchangeTests {
    private static let short = HTTPLimits(
        connect: .seconds(5),
        total: .seconds(1),
        bodyBytes: 1000
    )

    @Test(arguments: ["HTTP/1.1 200 OK\r\nx", "HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{"])
    func `a server whose answer never ends hits the total time`(_ text: String) async throws {
        for behaviour in [LoopbackBehaviour.answer(text), .drip(text)] {
            try await LoopbackServer.run(behaviour) { server in
                try await direct { transport in
                    let outcome = await transport.outcome(request(server), limits: Self.short)
                    #expect(outcome == .failed(.timeout, .maybeSent))
                    await transport.waits { $0.open == 0 }
                }
            }
        }
    }

    @Test func `a head without end is rejected`() async throws {
        let head = "HTTP/1.1 200 OK\r\nx: " + String(repeating: "y", count: 70_000)
        try await LoopbackServer.run(.answer(head)) { server in
            try await direct { transport in
                let outcome = await transport.outcome(request(server))
                #expect(outcome == .failed(.broken, .maybeSent))
            }
        }
    }

    @Test func `a call waits for a connection no longer than connecting may take`() async throws {
        try await LoopbackServer.run(.silence) { server in
            try await direct(connections: 1) { transport in
                await withTaskGroup(of: Outcome.self) { group in
                    group.addTask { await transport.outcome(request(server)) }
                    await transport.waits { $0.open == 1 && $0.free == 0 && $0.waiting == 0 }
                    var limits = HTTPLimits.service
                    limits.connect = .milliseconds(100)
                    let outcome = await transport.outcome(request(server), limits: limits)
                    #expect(outcome == .failed(.timeout, .notSent))
                    group.cancelAll()
                }
                #expect(server.seen.connections == 1)
            }
        }
    }

    @Test func `each call tries to connect, however many failed before`() async throws {
        let port = try await LoopbackServer.run(.silence) { $0.port }
        let limits = HTTPLimits(connect: .milliseconds(300), total: .seconds(5), bodyBytes: 10)
        try await direct { transport in
            for _ in 0..<6 {
                let request = HTTPRequest(method: "GET", url: "http://127.0.0.1:\(port)/")
                let outcome = await transport.outcome(request, limits: limits)
                #expect(outcome == .failed(.connection, .notSent))
            }
            #expect(await transport.census() == ConnectionCensus())
        }
    }

    @Test func `a call that is cancelled before it begins sends nothing`() async throws {
        try await LoopbackServer.run(.answer(ok)) { server in
            try await direct { transport in
                await withTaskGroup(of: Outcome.self) { group in
                    group.cancelAll()
                    group.addTask { await transport.outcome(request(server)) }
                    for await outcome in group { #expect(outcome == .failed(.cancelled, .notSent)) }
                }
                #expect(server.seen.connections == 0)
            }
        }
    }

    @Test func `a call that is cancelled while it waits sends nothing`() async throws {
        try await LoopbackServer.run(.hold(1, ok)) { server in
            try await direct(connections: 1) { transport in
                await withTaskGroup(of: Outcome.self) { group in
                    group.addTask { await transport.outcome(request(server, "/first")) }
                    await transport.waits { $0.open == 1 && $0.waiting == 0 }
                    await withTaskGroup(of: Outcome.self) { inner in
                        inner.addTask { await transport.outcome(request(server, "/second")) }
                        await transport.waits { $0.waiting == 1 }
                        inner.cancelAll()
                        for await outcome in inner {
                            #expect(outcome == .failed(.cancelled, .notSent))
                        }
                    }
                    await release(server)
                    for await outcome in group { #expect(outcome == .status(200)) }
                }
                #expect(server.seen.requests.count == 1)
            }
        }
    }

    @Test func `cancelling after the answer does nothing to the next call`() async throws {
        try await LoopbackServer.run(.answer(ok)) { server in
            try await direct { transport in
                for _ in 0..<100 {
                    await withTaskGroup(of: Outcome.self) { group in
                        group.addTask { await transport.outcome(request(server)) }
                        for await outcome in group { #expect(outcome == .status(200)) }
                        group.cancelAll()
                    }
                }
                #expect(server.seen.connections == 1)
            }
        }
    }

    @Test func `cancelling at any moment leaves every call with one result`() async throws {
        try await LoopbackServer.run(.answer(ok)) { server in
            try await direct(connections: 2) { transport in
                for round in 0..<200 {
                    await withTaskGroup(of: Outcome.self) { group in
                        for _ in 0..<4 {
                            group.addTask { await transport.outcome(request(server)) }
                        }
                        for _ in 0..<(round % 20) { await Task.yield() }
                        group.cancelAll()
                        for await outcome in group {
                            let isFair =
                                outcome == .status(200)
                                || outcome == .failed(.cancelled, .notSent)
                                || outcome == .failed(.cancelled, .maybeSent)
                            #expect(isFair, "\(outcome)")
                        }
                    }
                }
                await transport.waits { $0.waiting == 0 && $0.open == $0.free }
                #expect(await transport.outcome(request(server)) == .status(200))
            }
        }
    }

    @Test func `shutting down the transport ends the calls under way`() async throws {
        try await LoopbackServer.run(.silence) { server in
            let transport = try ServiceTransport(TransportSettings(connectionsPerHost: 1))
            await withTaskGroup(of: Outcome.self) { group in
                group.addTask { await transport.outcome(request(server)) }
                await transport.waits { $0.open == 1 && $0.free == 0 && $0.waiting == 0 }
                group.addTask { await transport.outcome(request(server)) }
                await transport.waits { $0.waiting == 1 }
                await transport.shutDown()
                var outcomes: Set<Outcome> = []
                for await outcome in group { outcomes.insert(outcome) }
                #expect(
                    outcomes == [.failed(.cancelled, .maybeSent), .failed(.cancelled, .notSent)]
                )
            }
            #expect(await transport.outcome(request(server)) == .failed(.cancelled, .notSent))
        }
    }

    @Test(arguments: [
        HTTPHeader("X", "a\r\nInjected: 1"), HTTPHeader("X", "a\nb"), HTTPHeader("X", "a\0"),
        HTTPHeader("X: y\r\nInjected", "1"), HTTPHeader("", "a"), HTTPHeader("X Y", "a"),
    ])
    func `a header that would inject a line is not sent`(_ header: HTTPHeader) async throws {
        try await LoopbackServer.run(.answer(ok)) { server in
            try await direct { transport in
                var request = request(server)
                request.headers = [header]
                #expect(await transport.outcome(request) == .failed(.lasting, .notSent))
                #expect(server.seen.connections == 0)
            }
        }
    }

    @Test func `the request has one length and one host`() async throws {
        try await LoopbackServer.run(.answer(ok)) { server in
            try await direct { transport in
                var request = request(server, "/a?b=c")
                request.headers = [
                    HTTPHeader("Content-Length", "999"), HTTPHeader("Transfer-Encoding", "chunked"),
                    HTTPHeader("Connection", "close"), HTTPHeader("Host", "other.example"),
                ]
                #expect(await transport.outcome(request) == .status(200))
                let head =
                    "POST /a?b=c HTTP/1.1\r\nHost: other.example\r\nContent-Length: 1\r\n\r\n\u{1}"
                #expect(server.seen.requests == [head])
            }
        }
    }
}

@Suite("Whom the transport trusts", .serialized, .timeLimit(.minutes(2)))
struct DirectTLSTests {
    @Test(arguments: ["localhost", "127.0.0.1"], [false, true])
    func `the certificate must be for the host or the address`(
        _ host: String,
        _ isElsewhere: Bool
    ) async throws {
        let context = try TestCertificates.context(isElsewhere: isElsewhere)
        let trusted = isElsewhere ? TestCertificates.elsewhere : TestCertificates.authority
        let expected: Outcome = isElsewhere ? .failed(.lasting, .notSent) : .status(200)
        try await LoopbackServer.run(.answer(ok), tls: context) { server in
            try await TestCertificates.withFile(trusted) { path in
                let settings = TransportSettings(authorities: path, retriesConnecting: false)
                let transport = try ServiceTransport(settings)
                let url = "https://\(host):\(server.port)/"
                let request = HTTPRequest(method: "POST", url: url, body: [1])
                #expect(await transport.outcome(request) == expected)
                #expect(server.seen.requests.isEmpty == isElsewhere)
                await transport.shutDown()
            }
        }
    }

    @Test func `calls over TLS share one connection`() async throws {
        try await LoopbackServer.run(.answer(ok), tls: TestCertificates.context()) { server in
            try await TestCertificates.withFile(TestCertificates.authority) { path in
                let transport = try ServiceTransport(TransportSettings(authorities: path))
                let request = HTTPRequest(
                    method: "POST",
                    url: "https://localhost:\(server.port)/",
                    body: [1]
                )
                for _ in 0..<100 { #expect(await transport.outcome(request) == .status(200)) }
                #expect(server.seen.connections == 1)
                await transport.shutDown()
            }
        }
    }
}
