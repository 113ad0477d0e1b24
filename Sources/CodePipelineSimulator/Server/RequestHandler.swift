import NIOCore
import NIOHTTP1

/// One connection: collects a request, asks the service, writes the answer.
///
/// It is confined to its channel's event loop.
final class RequestHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// The largest body that is read.
    static let maximumBody = 1 << 20

    private let service: SimulatedService
    private let log: @Sendable (String) -> Void
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    private var isTooLarge = false
    private var isBusy = false
    private var isOpen = true

    init(service: SimulatedService, log: @escaping @Sendable (String) -> Void) {
        self.service = service
        self.log = log
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Self.unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
            isTooLarge = false
        case .body(let buffer):
            if isTooLarge || body.count + buffer.readableBytes > Self.maximumBody {
                isTooLarge = true
                body = []
            } else {
                body.append(contentsOf: buffer.readableBytesView)
            }
        case .end:
            if let head {
                answer(head, context)
            }
            head = nil
            body = []
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        isOpen = false
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent {
            if !isBusy {
                context.close(promise: nil)
            }
            return
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// A broken connection concerns only itself.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func answer(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        guard !isTooLarge else {
            write(
                SimulatorResponse(status: 413, headers: [], body: []),
                half: false,
                keepAlive: false,
                context
            )
            return
        }
        let answer = service.answer(
            SimulatorRequest(
                method: head.method.rawValue,
                target: head.uri,
                headers: head.headers.map { ($0.name, $0.value) },
                body: body
            )
        )
        log(answer.line)
        guard answer.delay > .zero else {
            deliver(answer, keepAlive: head.isKeepAlive, context)
            return
        }
        isBusy = true
        let keepAlive = head.isKeepAlive
        context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(answer.delay)) {
            self.isBusy = false
            if self.isOpen {
                self.deliver(answer, keepAlive: keepAlive, context)
            }
        }
    }

    private func deliver(
        _ answer: SimulatorAnswer,
        keepAlive: Bool,
        _ context: ChannelHandlerContext
    ) {
        switch answer.delivery {
        case .nothing: context.close(promise: nil)
        case .half: write(answer.response, half: true, keepAlive: false, context)
        case .whole: write(answer.response, half: false, keepAlive: keepAlive, context)
        }
    }

    private func write(
        _ response: SimulatorResponse,
        half: Bool,
        keepAlive: Bool,
        _ context: ChannelHandlerContext
    ) {
        var headers = HTTPHeaders(response.headers.map { ($0.name, $0.value) })
        headers.add(name: "Content-Length", value: String(response.body.count))
        if !keepAlive {
            headers.add(name: "Connection", value: "close")
        }
        let head = HTTPResponseHead(
            version: .http1_1,
            status: HTTPResponseStatus(statusCode: response.status),
            headers: headers
        )
        context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
        let bytes = half ? response.body.prefix(response.body.count / 2) : response.body[...]
        let buffer = context.channel.allocator.buffer(bytes: bytes)
        context.write(Self.wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
        guard !half else {
            context.flush()
            context.close(promise: nil)
            return
        }
        context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
        if !keepAlive {
            context.close(promise: nil)
        }
    }
}
