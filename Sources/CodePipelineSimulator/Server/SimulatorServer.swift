import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// The HTTP/1.1 server of a simulator, on 127.0.0.1 only.
package struct SimulatorServer: Sendable {
    /// A certificate chain and its key, as paths of PEM files.
    package struct TLSFiles: Hashable, Sendable {
        /// The certificate chain.
        package let certificate: String
        /// The private key.
        package let key: String

        /// Names the two files.
        package init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// The port that it listens on.
    package let port: Int
    private let group: MultiThreadedEventLoopGroup

    /// Starts listening; port 0 takes any free one.
    ///
    /// A connection without activity is closed after `idleTimeout`. Each call gives one line to
    /// `log`. Throws when the port is taken or the TLS files cannot be used.
    package static func start(
        _ service: SimulatedService,
        port: Int,
        tls: TLSFiles? = nil,
        idleTimeout: Duration = .seconds(60),
        log: @escaping @Sendable (String) -> Void
    ) async throws -> SimulatorServer {
        let context = try tls.map { try makeContext($0) }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        do {
            let channel = try await ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: 1024)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let pipeline = channel.pipeline.syncOperations
                        if let context {
                            try pipeline.addHandler(NIOSSLServerHandler(context: context))
                        }
                        try pipeline.configureHTTPServerPipeline()
                        try pipeline.addHandler(
                            IdleStateHandler(allTimeout: TimeAmount(idleTimeout))
                        )
                        try pipeline.addHandler(RequestHandler(service: service, log: log))
                    }
                }
                .bind(host: "127.0.0.1", port: port).get()
            return SimulatorServer(port: channel.localAddress?.port ?? port, group: group)
        } catch {
            try await group.shutdownGracefully()
            throw error
        }
    }

    /// Closes the listening socket and every connection.
    package func shutdown() async throws {
        try await group.shutdownGracefully()
    }

    private static func makeContext(_ files: TLSFiles) throws -> NIOSSLContext {
        let chain = try NIOSSLCertificate.fromPEMFile(files.certificate)
        let key = try NIOSSLPrivateKey(file: files.key, format: .pem)
        return try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) },
                privateKey: .privateKey(key)
            )
        )
    }
}
