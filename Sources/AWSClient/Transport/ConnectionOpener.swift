import NIOCore
import NIOPosix
import NIOSSL

/// How a connection to one host and port is established.
struct ConnectionOpener: Sendable {
    /// The TLS of one origin: the settings, and who must be at the other end.
    struct Security: Sendable {
        let context: NIOSSLContext
        let peer: PeerName
    }

    private let host: String
    private let port: Int
    /// nil for http.
    let security: Security?
    /// The proxy for the tunnel; nil for a direct connection.
    private let proxy: ProxyServer?
    private let names: NameLookup
    /// The routes that may be paused: the origin, and the proxy for all origins behind it.
    let ways: [String]

    init(
        name: String,
        host: String,
        port: Int,
        security: Security?,
        proxy: ProxyServer?,
        names: NameLookup
    ) {
        self.host = host
        self.port = port
        self.security = security
        self.proxy = proxy
        self.names = names
        ways = [name] + (proxy.map { ["proxy \($0.host):\($0.port)"] } ?? [])
    }

    /// The route that an error belongs to: the proxy's name and password concern every origin.
    func way(of error: any Error) -> String {
        let isOfProxy = proxy != nil && (error.isPasswordRefused || error is NIOConnectionError)
        return (isOfProxy ? ways.last : ways.first) ?? ""
    }

    /// An answer of 12 KB with its TLS record fits in one read.
    private static let readSize = 32 << 10

    /// Connects by TCP; the handlers are added to the one successful channel of several attempts.
    func dial(on loop: any EventLoop, by deadline: NIODeadline) -> EventLoopFuture<any Channel> {
        let (host, port) = proxy.map { ($0.host, $0.port) } ?? (host, port)
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(max(.milliseconds(1), deadline - .now()))
            .channelOption(
                .recvAllocator,
                value: FixedSizeRecvByteBufferAllocator(capacity: Self.readSize)
            )
        guard IPAddress(host) != nil else {
            return bootstrap.resolver(DialResolver(host, names: names, loop: loop))
                .connect(host: host, port: port)
        }
        do {
            return bootstrap.connect(to: try SocketAddress(ipAddress: host, port: port))
        } catch {
            return loop.makeFailedFuture(error)
        }
    }

    /// Prepares a channel for exchanges: through the proxy's tunnel if there is one.
    func addHandlers(to channel: any Channel, _ connection: PooledConnection) throws {
        guard let proxy else { return try secure(channel, connection) }
        let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        try channel.pipeline.syncOperations.addHandler(
            ProxyTunnel(
                proxy: proxy,
                target: "\(name):\(port)",
                established: { channel in try self.secure(channel, connection) },
                failed: { error in connection.close(error) }
            )
        )
    }

    /// Adds TLS to a channel if it is used; the connection checks the peer's identity.
    private func secure(_ channel: any Channel, _ connection: PooledConnection) throws {
        if let security {
            try channel.pipeline.syncOperations.addHandler(
                NIOSSLClientHandler(
                    context: security.context,
                    serverHostname: security.peer.serverName
                )
            )
        }
        try channel.pipeline.syncOperations.addHandler(connection)
    }
}
