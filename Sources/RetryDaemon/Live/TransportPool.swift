package import AWSClient
import Synchronization

/// The HTTP transports of the process: one for each trust store.
///
/// The authority files are checked periodically: added authorities are trusted and removed ones are
/// not, without a restart.
package final class TransportPool: Sendable {
    /// How often the authority files are checked.
    package static let interval = Duration.seconds(30)

    private let environment: [String: String]
    /// The changes of authorities at a reload, until its answer reports them.
    private let pendingChanges = Mutex<[TrustChange]>([])
    private let transports = Mutex<[String: ServiceTransport]>([:])

    /// Creates an empty pool.
    ///
    /// - Parameter environment: for HTTPS_PROXY, HTTP_PROXY and NO_PROXY.
    package init(environment: [String: String]) {
        self.environment = environment
    }

    /// The transport that trusts a file of authorities, or the system's.
    ///
    /// - Throws: ``CredentialsError`` with the error of the file or of a proxy variable.
    package func transport(authorities: String?) throws(CredentialsError) -> any HTTPTransport {
        try transports.withLock { transports throws(CredentialsError) in
            if let known = transports[authorities ?? ""] { return known }
            do {
                let proxies = try ProxySettings(environment: environment)
                let made = try ServiceTransport(
                    TransportSettings(proxies: proxies, authorities: authorities)
                )
                transports[authorities ?? ""] = made
                return made
            } catch {
                throw CredentialsError(source: "HTTP", reason: "\(error)")
            }
        }
    }

    /// Rereads the changed authority files.
    ///
    /// - Returns: The files that changed or cannot be read, in the order of the files' names.
    package func renewTrust() -> [TrustChange] {
        let all = transports.withLock { $0 }
        return all.sorted { $0.key < $1.key }.compactMap { $0.value.renewTrust() }
    }

    /// The same at a reload, whose answer takes the result by ``takeTrustChanges()``.
    package func renewTrustForReload() {
        let changes = renewTrust()
        pendingChanges.withLock { $0 += changes }
    }

    /// The changes that reloads found since the last call.
    package func takeTrustChanges() -> [TrustChange] {
        pendingChanges.withLock { changes in
            defer { changes = [] }
            return changes
        }
    }

    /// Closes every connection; calls under way fail.
    package func shutDown() async {
        let all = transports.withLock { transports in
            defer { transports = [:] }
            return transports
        }
        for transport in all.values { await transport.shutDown() }
    }
}
