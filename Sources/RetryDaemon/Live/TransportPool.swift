package import AWSClient
import Synchronization

/// The HTTP transports of the process: one for each trust store.
package final class TransportPool: Sendable {
    private let environment: [String: String]
    private let transports = Mutex<[String: ServiceTransport]>([:])

    /// Makes an empty pool.
    ///
    /// - Parameter environment: for HTTPS_PROXY, HTTP_PROXY and NO_PROXY.
    package init(environment: [String: String]) {
        self.environment = environment
    }

    /// The transport that trusts a file of authorities, or the system's.
    ///
    /// - Throws: ``CredentialsError`` with what is wrong with the file or a proxy variable.
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

    /// Closes every connection; calls under way fail.
    package func shutDown() async {
        let all = transports.withLock { transports in
            defer { transports = [:] }
            return transports
        }
        for transport in all.values { await transport.shutDown() }
    }
}
