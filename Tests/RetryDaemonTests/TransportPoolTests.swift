import AWSClient
import FoundationEssentials
import Glibc
import RetryDaemon
import Testing

@Suite struct TransportPoolTests {
    @Test func `a reload reports once which authorities it reread`() throws {
        let folder = FileManager.default.temporaryDirectory.path
        let path = "\(folder)/retryd-pool-\(UUID().uuidString).pem"
        try Data(Self.authority.utf8).write(to: URL(filePath: path))
        defer { _ = unsafe unlink(path) }
        let pool = TransportPool(environment: [:])
        _ = try pool.transport(authorities: path)
        pool.renewTrustForReload()
        #expect(pool.takeTrustChanges() == [])
        try Data((Self.authority + "\n").utf8).write(to: URL(filePath: path), options: .atomic)
        pool.renewTrustForReload()
        #expect(pool.takeTrustChanges() == [.renewed(path)])
        #expect(pool.takeTrustChanges() == [])
        try Data("half".utf8).write(to: URL(filePath: path), options: .atomic)
        #expect(pool.renewTrust().map(\.isProblem) == [true])
        #expect(pool.renewTrust() == [])
    }

    private static let authority = """
        -----BEGIN CERTIFICATE-----
        MIIBljCCATugAwIBAgIUYnAhjthVYSLiRuprzh6FQYgZ+CAwCgYIKoZIzj0EAwIw
        HzEdMBsGA1UEAwwUbmFtZXMgdGVzdCBhdXRob3JpdHkwIBcNMjYxMTI4MTUwODQ5
        WhgPMjEyNjExMDQxNTA4NDlaMB8xHTAbBgNVBAMMFG5hbWVzIHRlc3QgYXV0aG9y
        aXR5MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEC8OFDE4P0xnF8TQkNkXpDVsT
        26jRFR8TM9r3vfqJ9CtIYGecLpP2sYrzaNSoh2PmrVxQOAy3ImA6wNh6xdp0TKNT
        MFEwHQYDVR0OBBYEFLZJN+4auh3mHdKcvkSsd5FrxS3TMB8GA1UdIwQYMBaAFLZJ
        N+4auh3mHdKcvkSsd5FrxS3TMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwID
        SQAwRgIhAIoVIWhz0FXwCJmHs9mh+irw8V5ygLrj6RbgXjDHknLRAiEA/yUNrZmI
        KwDGZxWRwVUms9YN5NDYe48nyAT6PkhV2lw=
        -----END CERTIFICATE-----
        """
}
