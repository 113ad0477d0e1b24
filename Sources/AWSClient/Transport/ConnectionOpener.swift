import NIOCore
import NIOPosix
import NIOSSL

/// How a connection to one host and port comes about.
struct ConnectionOpener: Sendable {
    let host: String
    let port: Int
    /// nil for http.
    let tls: NIOSSLContext?

    /// Whether TLS is spoken.
    var usesTLS: Bool { tls != nil }

    /// An answer of 12 KB with its TLS record comes with one read.
    private static let readSize = 32 << 10

    /// Connects by TCP; the handlers are added to the one channel of several tries that stands.
    func dial(on loop: any EventLoop, by deadline: NIODeadline) -> EventLoopFuture<any Channel> {
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(max(.milliseconds(1), deadline - .now()))
            .channelOption(
                .recvAllocator,
                value: FixedSizeRecvByteBufferAllocator(capacity: Self.readSize)
            )
        guard IPAddress(host) != nil else { return bootstrap.connect(host: host, port: port) }
        do {
            return bootstrap.connect(to: try SocketAddress(ipAddress: host, port: port))
        } catch {
            return loop.makeFailedFuture(error)
        }
    }

    /// Makes a channel speak TLS, where it does, and carry exchanges.
    ///
    /// The name is verified; for an address, which SNI cannot carry, the address is.
    func addHandlers(to channel: any Channel, _ connection: PooledConnection) throws {
        if let tls {
            let name = IPAddress(host) == nil ? host : nil
            try channel.pipeline.syncOperations.addHandler(
                NIOSSLClientHandler(context: tls, serverHostname: name)
            )
        }
        try channel.pipeline.syncOperations.addHandler(connection)
    }
}
