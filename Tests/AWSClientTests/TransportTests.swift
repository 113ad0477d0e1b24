import AWSClient
import NIOSSL
import Testing

/// Sends one POST of `{}` over a transport of its own.
private func post(
    _ kind: TransportKind,
    _ url: String,
    settings: TransportSettings = TransportSettings(),
    limits: HTTPLimits = HTTPLimits(connect: .seconds(5), total: .seconds(10), bodyBytes: 1000)
) async throws -> HTTPResponse {
    try await kind.with(settings) { transport in
        let request = HTTPRequest(method: "POST", url: url, body: Array("{}".utf8))
        return try await transport.send(request, limits: limits)
    }
}

/// The transport error that `body` ends with.
private func failure(_ body: () async throws -> HTTPResponse) async throws -> TransportError {
    do {
        let response = try await body()
        throw UnexpectedAnswer(status: response.status)
    } catch let error as TransportError {
        return error
    }
}

private struct UnexpectedAnswer: Error {
    let status: Int
}

private let ok = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"

@Suite("What the transport says of an exchange over a real socket")
struct TransportTests {
    @Test(arguments: TransportKind.allCases)
    func `an answer comes with its status, headers and body`(_ kind: TransportKind) async throws {
        try await LoopbackServer.run(
            .answer("HTTP/1.1 400 Bad\r\nX-Amzn-RequestId: r1\r\ncontent-length: 4\r\n\r\n{ } ")
        ) { server in
            let response = try await post(kind, "http://127.0.0.1:\(server.port)/a?b=c")
            #expect(response.status == 400)
            #expect(response.header("x-amzn-requestid") == "r1")
            #expect(response.body == Array("{ } ".utf8))
            #expect(server.seen.requests.first?.hasPrefix("POST /a?b=c HTTP/1.1\r\n") == true)
        }
    }

    @Test(arguments: TransportKind.allCases)
    func `a refused connection means that nothing was sent`(_ kind: TransportKind) async throws {
        let port = try await LoopbackServer.run(.silence) { $0.port }
        let limits = HTTPLimits(connect: .seconds(2), total: .seconds(5), bodyBytes: 10)
        let error = try await failure {
            try await post(kind, "http://127.0.0.1:\(port)/", settings: .metadata, limits: limits)
        }
        #expect(error.progress == .notSent)
        #expect(error.kind == .connection)
        #expect(error.detail.contains("127.0.0.1"))
    }

    @Test(arguments: TransportKind.allCases)
    func `a server that closes at once leaves no answer`(_ kind: TransportKind) async throws {
        try await LoopbackServer.run(.closeOnAccept) { server in
            let error = try await failure {
                try await post(kind, "http://127.0.0.1:\(server.port)/")
            }
            #expect([.broken, .connection].contains(error.kind))
            #expect(server.seen.requests.isEmpty)
        }
    }

    @Test(arguments: TransportKind.allCases, [LoopbackBehaviour.closeAfterHead, .closeAfterBody])
    func `a connection that ends after the head may have delivered the request`(
        _ kind: TransportKind,
        _ behaviour: LoopbackBehaviour
    ) async throws {
        try await LoopbackServer.run(behaviour) { server in
            let error = try await failure {
                try await post(kind, "http://127.0.0.1:\(server.port)/")
            }
            #expect(error.progress == .maybeSent)
            #expect(error.kind == .broken)
            #expect(server.seen.connections == 1, "the library must not send it again")
        }
    }

    @Test(arguments: TransportKind.allCases)
    func `a truncated answer is no answer`(_ kind: TransportKind) async throws {
        try await LoopbackServer.run(
            .answerAndClose("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"a\"")
        ) { server in
            let error = try await failure {
                try await post(kind, "http://127.0.0.1:\(server.port)/")
            }
            #expect(error.progress == .maybeSent)
            #expect(error.kind == .broken)
        }
    }

    @Test(arguments: TransportKind.allCases)
    func `an answer that is not HTTP is no answer`(_ kind: TransportKind) async throws {
        try await LoopbackServer.run(.answerAndClose("SSH-2.0-nonsense\r\n\r\n")) { server in
            let error = try await failure {
                try await post(kind, "http://127.0.0.1:\(server.port)/")
            }
            #expect(error.progress == .maybeSent)
            #expect(error.kind == .broken)
        }
    }

    @Test(arguments: TransportKind.allCases)
    func `silence ends with the total time`(_ kind: TransportKind) async throws {
        try await LoopbackServer.run(.silence) { server in
            let limits = HTTPLimits(
                connect: .seconds(5),
                total: .seconds(1),
                bodyBytes: 10
            )
            let error = try await failure {
                try await post(kind, "http://127.0.0.1:\(server.port)/", limits: limits)
            }
            #expect(error.progress == .maybeSent)
            #expect(error.kind == .timeout)
        }
    }

    @Test(arguments: TransportKind.allCases)
    func `a TLS handshake without an answer ends with the connect time`(_ kind: TransportKind)
        async throws
    {
        try await LoopbackServer.run(.silence) { server in
            let limits = HTTPLimits(
                connect: .milliseconds(200),
                total: .seconds(5),
                bodyBytes: 10
            )
            let error = try await failure {
                try await post(kind, "https://localhost:\(server.port)/", limits: limits)
            }
            #expect(error.progress == .notSent)
            #expect(error.kind == .timeout)
        }
    }

    @Test(arguments: TransportKind.allCases)
    func `a truncated handshake means that nothing was sent`(_ kind: TransportKind) async throws {
        try await LoopbackServer.run(.closeOnAccept) { server in
            let limits = HTTPLimits(
                connect: .milliseconds(300),
                total: .seconds(5),
                bodyBytes: 10
            )
            let error = try await failure {
                try await post(kind, "https://localhost:\(server.port)/", limits: limits)
            }
            #expect(error.progress == .notSent)
            #expect(server.seen.requests.isEmpty)
        }
    }

    @Test(arguments: TransportKind.allCases)
    func `an unknown authority means that nothing was sent`(_ kind: TransportKind) async throws {
        try await LoopbackServer.run(.answer(ok), tls: TestCertificates.context()) { server in
            let limits = HTTPLimits(
                connect: .milliseconds(500),
                total: .seconds(5),
                bodyBytes: 10
            )
            let error = try await failure {
                try await post(kind, "https://localhost:\(server.port)/", limits: limits)
            }
            #expect(error.progress == .notSent)
            #expect(server.seen.requests.isEmpty)
        }
    }

    @Test(arguments: TransportKind.allCases, [HTTPLimits.service.bodyBytes, 1])
    func `a larger body than allowed is refused`(_ kind: TransportKind, _ announced: Int)
        async throws
    {
        let head = "HTTP/1.1 200 OK\r\ncontent-length: \(max(announced, 2000))\r\n\r\n"
        try await LoopbackServer.run(
            .answer(head + String(repeating: "x", count: 2000))
        ) { server in
            let error = try await failure {
                try await post(kind, "http://127.0.0.1:\(server.port)/")
            }
            #expect(error.progress == .maybeSent)
            #expect(error.kind == .tooLarge)
        }
    }

    @Test(arguments: TransportKind.allCases)
    func `a chunked body is counted too`(_ kind: TransportKind) async throws {
        let chunk = "3e8\r\n" + String(repeating: "x", count: 1000) + "\r\n"
        try await LoopbackServer.run(
            .answer(
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n\(chunk)\(chunk)0\r\n\r\n"
            )
        ) { server in
            let error = try await failure {
                try await post(kind, "http://127.0.0.1:\(server.port)/")
            }
            #expect(error.kind == .tooLarge)
        }
    }

    @Test(arguments: TransportKind.allCases)
    func `a redirect is an answer and is not followed`(_ kind: TransportKind) async throws {
        try await LoopbackServer.run(
            .answer("HTTP/1.1 307 Go\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n")
        ) { server in
            let response = try await post(kind, "http://127.0.0.1:\(server.port)/")
            #expect(response.status == 307)
            #expect(server.seen.requests.count == 1)
        }
    }

    @Test(arguments: TransportKind.allCases)
    func `a compressed body stays compressed and is not requested`(_ kind: TransportKind)
        async throws
    {
        try await LoopbackServer.run(
            .answer("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n\r\nzz")
        ) { server in
            let response = try await post(kind, "http://127.0.0.1:\(server.port)/")
            #expect(response.body == Array("zz".utf8))
            let request = server.seen.requests.first?.lowercased() ?? ""
            #expect(!request.contains("accept-encoding"))
        }
    }
}

@Suite("How the transport keeps connections and time")
struct TransportConnectionTests {
    @Test func `a connection is reused unless a fresh one is requested`() async throws {
        try await LoopbackServer.run(.answer(ok)) { server in
            let transport = try TransportKind.kept.make()
            let request = HTTPRequest(
                method: "POST",
                url: "http://127.0.0.1:\(server.port)/",
                body: [1]
            )
            _ = try await transport.send(request, limits: .service)
            _ = try await transport.send(request, limits: .service)
            #expect(server.seen.connections == 1)
            var fresh = HTTPLimits.service
            fresh.freshConnection = true
            _ = try await transport.send(request, limits: fresh)
            _ = try await transport.send(request, limits: fresh)
            #expect(server.seen.connections == 3)
            await transport.shutDown()
        }
    }

    @Test(arguments: TransportKind.allCases)
    func `a cancelled call reports that it may have been sent`(_ kind: TransportKind) async throws {
        try await LoopbackServer.run(.silence) { server in
            let transport = try kind.make()
            let request = HTTPRequest(
                method: "POST",
                url: "http://127.0.0.1:\(server.port)/",
                body: [1]
            )
            let error = await withTaskGroup(of: TransportError?.self) { group in
                group.addTask {
                    do throws(TransportError) {
                        _ = try await transport.send(request, limits: .service)
                        return nil
                    } catch {
                        return error
                    }
                }
                _ = await server.nextRequest()
                group.cancelAll()
                return await group.next() ?? nil
            }
            #expect(error?.kind == .cancelled)
            #expect(error?.progress == .maybeSent)
            await transport.shutDown()
        }
    }

    @Test(arguments: TransportKind.allCases)
    func `after the shutdown nothing is sent`(_ kind: TransportKind) async throws {
        let transport = try kind.make()
        await transport.shutDown()
        let request = HTTPRequest(method: "GET", url: "http://127.0.0.1:9/")
        await #expect(throws: TransportError.self) {
            try await transport.send(request, limits: .metadata)
        }
    }

    @Test(arguments: TransportKind.allCases, ["", "ftp://host/", "no url", "http://"])
    func `a text that is not a URL is not sent`(_ kind: TransportKind, _ url: String) async throws {
        let error = try await failure { try await post(kind, url) }
        #expect(error.progress == .notSent)
    }
}

@Suite("TLS and proxies of the transport")
struct TransportSecurityTests {
    @Test(arguments: TransportKind.allCases)
    func `a CA bundle replaces the system's authorities`(_ kind: TransportKind)
        async throws
    {
        try await LoopbackServer.run(.answer(ok), tls: TestCertificates.context()) { server in
            try await TestCertificates.withFile(TestCertificates.authority) { path in
                let settings = TransportSettings(authorities: path)
                let url = "https://localhost:\(server.port)/"
                let response = try await post(kind, url, settings: settings)
                #expect(response.status == 200)
            }
        }
    }

    @Test(arguments: TransportKind.allCases)
    func `TLS 1 is refused before anything is sent`(_ kind: TransportKind) async throws {
        let old = try TestCertificates.context(maximum: .tlsv11)
        try await LoopbackServer.run(.answer(ok), tls: old) { server in
            try await TestCertificates.withFile(TestCertificates.authority) { path in
                let limits = HTTPLimits(
                    connect: .milliseconds(500),
                    total: .seconds(5),
                    bodyBytes: 10
                )
                let error = try await failure {
                    try await post(
                        kind,
                        "https://localhost:\(server.port)/",
                        settings: TransportSettings(authorities: path),
                        limits: limits
                    )
                }
                #expect(error.progress == .notSent)
                #expect(server.seen.requests.isEmpty)
            }
        }
    }

    @Test(arguments: TransportKind.allCases)
    func `a bundle that is missing or empty is an error at the start`(_ kind: TransportKind)
        async throws
    {
        #expect(throws: TransportSettingsError.self) {
            _ = try kind.make(TransportSettings(authorities: "/nonexistent.pem"))
        }
        try await TestCertificates.withFile("no certificate") { path in
            _ = #expect(throws: TransportSettingsError.self) {
                _ = try kind.make(TransportSettings(authorities: path))
            }
        }
    }

    @Test(arguments: TransportKind.allCases)
    func `https goes through the proxy by CONNECT and a refusal means not sent`(
        _ kind: TransportKind
    ) async throws {
        try await LoopbackServer.run(
            .answerAndClose("HTTP/1.1 407 Who\r\ncontent-length: 0\r\n\r\n")
        ) { server in
            let proxies = try ProxySettings(environment: [
                "HTTPS_PROXY": "http://joe:opensesame@127.0.0.1:\(server.port)"
            ])
            let error = try await failure {
                try await post(
                    kind,
                    "https://codepipeline.eu-west-1.amazonaws.com/",
                    settings: TransportSettings(proxies: proxies, retriesConnecting: false)
                )
            }
            #expect(error.progress == .notSent)
            #expect(!error.detail.contains("opensesame") && !error.detail.contains("joe"))
            let head = server.seen.requests.first ?? ""
            #expect(head.hasPrefix("CONNECT codepipeline.eu-west-1.amazonaws.com:443 HTTP/1.1"))
            #expect(head.lowercased().contains("proxy-authorization: basic am9lom9wzw5zzxnhbwu="))
        }
    }

    @Test(arguments: TransportKind.allCases)
    func `http goes through its proxy by CONNECT too`(_ kind: TransportKind) async throws {
        try await LoopbackServer.run(.tunnel(ok)) { server in
            let proxies = try ProxySettings(environment: [
                "HTTP_PROXY": "127.0.0.1:\(server.port)"
            ])
            let settings = TransportSettings(proxies: proxies)
            let response = try await post(kind, "http://example.invalid/x", settings: settings)
            #expect(response.status == 200)
            let lines = server.seen.requests.map { $0.prefix { $0 != "\r\n" } }
            #expect(lines == ["CONNECT example.invalid:80 HTTP/1.1", "POST /x HTTP/1.1"])
        }
    }

    @Test(arguments: TransportKind.allCases)
    func `a lost answer behind a proxy may have been executed`(_ kind: TransportKind) async throws {
        try await LoopbackServer.run(.tunnel(nil)) { server in
            let proxies = try ProxySettings(environment: [
                "HTTP_PROXY": "127.0.0.1:\(server.port)"
            ])
            let error = try await failure {
                try await post(
                    kind,
                    "http://example.invalid/x",
                    settings: TransportSettings(proxies: proxies)
                )
            }
            #expect(error.progress == .maybeSent)
            #expect(error.kind == .broken)
        }
    }
}
