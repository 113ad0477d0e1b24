import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Sends requests over NIO: every call of the process, polls and retries, direct or by proxy.
///
/// HTTP/1.1 only, no redirects, no decompression, no streaming; TLS 1.2 or later. Connections are
/// reused, except for requests that ask for a fresh one. A proxy is always asked for a tunnel
/// (CONNECT), even for http URLs.
package final class ServiceTransport: HTTPTransport {
    private let settings: TransportSettings
    private let names: NameLookup
    private let state: Mutex<State>
    private let loop = ServiceTransport.group.next()
    private let pauses: NIOLoopBoundBox<OriginPauses>

    /// One thread does the work of all transports; it lives as long as the process, because a
    /// connection that is being closed may still schedule something on it.
    static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    /// Runs tasks beside the connections of all transports, on their one thread.
    package static let executor = LoopExecutor(group.next())

    fileprivate typealias Pool = NIOLoopBoundBox<ConnectionPool>

    fileprivate struct State {
        var isShutDown = false
        var trust: TrustStore
        /// Two for each origin ever requested: a handful.
        var origins: [String: Origin] = [:]
        /// The targets of recently used URLs; they are few, and parsing one costs time.
        var routes: [String: Route] = [:]
    }

    /// The connections to one scheme, host and port.
    fileprivate struct Origin {
        let kept: Pool
        let fresh: Pool
    }

    /// Where a URL leads.
    fileprivate struct Route {
        let origin: Origin
        let target: String
        let host: String
        /// Host and proxy, for texts.
        let way: String
    }

    /// Creates a transport; no connection is opened yet.
    ///
    /// - Parameters:
    ///   - settings: Proxies, authorities, limits.
    ///   - names: The host name lookups; default: those of the process.
    /// - Throws: ``TransportSettingsError`` when the CA bundle is unreadable.
    package init(
        _ settings: TransportSettings = TransportSettings(),
        names: NameLookup = .system
    ) throws(TransportSettingsError) {
        self.settings = settings
        self.names = names
        state = Mutex(State(trust: try TrustStore(settings)))
        pauses = .makeBoxSendingValue(OriginPauses(), eventLoop: loop)
    }

    package func send(
        _ request: HTTPRequest,
        limits: HTTPLimits
    ) async throws(TransportError) -> HTTPResponse {
        let route = try route(request.url)
        guard !Task.isCancelled else { throw .cancelledBeforeSending }
        let exchange = try exchange(request, limits: limits, route: route)
        let pool = limits.freshConnection ? route.origin.fresh : route.origin.kept
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

    /// Rereads changed authority files, and trusts only them from then on.
    ///
    /// Connections verified by older authorities finish their exchange, and carry no other. An
    /// unreadable file changes nothing.
    ///
    /// - Returns: The change; nil when there is none.
    package func renewTrust() -> TrustChange? {
        let (change, retired) = state.withLock { state -> (TrustChange?, [Pool]) in
            guard !state.isShutDown, let change = state.trust.renew() else { return (nil, []) }
            guard case .renewed = change else { return (change, []) }
            defer {
                state.origins = [:]
                state.routes = [:]
            }
            return (change, state.allPools)
        }
        guard !retired.isEmpty else { return change }
        loop.execute { [pauses] in
            for pool in retired { pool.value.retire() }
            // A certificate that was rejected may be valid by the new authorities.
            pauses.value.forgetOrigins()
        }
        return change
    }

    /// Closes all connections.
    ///
    /// Calls that are still waiting end with ``TransportError/Kind/cancelled``; later calls fail at
    /// once. Wait for important calls before.
    package func shutDown() async {
        let pools = state.withLock { state in
            state.isShutDown = true
            state.routes = [:]
            defer { state.origins = [:] }
            return state.allPools
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

    /// The current connections and waiting exchanges over all hosts.
    package func census() async -> ConnectionCensus {
        var all = ConnectionCensus()
        for pool in state.withLock({ $0.allPools }) {
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
                route: route.way
            )
        } catch {
            throw TransportError(error, isHeadWritten: false, route: route.way)
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

    /// Creates a census.
    package init(open: Int = 0, free: Int = 0, waiting: Int = 0) {
        self.open = open
        self.free = free
        self.waiting = waiting
    }
}

extension ServiceTransport {
    /// More URLs than a daemon has endpoints; at the limit the memory is cleared.
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
            let name = "\(url.scheme)://\(url.host.lowercased()):\(url.effectivePort)"
            let proxy = settings.proxies.proxy(for: url)
            let origin = try state.origins[name] ?? origin(name, url, proxy, &state.trust)
            state.origins[name] = origin
            let route = Route(
                origin: origin,
                target: (url.path.isEmpty ? "/" : url.path) + (url.query.map { "?\($0)" } ?? ""),
                host: url.hostHeader,
                way: url.hostHeader + (proxy.map { " through \($0)" } ?? "")
            )
            if state.routes.count >= Self.routeLimit { state.routes = [:] }
            state.routes[text] = route
            return route
        }
    }

    private func origin(
        _ name: String,
        _ url: URLParts,
        _ proxy: ProxyServer?,
        _ trust: inout TrustStore
    ) throws -> Origin {
        let peer = PeerName(host: url.host)
        let opener = ConnectionOpener(
            name: name,
            host: url.host,
            port: url.effectivePort,
            security: url.scheme == "https"
                ? .init(context: try trust.context(for: peer), peer: peer) : nil,
            proxy: proxy,
            names: names
        )
        return Origin(kept: pool(opener, isFresh: false), fresh: pool(opener, isFresh: true))
    }

    private func pool(_ opener: ConnectionOpener, isFresh: Bool) -> Pool {
        .makeBoxSendingValue(
            ConnectionPool(
                opener: opener,
                settings: settings,
                loop: loop,
                pauses: pauses,
                isFresh: isFresh
            ),
            eventLoop: loop
        )
    }
}

extension ServiceTransport.State {
    fileprivate var allPools: [ServiceTransport.Pool] {
        origins.values.flatMap { [$0.kept, $0.fresh] }
    }
}
