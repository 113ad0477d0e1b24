import NIOPosix

/// Sends each request by the cheapest transport that can carry it.
///
/// Polls go over kept connections straight over NIO. What needs a proxy or a fresh connection,
/// which is rare or not to be had there, goes through AsyncHTTPClient.
package final class ServiceTransport: HTTPTransport {
    private let direct: DirectTransport
    private let general: AsyncHTTPClientTransport
    private let proxies: ProxySettings

    /// Makes a transport; no connection is opened yet.
    ///
    /// - Throws: ``TransportSettingsError`` when the CA bundle is unreadable.
    package init(_ settings: TransportSettings = TransportSettings()) throws(TransportSettingsError)
    {
        direct = try DirectTransport(settings)
        general = try AsyncHTTPClientTransport(settings)
        proxies = settings.proxies
    }

    package func send(
        _ request: HTTPRequest,
        limits: HTTPLimits
    ) async throws(TransportError) -> HTTPResponse {
        if limits.freshConnection || needsProxy(request.url) {
            return try await general.send(request, limits: limits)
        }
        return try await direct.send(request, limits: limits)
    }

    /// Runs tasks beside the connections of all transports, on their one thread.
    package static let executor = LoopExecutor(AsyncHTTPClientTransport.group.next())

    /// Closes all connections.
    ///
    /// Calls that are still waiting end with ``TransportError/Kind/cancelled``; later calls fail
    /// at once. Wait for the calls that matter before.
    package func shutDown() async {
        await direct.shutDown()
        await general.shutDown()
    }

    /// Where no proxy is set, no URL needs to be read for it.
    private func needsProxy(_ text: String) -> Bool {
        guard proxies.https != nil || proxies.http != nil, let url = URLParts(text) else {
            return false
        }
        return proxies.proxy(for: url) != nil
    }
}
