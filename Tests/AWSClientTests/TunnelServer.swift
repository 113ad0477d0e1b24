import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A proxy that grants every CONNECT and is the server at the tunnel's other end itself.
final class TunnelServer: Sendable {
    /// The received requests.
    struct Record: Sendable {
        /// The first line of each CONNECT.
        var tunnels: [String] = []
        /// The first line of each request through a tunnel.
        var requests: [String] = []
    }

    private let record: Mutex<Record>

    /// The port on 127.0.0.1.
    let port: Int

    private init(port: Int, record: consuming Mutex<Record>) {
        self.port = port
        self.record = record
    }

    /// The requests received until now.
    var seen: Record { record.withLock { $0 } }

    /// Serves while `body` runs: grants tunnels, uses TLS in them, and answers each request.
    static func run<Result>(
        _ tls: NIOSSLContext,
        answer: String,
        _ body: (TunnelServer) async throws -> Result
    ) async throws -> Result {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let note = NoteBox()
        let channel = try await ServerBootstrap(group: group)
            .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        TunnelGrant(tls: tls, answer: answer, note: note)
                    )
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        let server = TunnelServer(port: channel.localAddress?.port ?? 0, record: Mutex(Record()))
        note.server.withLock { $0 = server }
        do {
            let result = try await body(server)
            try await channel.close().get()
            try await group.shutdownGracefully()
            return result
        } catch {
            try await channel.close().get()
            try await group.shutdownGracefully()
            throw error
        }
    }

    fileprivate final class NoteBox: Sendable {
        let server = Mutex<TunnelServer?>(nil)

        func tunnel(_ line: String) {
            server.withLock { $0 }?.record.withLock { $0.tunnels.append(line) }
        }

        func request(_ line: String) {
            server.withLock { $0 }?.record.withLock { $0.requests.append(line) }
        }
    }
}

/// Grants the CONNECT and replaces itself by TLS.
private final class TunnelGrant: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let tls: NIOSSLContext
    private let answer: String
    private let note: TunnelServer.NoteBox

    init(tls: NIOSSLContext, answer: String, note: TunnelServer.NoteBox) {
        self.tls = tls
        self.answer = answer
        self.note = note
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let text = String(buffer: unwrapInboundIn(data))
        note.tunnel(String(text.prefix { $0 != "\r\n" }))
        do {
            let pipeline = context.pipeline.syncOperations
            try pipeline.addHandler(NIOSSLServerHandler(context: tls), position: .after(self))
            try pipeline.addHandler(TunnelAnswer(answer: answer, note: note))
            context.writeAndFlush(
                wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 200 Established\r\n\r\n")),
                promise: nil
            )
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
        } catch {
            context.close(promise: nil)
        }
    }
}

/// Answers everything in the tunnel.
private final class TunnelAnswer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let answer: String
    private let note: TunnelServer.NoteBox

    init(answer: String, note: TunnelServer.NoteBox) {
        self.answer = answer
        self.note = note
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let text = String(buffer: unwrapInboundIn(data))
        note.request(String(text.prefix { $0 != "\r\n" }))
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
