import FoundationEssentials
import NIOSSL

/// A certificate for `localhost` and 127.0.0.1, and the authority that signed it.
///
/// Made for these tests alone, valid for a hundred years; the authority's key is not kept.
enum TestCertificates {
    static let authority = """
        -----BEGIN CERTIFICATE-----
        MIIBnDCCAUGgAwIBAgIUbC20Tawh2yk70XQhKsS8kjn7IrwwCgYIKoZIzj0EAwIw
        IjEgMB4GA1UEAwwXbG9vcGJhY2sgdGVzdCBhdXRob3JpdHkwIBcNMjYxMTIzMDIw
        OTIzWhgPMjEyNjEwMzAwMjA5MjNaMCIxIDAeBgNVBAMMF2xvb3BiYWNrIHRlc3Qg
        YXV0aG9yaXR5MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8/WGYwcHc9PoIYiw
        5FyMB0WyPMPQt+xhNaJkCkNKipehskVdaatHog5BJaC2+dcSHfCYXesGEWaGMkSM
        shl176NTMFEwHQYDVR0OBBYEFFTvbSERP1CDgqUSMSgKwRAJS01zMB8GA1UdIwQY
        MBaAFFTvbSERP1CDgqUSMSgKwRAJS01zMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZI
        zj0EAwIDSQAwRgIhAI4CV7uHu9VGCWvkvR516SuxX8jCdIZWSVXAAALZsPp7AiEA
        +DvL7W4cE1VxG4yxhqdnl+rA40eyXSUgmrnOrYmh6gA=
        -----END CERTIFICATE-----
        """

    private static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBrTCCAVKgAwIBAgIUS8io/v4RJCBc3ELbee7gW1v7VMkwCgYIKoZIzj0EAwIw
        IjEgMB4GA1UEAwwXbG9vcGJhY2sgdGVzdCBhdXRob3JpdHkwIBcNMjYxMTIzMDIw
        OTIzWhgPMjEyNjEwMzAwMjA5MjNaMBMxETAPBgNVBAMMCGxvb3BiYWNrMFkwEwYH
        KoZIzj0CAQYIKoZIzj0DAQcDQgAEaPap78tf79AgMyAS/Bzvz9/119/f56+wX1Ud
        bIR/mlyX1skPehOhKW8kAGJLOxgJOWINTCu49GvGNZ7UYuRyHaNzMHEwGgYDVR0R
        BBMwEYIJbG9jYWxob3N0hwR/AAABMBMGA1UdJQQMMAoGCCsGAQUFBwMBMB0GA1Ud
        DgQWBBRFfv8JSSKpSdgO+pJEhXAwBJWM6TAfBgNVHSMEGDAWgBRU720hET9Qg4Kl
        EjEoCsEQCUtNczAKBggqhkjOPQQDAgNJADBGAiEAgo2iRJxxQqKF/Vx8Sl62HL1P
        ENla7c1q1hopf1V4NZ4CIQClrc5KSt3O0UhrQTcDyIvdPZmu1cgpgvHc9mqXZ5Vg
        /Q==
        -----END CERTIFICATE-----
        """

    private static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgRdrylebeZQyNn42K
        FW4ueal/lL/X0rEzxCKMJUw+JTmhRANCAARo9qnvy1/v0CAzIBL8HO/P3/XX39/n
        r7BfVR1shH+aXJfWyQ96E6EpbyQAYks7GAk5Yg1MK7j0a8Y1ntRi5HId
        -----END PRIVATE KEY-----
        """

    /// A certificate for `elsewhere.example` and 127.0.0.9 that is its own authority.
    static let elsewhere = """
        -----BEGIN CERTIFICATE-----
        MIIBsjCCAVmgAwIBAgIUJI3n5XE7J2myTPjnFxAM6AMHGJ4wCgYIKoZIzj0EAwIw
        HDEaMBgGA1UEAwwRZWxzZXdoZXJlLmV4YW1wbGUwIBcNMjYxMTI1MTgxODA1WhgP
        MjEyNjExMDExODE4MDVaMBwxGjAYBgNVBAMMEWVsc2V3aGVyZS5leGFtcGxlMFkw
        EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAESKYZ8nreCoxayUV9E1CzxaZjwDtlZ6qE
        WiPYy/5hdUulvT6vCO8bRll2osLkxI7MT1IXmRl3i7DG9XAk1F64nqN3MHUwHQYD
        VR0OBBYEFI18cVB57vbH6qdxJDY6HsRDxiwCMB8GA1UdIwQYMBaAFI18cVB57vbH
        6qdxJDY6HsRDxiwCMA8GA1UdEwEB/wQFMAMBAf8wIgYDVR0RBBswGYIRZWxzZXdo
        ZXJlLmV4YW1wbGWHBH8AAAkwCgYIKoZIzj0EAwIDRwAwRAIgJrr7ME60UfaLQ74F
        eUqVMkJ8lXSEr6boq13yV8CphxwCIBzj2r+KavtlMFaAbGXjuHcc4Ey7xAjqiPQJ
        bsKo22Hz
        -----END CERTIFICATE-----
        """

    private static let elsewhereKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgQ4Bnw8pWatzZoU3G
        K3I/bAF2t3x4RI3MqTck54X5d1GhRANCAARIphnyet4KjFrJRX0TULPFpmPAO2Vn
        qoRaI9jL/mF1S6W9Pq8I7xtGWXaiwuTEjsxPUheZGXeLsMb1cCTUXrie
        -----END PRIVATE KEY-----
        """

    /// The server's side of TLS, with the certificate for this machine or for elsewhere.
    static func context(
        maximum: TLSVersion? = nil,
        isElsewhere: Bool = false
    ) throws -> NIOSSLContext {
        let certificate = isElsewhere ? elsewhere : certificate
        let key = isElsewhere ? elsewhereKey : key
        let chain = try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8))
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem))
        )
        if let maximum {
            configuration.minimumTLSVersion = .tlsv1
            configuration.maximumTLSVersion = maximum
        }
        return try NIOSSLContext(configuration: configuration)
    }

    /// Runs with a file that contains `text`, and removes it.
    @discardableResult
    static func withFile<Result>(
        _ text: String,
        _ body: (String) async throws -> Result
    ) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.path
        let path = "\(folder)/retryd-ca-\(UUID().uuidString).pem"
        try Data(text.utf8).write(to: URL(filePath: path))
        do {
            let result = try await body(path)
            try FileManager.default.removeItem(atPath: path)
            return result
        } catch {
            try FileManager.default.removeItem(atPath: path)
            throw error
        }
    }
}
