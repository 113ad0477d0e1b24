import FoundationEssentials
import NIOCore

/// Asks a proxy for a tunnel (CONNECT, RFC 9110, 9.3.6) and then hands over to the connection.
///
/// The proxy's answer is read as strictly as any other. Bytes that come with it would be read as
/// the server's: no server sends first here, so they end the connection.
final class ProxyTunnel: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let proxy: ProxyServer
    private let target: String
    private let established: (any Channel) throws -> Void
    private let failed: (any Error) -> Void
    private var reader = ResponseReader(bodyLimit: 0, answersHead: true)
    private var isOver = false

    /// Creates the handler of one connection.
    ///
    /// - Parameters:
    ///   - proxy: The proxy.
    ///   - target: Host and port of the tunnel's other end.
    ///   - established: Adds the handlers of the traffic in the tunnel.
    ///   - failed: Takes the reason for the missing tunnel; then the connection is closed.
    init(
        proxy: ProxyServer,
        target: String,
        established: @escaping (any Channel) throws -> Void,
        failed: @escaping (any Error) -> Void
    ) {
        self.proxy = proxy
        self.target = target
        self.established = established
        self.failed = failed
    }

    func handlerAdded(context: ChannelHandlerContext) {
        var head = "CONNECT \(target) HTTP/1.1\r\nHost: \(target)\r\n"
        if let user = proxy.user {
            let pair = Data("\(user):\(proxy.password?.exposed ?? "")".utf8)
            head += "Proxy-Authorization: Basic \(pair.base64EncodedString())\r\n"
        }
        // A failed write closes the channel, and that is a failure here.
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: head + "\r\n")), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        do {
            guard let answer = try reader.read(unwrapInboundIn(data)) else { return }
            isOver = true
            try finish(answer, context)
        } catch let error as ResponseError {
            fail(ConnectionError.proxyNonsense(error, proxy: proxy.description))
        } catch {
            fail(error)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(ConnectionError.closed)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(error)
    }

    private func finish(_ answer: HTTPResponse, _ context: ChannelHandlerContext) throws {
        guard (200..<300).contains(answer.status) else {
            throw ConnectionError.proxyRefused(status: answer.status, proxy: proxy.description)
        }
        guard !reader.hasLeftover else {
            throw ResponseError.malformed("bytes behind the answer to CONNECT")
        }
        try established(context.channel)
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    private func fail(_ error: any Error) {
        isOver = true
        failed(error)
    }
}
