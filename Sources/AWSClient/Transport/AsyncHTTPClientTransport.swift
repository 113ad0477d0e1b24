import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import RetryCore
import Synchronization

/// Sends requests with AsyncHTTPClient, its defaults corrected.
///
/// No redirects, HTTP/1.1 only, no decompression, TLS 1.2 or later. A client exists for each
/// combination of proxy, connect time and freshness that is asked for. A proxy is always asked
/// for a tunnel (CONNECT), for http URLs, too.
package final class AsyncHTTPClientTransport: HTTPTransport {
    private let settings: TransportSettings
    private let tls: TLSConfiguration
    private let clients = Mutex<Clients>(Clients())

    /// One thread does the work of all transports; it lives as long as the process, because a
    /// connection that is being closed may still want to schedule something on it.
    static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    private struct Clients {
        var byKind: [ClientKind: HTTPClient] = [:]
        var isShutDown = false
    }

    /// What a client of AsyncHTTPClient can be configured with only as a whole.
    private struct ClientKind: Hashable {
        let proxy: ProxyServer?
        let connect: Duration
        let isFresh: Bool
    }

    /// Makes a transport; no connection is opened yet.
    ///
    /// - Throws: ``TransportSettingsError`` when the CA bundle is unreadable.
    package init(_ settings: TransportSettings = TransportSettings()) throws(TransportSettingsError)
    {
        self.settings = settings
        tls = try settings.tlsConfiguration()
    }

    package func send(
        _ request: HTTPRequest,
        limits: HTTPLimits
    ) async throws(TransportError) -> HTTPResponse {
        guard let url = URLParts(request.url), ["http", "https"].contains(url.scheme) else {
            throw .unusableURL
        }
        guard !Task.isCancelled else { throw .cancelledBeforeSending }
        let proxy = settings.proxies.proxy(for: url)
        let client = try client(
            ClientKind(
                proxy: proxy,
                connect: AsyncHTTPClientTransport.connectTime(atLeast: limits.connect),
                isFresh: limits.freshConnection
            )
        )
        let route = proxy.map { "\(url.hostHeader) through \($0)" } ?? url.hostHeader
        return try await exchange(request, with: client, limits: limits, route: route)
    }

    /// Closes all connections.
    ///
    /// Calls that are still waiting end with ``TransportError/Kind/cancelled``; later calls fail
    /// at once. Wait for the calls that matter before.
    package func shutDown() async {
        let all = clients.withLock { clients in
            clients.isShutDown = true
            defer { clients.byKind = [:] }
            return Array(clients.byKind.values)
        }
        for client in all {
            // The only error is that it is shut down already.
            do { try await client.shutdown() } catch { continue }
        }
    }

    /// The nearest step that is not shorter: so there is never more than a handful of clients.
    private static func connectTime(atLeast asked: Duration) -> Duration {
        connectTimes.first { $0 >= asked } ?? .seconds(60)
    }

    private static let connectTimes: [Duration] = [
        .milliseconds(100), .milliseconds(200), .milliseconds(500), .seconds(1), .seconds(2),
        .milliseconds(3100), .seconds(5), .seconds(10), .seconds(30), .seconds(60),
    ]

    private func exchange(
        _ request: HTTPRequest,
        with client: HTTPClient,
        limits: HTTPLimits,
        route: String
    ) async throws(TransportError) -> HTTPResponse {
        let collector = ResponseCollector(limit: limits.bodyBytes)
        do {
            let task = client.execute(
                request: try HTTPClient.Request(request),
                delegate: collector,
                deadline: .now() + TimeAmount(limits.total)
            )
            return try await withTaskCancellationHandler {
                try await task.get()
            } onCancel: {
                task.cancel()
            }
        } catch {
            throw TransportError(error, isHeadWritten: collector.isHeadWritten, route: route)
        }
    }

    private func client(_ kind: ClientKind) throws(TransportError) -> HTTPClient {
        let client = clients.withLock { clients -> HTTPClient? in
            guard !clients.isShutDown else { return nil }
            if let client = clients.byKind[kind] { return client }
            let client = HTTPClient(
                eventLoopGroupProvider: .shared(AsyncHTTPClientTransport.group),
                configuration: configuration(kind)
            )
            clients.byKind[kind] = client
            return client
        }
        guard let client else { throw .shutDown }
        return client
    }

    private func configuration(_ kind: ClientKind) -> HTTPClient.Configuration {
        var pool = HTTPClient.Configuration.ConnectionPool(
            idleTimeout: TimeAmount(settings.idleTimeout),
            concurrentHTTP1ConnectionsPerHostSoftLimit: settings.connectionsPerHost
        )
        pool.retryConnectionEstablishment = settings.retriesConnecting
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls,
            redirectConfiguration: .disallow,
            timeout: .init(connect: TimeAmount(kind.connect)),
            connectionPool: pool,
            proxy: kind.proxy.map(HTTPClient.Configuration.Proxy.init),
            decompression: .disabled
        )
        configuration.httpVersion = .http1Only
        configuration.maximumUsesPerConnection = kind.isFresh ? 1 : nil
        return configuration
    }
}

extension HTTPClient.Configuration.Proxy {
    fileprivate init(_ server: ProxyServer) {
        self = .server(
            host: server.host,
            port: server.port,
            authorization: server.user.map {
                .basic(username: $0, password: server.password?.exposed ?? "")
            }
        )
    }
}

extension HTTPClient.Request {
    fileprivate init(_ request: HTTPRequest) throws {
        try self.init(
            url: request.url,
            method: HTTPMethod(rawValue: request.method),
            headers: HTTPHeaders(request.headers.map { ($0.name, $0.value) }),
            body: request.body.isEmpty ? nil : .bytes(request.body)
        )
    }
}
