import AWSClient
import FoundationEssentials
import Testing

private let ok = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"

@Suite("Authorities that change while the transport lives", .serialized, .timeLimit(.minutes(2)))
struct TrustTests {
    private func write(_ text: String, _ path: String) throws {
        // A new inode, as package managers and rotators make one.
        try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
    }

    private func status(_ transport: ServiceTransport, _ server: LoopbackServer) async -> Int? {
        do throws(TransportError) {
            let url = "https://localhost:\(server.port)/"
            let request = HTTPRequest(method: "POST", url: url, body: [1])
            return try await transport.send(request, limits: .service).status
        } catch {
            #expect(error.progress == .notSent)
            return nil
        }
    }

    @Test func `a removed authority is no longer trusted, an added one is`()
        async throws
    {
        try await LoopbackServer.run(.answer(ok), tls: TestCertificates.context()) { server in
            try await TestCertificates.withFile(TestCertificates.authority) { path in
                let transport = try ServiceTransport(TransportSettings(authorities: path))
                #expect(await status(transport, server) == 200)
                #expect(transport.renewTrust() == nil, "nothing changed")
                try write(NameCertificates.authority, path)
                #expect(transport.renewTrust() == .renewed(path))
                #expect(await status(transport, server) == nil, "no kept connection either")
                try write(NameCertificates.authority + "\n" + TestCertificates.authority, path)
                #expect(transport.renewTrust() == .renewed(path))
                #expect(await status(transport, server) == 200, "no pause is left behind")
                await transport.shutDown()
            }
        }
    }

    @Test func `an unreadable file keeps the old authorities and is reported once`()
        async throws
    {
        try await LoopbackServer.run(.answer(ok), tls: TestCertificates.context()) { server in
            try await TestCertificates.withFile(TestCertificates.authority) { path in
                let transport = try ServiceTransport(TransportSettings(authorities: path))
                try write("half a certif", path)
                #expect(transport.renewTrust()?.isProblem == true)
                #expect(transport.renewTrust() == nil)
                #expect(await status(transport, server) == 200)
                try write(TestCertificates.authority + "\n", path)
                #expect(transport.renewTrust() == .renewed(path))
                #expect(transport.renewTrust() == nil)
                #expect(await status(transport, server) == 200)
                await transport.shutDown()
            }
        }
    }
}
