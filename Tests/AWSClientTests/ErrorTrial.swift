import AWSClient
import AWSProbeKit
import Primitives
import Synchronization
import Testing

/// Plays the errors of ``ErrorTable``: over real sockets if the connection matters.
enum ErrorTrial {
    /// A page of something that is not AWS; the connection stays.
    static func page(_ status: Int) -> String {
        let body = "<html><body>blocked</body></html>"
        return "HTTP/1.1 \(status) X\r\nServer: squid\r\nContent-Type: text/html\r\n"
            + "connection: close\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    /// Half of an answer.
    static let half = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"a\""

    /// A complete answer.
    private static func answer(
        _ body: String,
        status: Int = 200,
        headers: String = ""
    ) -> String {
        "HTTP/1.1 \(status) X\r\nx-amzn-RequestId: r\r\n\(headers)"
            + "content-length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    private static let ok = answer("{}")

    /// Calls as long as the body lasts, with the real transport and a frozen clock.
    private static func client<Result>(
        _ kind: TransportKind,
        _ url: String,
        settings: TransportSettings = TransportSettings(),
        credentials: any CredentialsProvider = StaticCredentials(.sample),
        _ body: (AWSServiceClient) async throws -> Result
    ) async throws -> Result {
        try await kind.with(settings) { transport in
            let client = AWSServiceClient(
                endpoint: Endpoint(url: url, signingRegion: "eu-west-1", service: .codePipeline),
                transport: transport,
                credentials: credentials,
                environment: try TestWorld().environment
            )
            return try await body(client)
        }
    }

    private static func call(
        _ client: AWSServiceClient,
        _ replay: Replay,
        limits: HTTPLimits = .service
    ) async -> CallAnswer {
        await client.call(
            .op(replay),
            body: [],
            limits: limits
        )
    }

    /// The first connection has the error, further ones an answer.
    static func first(
        _ error: LoopbackBehaviour,
        _ replay: Replay,
        _ kind: TransportKind
    ) async throws -> String {
        try await LoopbackServer.run(.connections([error, .answer(ok)])) { server in
            try await client(kind, "http://127.0.0.1:\(server.port)") { client in
                let answer = await call(client, replay)
                #expect(server.seen.connections == answer.facts.attempts)
                return answer.observation
            }
        }
    }

    /// The behaviour of a call whose first connection closed at once, and how many requests were
    /// received.
    static func closedAtOnce(
        _ replay: Replay,
        _ kind: TransportKind
    ) async throws -> (seen: String, requests: Int) {
        try await LoopbackServer.run(.connections([.closeOnAccept, .answer(ok)])) { server in
            try await client(kind, "http://127.0.0.1:\(server.port)") { client in
                let answer = await call(client, replay)
                return (answer.observation, server.seen.requests.count)
            }
        }
    }

    static func otherPeer(_ replay: Replay, _ kind: TransportKind) async throws -> String {
        try await TestCertificates.withFile(NameCertificates.authority) { authorities in
            try await LoopbackServer.run(
                .answer(ok),
                tls: NameCertificates.context(NameCertificates.localhostByAddress)
            ) { server in
                try await client(
                    kind,
                    "https://localhost:\(server.port)",
                    settings: TransportSettings(authorities: authorities)
                ) { client in
                    let first = await call(client, replay).observation
                    let again = await call(client, replay).observation
                    #expect(server.seen.requests.isEmpty)
                    let count = server.seen.connections
                    return "\(first); again: \(again); \(count) handshake\(count == 1 ? "" : "s")"
                }
            }
        }
    }

    static func closedInHandshake(_ replay: Replay, _ kind: TransportKind) async throws -> String {
        try await TestCertificates.withFile(TestCertificates.authority) { authorities in
            try await LoopbackServer.run(
                .connections([.closeOnAccept, .answer(ok)]),
                tls: TestCertificates.context()
            ) { server in
                try await client(
                    kind,
                    "https://localhost:\(server.port)",
                    settings: TransportSettings(authorities: authorities)
                ) { client in
                    let answer = await call(client, replay)
                    #expect(server.seen.connections == 2)
                    #expect(server.seen.requests.count == 1)
                    return answer.observation
                }
            }
        }
    }

    static func late(_ replay: Replay, _ kind: TransportKind) async throws -> String {
        let own = LoopbackBehaviour.answers([ok, answer("{\"own\":1}")])
        let errors = LoopbackBehaviour.connections([.answerLate(answer("{\"late\":1}")), own])
        return try await LoopbackServer.run(errors) { server in
            try await client(kind, "http://127.0.0.1:\(server.port)") { client in
                var limits = HTTPLimits.service
                limits.total = .seconds(1)
                let answer = await call(client, replay, limits: limits)
                let next = await call(client, .safe)
                #expect(next.bodyText == "{\"own\":1}")
                return answer.observation
            }
        }
    }

    static func doubled(_ replay: Replay, _ kind: TransportKind) async throws -> String {
        let first = answer("{\"first\":1}")
        return try await LoopbackServer.run(.answers([first + first, ok])) { server in
            try await client(kind, "http://127.0.0.1:\(server.port)") { client in
                let one = await call(client, replay)
                #expect(one.bodyText == "{\"first\":1}")
                let next = await call(client, replay)
                #expect(next.bodyText == "{}")
                // If the close crosses it, a read is sent once more: its sends are not counted.
                return "\(one.observation); next call: \(next.verdict)"
            }
        }
    }

    static func skewed(_ replay: Replay, _ kind: TransportKind) async throws -> String {
        let refusal = answer(
            #"{"__type":"InvalidSignatureException","message":"Signature expired"}"#,
            status: 400,
            headers: "Date: Mon, 23 Nov 2026 01:22:03 GMT\r\n"
        )
        return try await LoopbackServer.run(.answers([refusal, ok])) { server in
            try await client(kind, "http://127.0.0.1:\(server.port)") { client in
                let answer = await call(client, replay)
                let stamps = server.seen.requests.map { header("x-amz-date", of: $0) }
                #expect(stamps == ["20261123T010203Z", "20261123T012203Z"])
                let later = await call(client, replay)
                #expect(later.observation == "1 send, accepted")
                return answer.observation
            }
        }
    }

    static func expired(_ replay: Replay, _ kind: TransportKind) async throws -> String {
        let refusal = answer(#"{"__type":"ExpiredTokenException"}"#, status: 400)
        let provider = RotatingCredentials(
            ["OLD", "NEW"].map { name in
                .success(Credentials(accessKeyID: name, secretAccessKey: Secret("s-\(name)")))
            }
        )
        return try await LoopbackServer.run(.answers([refusal, ok])) { server in
            try await client(
                kind,
                "http://127.0.0.1:\(server.port)",
                credentials: provider
            ) { client in
                let answer = await call(client, replay)
                let keys = server.seen.requests.map { request in
                    header("authorization", of: request).contains("Credential=NEW/")
                }
                #expect(keys == [false, true])
                #expect(provider.rejected == ["OLD"])
                return answer.observation
            }
        }
    }

    private static func header(_ name: String, of request: String) -> String {
        let line = request.split(separator: "\r\n").first { $0.lowercased().hasPrefix("\(name):") }
        return line.map { String($0.dropFirst(name.count + 2)) } ?? ""
    }
}

extension ErrorTrial {
    static func failingRefresh(_ replay: Replay) async throws -> String {
        let harness = VirtualHarness { isSTS, time in
            isSTS && time > .zero && time < .seconds(2000) ? .refusing : .fair
        }
        var seen: [String] = []
        await harness.running {
            for second in [0, 890, 910, 2301] as [Int64] {
                await harness.pass(to: .seconds(second))
                seen.append(await harness.call(replay).observation)
            }
        }
        #expect(seen.first == seen.dropFirst().first)
        #expect(harness.service.seen.callsWithEndedKeys == 0)
        return "\(seen[1]); ended: \(seen[2]); healed: \(seen[3])"
    }

    static func shortSessions(_ replay: Replay) async throws -> String {
        let harness = VirtualHarness { _, _ in .fair }
        var seen: Set<String> = []
        var calls = 0
        await harness.running {
            for second in stride(from: Int64(0), through: 3600, by: 10) {
                await harness.pass(to: .seconds(second))
                seen.insert(await harness.call(replay).observation)
                calls += 1
            }
        }
        let sessions = harness.service.seen.sessions
        return "\(calls) calls: \(seen.sorted().joined(separator: ", ")); \(sessions) sessions"
    }

    /// A credentials file that is rewritten, before and after AWS refuses the old credentials.
    static func rotatedFile(_ replay: Replay) async throws -> String {
        let harness = RotatingFileHarness()
        // Before the cache runs: it may check the file at once.
        harness.write("FIRST")
        return await harness.running {
            _ = await harness.call(replay)
            harness.write("SECOND")
            await harness.pass(.seconds(30))
            let checked = await harness.call(replay).observation
            #expect(harness.lastKey == "SECOND")
            harness.write("THIRD", refusingOthers: true)
            let refused = await harness.call(replay).observation
            #expect(harness.lastKey == "THIRD")
            return "\(checked); old keys already refused: \(refused)"
        }
    }
}

extension CallAnswer {
    /// The body of a success.
    fileprivate var bodyText: String? {
        guard case .accepted(let body, _) = self else { return nil }
        return String(decoding: body, as: UTF8.self)
    }
}
