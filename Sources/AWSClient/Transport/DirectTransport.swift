import AsyncHTTPClient
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Sends requests straight over NIO, for the many small calls of polling.
///
/// It does less than AsyncHTTPClient and costs a fraction of it: HTTP/1.1 over connections that
/// are kept, no proxy, no request for a fresh connection, no streaming. What it does it does
/// alike: TLS, limits, the order of waiting, and what an error says of the request's progress.
package final class DirectTransport: HTTPTransport {
    private let settings: TransportSettings
    private let tls: TLSConfiguration
    private let state = Mutex(State())
    private let loop = AsyncHTTPClientTransport.group.next()

    private typealias Pool = NIOLoopBoundBox<ConnectionPool>

    private struct State {
        var isShutDown = false
        /// One for each origin that was ever asked for: a handful.
        var pools: [String: Pool] = [:]
        /// What the URLs of late calls lead to; they are few, and reading one costs.
        var routes: [String: Route] = [:]
        var tls: NIOSSLContext?
    }

    /// Where a URL leads.
    private struct Route {
        let pool: Pool
        let target: String
        let host: String
    }

    /// Makes a transport; no connection is opened yet.
    ///
    /// - Throws: ``TransportSettingsError`` when the CA bundle is unreadable.
    package init(_ settings: TransportSettings = TransportSettings()) throws(TransportSettingsError)
    {
        self.settings = settings
        var tls = try settings.tlsConfiguration()
        tls.applicationProtocols = ["http/1.1"]
        self.tls = tls
    }

    package func send(
        _ request: HTTPRequest,
        limits: HTTPLimits
    ) async throws(TransportError) -> HTTPResponse {
        let route = try route(request.url)
        guard !Task.isCancelled else { throw .cancelledBeforeSending }
        let exchange = try exchange(request, limits: limits, route: route)
        let pool = route.pool
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { caller in
                exchange.begin(caller)
                loop.execute { pool.value.submit(exchange) }
            }
        } onCancel: {
            loop.execute { pool.value.cancel(exchange) }
        }
        return try result.get()
    }

    /// Closes all connections.
    ///
    /// Calls that are still waiting end with ``TransportError/Kind/cancelled``; later calls fail
    /// at once. Wait for the calls that matter before.
    package func shutDown() async {
        let pools = state.withLock { state in
            state.isShutDown = true
            state.routes = [:]
            defer { state.pools = [:] }
            return Array(state.pools.values)
        }
        for pool in pools {
            do {
                try await loop.submit { pool.value.shutDown() }.get()
            } catch {
                // Only a loop that has ended refuses, and it has closed every channel.
                continue
            }
        }
    }

    /// What there is now over all hosts.
    package func census() async -> ConnectionCensus {
        var all = ConnectionCensus()
        for pool in state.withLock({ Array($0.pools.values) }) {
            do {
                let part = try await loop.submit { pool.value.census }.get()
                all.open += part.open
                all.free += part.free
                all.waiting += part.waiting
            } catch {
                // A loop that has ended has no connections.
                continue
            }
        }
        return all
    }

    private func exchange(
        _ request: HTTPRequest,
        limits: HTTPLimits,
        route: Route
    ) throws(TransportError) -> Exchange {
        do {
            let message = try RequestWriter.message(
                request,
                target: route.target,
                host: route.host
            )
            return Exchange(
                message: message,
                isHead: request.method == "HEAD",
                limits: limits,
                route: route.host
            )
        } catch {
            throw TransportError(error, isHeadWritten: false, route: route.host)
        }
    }
}

/// How many connections a transport has, and how many calls wait for one.
package struct ConnectionCensus: Hashable, Sendable {
    /// Connections that are open or being opened.
    package var open = 0
    /// Those of them that wait for a call.
    package var free = 0
    /// Calls that wait for a connection.
    package var waiting = 0

    /// Makes a census of its parts.
    package init(open: Int = 0, free: Int = 0, waiting: Int = 0) {
        self.open = open
        self.free = free
        self.waiting = waiting
    }
}

extension DirectTransport {
    /// More URLs than a daemon has endpoints; then the memory begins anew.
    private static let routeLimit = 64

    private func route(_ text: String) throws(TransportError) -> Route {
        let (known, isShutDown) = state.withLock { ($0.routes[text], $0.isShutDown) }
        if let known { return known }
        guard let url = URLParts(text), ["http", "https"].contains(url.scheme) else {
            throw .unusableURL
        }
        guard !isShutDown else { throw .shutDown }
        do {
            return try makeRoute(url, text)
        } catch let error as TransportError {
            throw error
        } catch {
            throw TransportError(error, isHeadWritten: false, route: url.hostHeader)
        }
    }

    private func makeRoute(_ url: URLParts, _ text: String) throws -> Route {
        try state.withLock { state in
            guard !state.isShutDown else { throw TransportError.shutDown }
            let origin = "\(url.scheme)://\(url.host.lowercased()):\(url.effectivePort)"
            let pool = try state.pools[origin] ?? pool(url, &state)
            state.pools[origin] = pool
            let route = Route(
                pool: pool,
                target: (url.path.isEmpty ? "/" : url.path) + (url.query.map { "?\($0)" } ?? ""),
                host: url.hostHeader
            )
            if state.routes.count >= Self.routeLimit { state.routes = [:] }
            state.routes[text] = route
            return route
        }
    }

    private func pool(_ url: URLParts, _ state: inout State) throws -> Pool {
        if url.scheme == "https", state.tls == nil {
            // Once for all hosts: it reads the system's authorities.
            state.tls = try NIOSSLContext(configuration: tls)
        }
        let opener = ConnectionOpener(
            host: url.host,
            port: url.effectivePort,
            tls: url.scheme == "https" ? state.tls : nil
        )
        return .makeBoxSendingValue(
            ConnectionPool(opener: opener, settings: settings, loop: loop),
            eventLoop: loop
        )
    }
}
