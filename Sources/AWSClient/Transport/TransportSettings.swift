import NIOSSL
import Primitives

/// The settings of a transport.
package struct TransportSettings: Hashable, Sendable {
    /// Which requests go through a proxy.
    package var proxies: ProxySettings
    /// A PEM file of the authorities to trust instead of the system's; nil for the system's.
    package var authorities: String?
    /// How long an unused connection is kept; default 15 s, less than AWS keeps its own.
    package var idleTimeout: Duration
    /// How many connections one host may have at once; default 16.
    ///
    /// Further calls wait.
    package var connectionsPerHost: Int
    /// Whether a refused, reset or timed-out connection is retried within the connect time; default
    /// true.
    package var retriesConnecting: Bool

    /// Creates settings; all have defaults.
    package init(
        proxies: ProxySettings = .direct,
        authorities: String? = nil,
        idleTimeout: Duration = .seconds(15),
        connectionsPerHost: Int = 16,
        retriesConnecting: Bool = true
    ) {
        self.proxies = proxies
        self.authorities = authorities
        self.idleTimeout = idleTimeout
        self.connectionsPerHost = connectionsPerHost
        self.retriesConnecting = retriesConnecting
    }

    /// For instance and container metadata: direct, and one try to connect.
    package static let metadata = TransportSettings(retriesConnecting: false)
}

extension HTTPLimits {
    /// For calls of a service: 3.1 s to connect, 20 s in all, bodies up to 6 MiB.
    package static let service = HTTPLimits(
        connect: .milliseconds(3100),
        total: .seconds(20),
        bodyBytes: 6 << 20
    )

    /// For instance and container metadata: 1 s to connect, 2 s in all, bodies up to 64 KiB.
    package static let metadata = HTTPLimits(
        connect: .seconds(1),
        total: .seconds(2),
        bodyBytes: 64 << 10
    )
}

/// Why a transport cannot be made.
package struct TransportSettingsError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The problem, with the file's name.
    package let reason: String

    /// Creates an error.
    package init(reason: String) {
        self.reason = reason
    }

    package var description: String { reason }
}

extension TransportSettings {
    /// TLS 1.2 or later with full verification; there is no switch to weaken it.
    ///
    /// Who the certificate is for is checked by ``PeerName`` besides, because NIOSSL also takes an
    /// iPAddress or a common name for a host's name.
    func tlsConfiguration() throws(TransportSettingsError) -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        tls.certificateVerification = .fullVerification
        tls.applicationProtocols = ["http/1.1"]
        guard let authorities else { return tls }
        do {
            let certificates = try NIOSSLCertificate.fromPEMFile(authorities)
            guard !certificates.isEmpty else {
                throw TransportSettingsError(reason: "CA bundle \(authorities): no certificate")
            }
            tls.trustRoots = .certificates(certificates)
            return tls
        } catch let error as TransportSettingsError {
            throw error
        } catch {
            throw TransportSettingsError(
                reason: "CA bundle \(authorities): not a readable PEM file of certificates "
                    + "(\("\(error)".printable(limit: 200))); correct the setting or AWS_CA_BUNDLE"
            )
        }
    }
}
