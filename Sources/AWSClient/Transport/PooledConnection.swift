import NIOCore
import NIOSSL
import NIOTLS

/// One connection of a ``ConnectionPool``: carries one exchange after the other.
///
/// It is confined to the event loop. The pool decides what it carries; the connection reports when
/// it is open, free or closed.
///
///     opening -> free <-> busy -> settling -> free
///     every one of them -> closed
final class PooledConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        /// TCP is established; a proxy or the TLS handshake may be under way.
        case opening
        /// It waits for work.
        case free
        /// A request was written, its answer is not complete.
        case busy
        /// The answer is complete; the bytes that came with it are still being checked.
        case settling
        /// It is closed or closing and carries nothing.
        case closed
    }

    private let pool: ConnectionPool
    /// Who must be there; nil without TLS.
    private let peer: PeerName?
    private var phase = Phase.opening
    private var channel: (any Channel)?
    private var exchange: Exchange?
    private var reader = ResponseReader(bodyLimit: 0)
    /// When the pool must check again: the handshake, the exchange or the idle time is over then.
    var deadline: NIODeadline

    init(
        pool: ConnectionPool,
        channel: any Channel,
        peer: PeerName?,
        openBy deadline: NIODeadline
    ) {
        self.pool = pool
        self.channel = channel
        self.peer = peer
        self.deadline = deadline
    }

    /// Whether it can carry a request now.
    ///
    /// This check comes before the first write, so a connection that is known to be closed costs
    /// nothing: the pool takes another one. After the write the cases cannot be distinguished: the
    /// kernel accepts bytes for a peer that no longer exists, so a connection that ends then may
    /// have delivered them, and the exchange ends as maybe sent.
    var isUsable: Bool { phase == .free && channel?.isActive == true }

    /// Whether it is still being opened.
    var isOpening: Bool { phase == .opening }

    /// Whether it carries this exchange.
    func carries(_ other: Exchange) -> Bool { exchange === other }

    /// Writes a request; its answer goes to the exchange.
    func send(_ next: Exchange) {
        precondition(isUsable, "only a free connection sends")
        phase = .busy
        exchange = next
        deadline = next.endBy
        reader = ResponseReader(bodyLimit: next.bodyLimit, answersHead: next.answersHead)
        // A failed write closes the channel, which ends the exchange.
        channel?.writeAndFlush(next.message, promise: nil)
    }

    /// Ends its exchange and closes.
    func close(_ error: any Error) {
        guard phase != .closed else { return }
        let wasOpening = phase == .opening
        phase = .closed
        exchange?.fail(error, isWritten: true)
        exchange = nil
        channel?.close(promise: nil)
        channel = nil
        pool.closed(self, wasOpening: wasOpening ? error : nil)
    }

    /// Ends whatever its deadline belongs to.
    func expire() {
        close(phase == .opening ? ConnectionError.connectTimeout : ConnectionError.outOfTime)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if peer == nil, context.channel.isActive { opened() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent { handshakeCompleted(context) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard phase == .busy else {
            // No request was sent: bytes that would be taken for the next answer are cut off here.
            close(ResponseError.malformed("bytes without a request"))
            return
        }
        do {
            guard let response = try reader.read(unwrapInboundIn(data)) else { return }
            phase = .settling
            exchange?.finish(response)
            exchange = nil
        } catch {
            close(error)
        }
    }

    /// Frees the connection, but not before everything that came with the answer is processed.
    func channelReadComplete(context: ChannelHandlerContext) {
        guard phase == .settling else { return }
        guard reader.keepsConnection, !reader.hasLeftover, pool.keepsConnections else {
            close(ConnectionError.closed)
            return
        }
        phase = .free
        pool.freed(self)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if phase == .busy, let response = reader.end() {
            exchange?.finish(response)
            exchange = nil
        }
        close(ConnectionError.closed)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        close(error)
    }

    /// Opens only for the peer in the certificate; no byte of a request was written before.
    private func handshakeCompleted(_ context: ChannelHandlerContext) {
        guard phase == .opening, let peer else { return }
        do {
            let tls = try context.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self)
            try peer.check(tls.peerCertificate)
            opened()
        } catch {
            close(error)
        }
    }

    private func opened() {
        guard phase == .opening else { return }
        phase = .free
        pool.opened(self)
    }
}
