import NIOSSL
import Primitives

/// The authorities that a transport trusts, and the files that they were read from.
struct TrustStore: Sendable {
    private let settings: TransportSettings
    private let files: [String]
    private var stamps: [FileStamp?]
    private var tls: TLSConfiguration
    /// Created once for all hosts, on first use: it reads the system's authorities.
    private var byName: NIOSSLContext?
    /// The same for hosts that are addresses, which NIOSSL would compare with the proxy's.
    private var byAddress: NIOSSLContext?
    /// The last report of files that cannot be read.
    private var complaint: String?

    /// Where NIOSSL finds the system's authorities.
    private static let systemFiles = [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/certs",
    ]

    init(_ settings: TransportSettings) throws(TransportSettingsError) {
        self.settings = settings
        files = settings.authorities.map { [$0] } ?? TrustStore.systemFiles
        // Before the reading: a file that is replaced meanwhile is read once more.
        stamps = files.map(LiveSystem.stamp(ofPath:))
        tls = try settings.tlsConfiguration()
    }

    /// The context for a peer, whose name the connection checks after the handshake.
    mutating func context(for peer: PeerName) throws -> NIOSSLContext {
        switch peer {
        case .name:
            if let byName { return byName }
            let context = try NIOSSLContext(configuration: tls)
            byName = context
            return context
        case .address:
            if let byAddress { return byAddress }
            var tls = tls
            // The chain is verified all the same.
            tls.certificateVerification = .noHostnameVerification
            let context = try NIOSSLContext(configuration: tls)
            byAddress = context
            return context
        }
    }

    /// Rereads the files when one of them changed.
    ///
    /// - Returns: The change or the error, reported once; nil for none.
    mutating func renew() -> TrustChange? {
        let now = files.map(LiveSystem.stamp(ofPath:))
        guard now != stamps else { return nil }
        let name = settings.authorities ?? "the system's authorities"
        do {
            let fresh = try settings.tlsConfiguration()
            // Created now, so that an unusable file is found before the old context is gone.
            byName = try NIOSSLContext(configuration: fresh)
            byAddress = nil
            tls = fresh
            stamps = now
            complaint = nil
            return .renewed(name)
        } catch {
            let text = "\(error)".printable(limit: 300)
            guard text != complaint else { return nil }
            complaint = text
            return .unreadable(name, reason: text)
        }
    }
}

/// The change of authorities whose files changed.
package enum TrustChange: Hashable, Sendable, CustomStringConvertible {
    /// They were reread; only they are trusted now.
    case renewed(String)
    /// They cannot be read; the old ones stay trusted.
    case unreadable(String, reason: String)

    /// Whether somebody should check the files.
    package var isProblem: Bool {
        switch self {
        case .renewed: false
        case .unreadable: true
        }
    }

    package var description: String {
        switch self {
        case .renewed(let name):
            "CA bundle: \(name) changed and was read anew; new connections trust only it"
        case .unreadable(let name, let reason):
            "CA bundle: \(name) changed and cannot be read (\(reason)); the authorities read "
                + "before stay trusted until it can"
        }
    }
}
