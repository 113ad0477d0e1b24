import AWSClient
import NIOSSL
import Primitives
import Testing

private let ok = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"
private let refusal = "HTTP/1.1 407 Who\r\ncontent-length: 0\r\n\r\n"

extension TransportError {
    /// Whether dialling again cannot fix it, and nothing was sent.
    fileprivate var isLasting: Bool { kind == .lasting && progress == .notSent }
}

@Suite("Failures that dialling again does not mend", .serialized, .timeLimit(.minutes(2)))
struct LastingFailureTests {
    private func errors(
        _ transport: WayTransport,
        _ url: String,
        calls: Int
    ) async -> [TransportError] {
        await withTaskGroup(of: TransportError?.self) { group in
            for _ in 0..<calls {
                group.addTask {
                    do throws(TransportError) {
                        let request = HTTPRequest(method: "POST", url: url, body: [1])
                        _ = try await transport.send(request, limits: .service)
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            var errors: [TransportError] = []
            for await error in group { if let error { errors.append(error) } }
            return errors
        }
    }

    @Test(arguments: TransportKind.allCases)
    func `an untrusted certificate fails all waiting calls once, and pauses dialling`(
        _ kind: TransportKind
    ) async throws {
        try await LoopbackServer.run(.answer(ok), tls: TestCertificates.context()) { server in
            try await kind.with { transport in
                let url = "https://localhost:\(server.port)/"
                let first = await errors(transport, url, calls: 8)
                #expect(first.count == 8)
                #expect(first.allSatisfy { $0.isLasting }, "\(first)")
                let second = await errors(transport, url, calls: 8)
                #expect(second.count == 8)
                #expect(second.allSatisfy { $0.isLasting }, "\(second)")
                #expect(second.allSatisfy { $0.detail.contains("next attempt in") })
                #expect(
                    first.allSatisfy {
                        $0.detail.contains("expired or not signed by an authority that is trusted")
                    },
                    "\(first)"
                )
                #expect(server.seen.connections == 1)
            }
        }
    }

    @Test(arguments: TransportKind.allCases)
    func `a certificate for another name fails once`(_ kind: TransportKind) async throws {
        let context = try TestCertificates.context(isElsewhere: true)
        try await LoopbackServer.run(.answer(ok), tls: context) { server in
            try await TestCertificates.withFile(TestCertificates.elsewhere) { path in
                try await kind.with(TransportSettings(authorities: path)) { transport in
                    let url = "https://localhost:\(server.port)/"
                    let all = await errors(transport, url, calls: 4)
                    #expect(all.count == 4 && all.allSatisfy { $0.isLasting }, "\(all)")
                    #expect(all.allSatisfy { $0.detail.contains("is for other hosts; look at") })
                    #expect(all.allSatisfy { !$0.detail.contains("NIO") }, "\(all)")
                    #expect(server.seen.connections == 1)
                    #expect(server.seen.requests.isEmpty)
                }
            }
        }
    }

    @Test(arguments: TransportKind.allCases)
    func `a proxy with another password refuses once for all origins`(_ kind: TransportKind)
        async throws
    {
        try await LoopbackServer.run(.answerAndClose(refusal)) { server in
            let proxies = try ProxySettings(environment: [
                "HTTPS_PROXY": "http://joe:opensesame@127.0.0.1:\(server.port)"
            ])
            try await kind.with(TransportSettings(proxies: proxies)) { transport in
                for host in ["codepipeline.eu-west-1.amazonaws.com", "sts.amazonaws.com"] {
                    let all = await errors(transport, "https://\(host)/", calls: 5)
                    #expect(all.count == 5 && all.allSatisfy { $0.isLasting }, "\(all)")
                    #expect(all.allSatisfy { !$0.detail.contains("opensesame") })
                    #expect(all.allSatisfy { $0.detail.contains("proxy") })
                }
                #expect(server.seen.requests.count == 1)
            }
        }
    }

    @Test(arguments: [403, 404, 400])
    func `a proxy that forbids one host may serve another`(_ status: Int) async throws {
        let answer = "HTTP/1.1 \(status) No\r\ncontent-length: 0\r\n\r\n"
        try await LoopbackServer.run(.answerAndClose(answer)) { server in
            let proxies = try ProxySettings(environment: [
                "HTTPS_PROXY": "http://127.0.0.1:\(server.port)"
            ])
            try await TransportKind.kept.with(TransportSettings(proxies: proxies)) { transport in
                for host in ["one.example", "other.example"] {
                    let all = await errors(transport, "https://\(host)/", calls: 3)
                    #expect(all.count == 3 && all.allSatisfy { $0.isLasting }, "\(all)")
                }
                #expect(server.seen.requests.count == 2)
            }
        }
    }

    @Test func `a proxy that does not reach the host may reach it later`() async throws {
        let answer = "HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n"
        try await LoopbackServer.run(.answerAndClose(answer)) { server in
            let proxies = try ProxySettings(environment: [
                "HTTPS_PROXY": "http://127.0.0.1:\(server.port)"
            ])
            try await TransportKind.kept.with(TransportSettings(proxies: proxies)) { transport in
                for _ in 0..<2 {
                    let all = await errors(transport, "https://one.example/", calls: 1)
                    #expect(all.map(\.kind) == [.connection])
                }
                #expect(server.seen.requests.count == 2)
            }
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", "SSH-2.0-x\r\n\r\n",
        "HTTP/1.1 200 OK\n\n", "HTTP/1.1 101 Switch\r\n\r\n",
    ])
    func `a proxy with an invalid answer gives no tunnel`(_ answer: String) async throws {
        try await LoopbackServer.run(.answer(answer)) { server in
            let proxies = try ProxySettings(environment: [
                "HTTP_PROXY": "http://127.0.0.1:\(server.port)"
            ])
            try await TransportKind.kept.with(TransportSettings(proxies: proxies)) { transport in
                let all = await errors(transport, "http://one.example/", calls: 1)
                #expect(all.map(\.progress) == [.notSent])
                #expect(server.seen.requests.count == 1, "only the CONNECT left")
            }
        }
    }

    @Test func `an unknown host is looked up once`() async throws {
        let names = NameLookup { host in
            .failure(NameLookupError(host: host, .unknownHost, "scripted"))
        }
        try await TransportKind.kept.with(names: names) { transport in
            let all = await errors(transport, "https://nowhere.example/", calls: 3)
            #expect(all.count == 3 && all.allSatisfy { $0.isLasting }, "\(all)")
            #expect(all.allSatisfy { $0.detail.contains("no host nowhere.example") })
        }
    }

    @Test func `a call does not retry a lasting failure`() async throws {
        try await LoopbackServer.run(.answer(ok), tls: TestCertificates.context()) { server in
            try await TransportKind.kept.with { transport in
                let client = AWSServiceClient(
                    endpoint: Endpoint(
                        url: "https://localhost:\(server.port)",
                        signingRegion: "eu-west-1",
                        service: .codePipeline
                    ),
                    transport: transport,
                    credentials: StaticCredentials(.sample),
                    environment: try TestWorld().environment
                )
                let answer = await client.call(
                    .op(.safe),
                    body: []
                )
                #expect(answer.observation == "1 send, notSent lasting")
                #expect(server.seen.connections == 1)
            }
        }
    }

    @Test func `a connection that is cut in the handshake is retried`() async throws {
        let behaviour = LoopbackBehaviour.connections([.closeOnAccept, .closeOnAccept, .answer(ok)])
        try await LoopbackServer.run(behaviour, tls: TestCertificates.context()) { server in
            try await TestCertificates.withFile(TestCertificates.authority) { path in
                let settings = TransportSettings(authorities: path)
                try await TransportKind.fresh.with(settings) { transport in
                    let url = "https://localhost:\(server.port)/"
                    let failures = await errors(transport, url, calls: 1)
                    #expect(failures.isEmpty, "\(failures)")
                    #expect(server.seen.connections == 3)
                }
            }
        }
    }
}
