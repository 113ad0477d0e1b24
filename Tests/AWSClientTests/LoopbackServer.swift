import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// The behaviour of a ``LoopbackServer`` for each connection.
indirect enum LoopbackBehaviour: Sendable {
    /// Closes as soon as it has accepted.
    case closeOnAccept
    /// Reads nothing and never answers.
    case silence
    /// Closes once the request's head has come, with any part of the body.
    case closeAfterHead
    /// Closes once the complete request has come.
    case closeAfterBody
    /// Answers each request with these bytes.
    case answer(String)
    /// Answers with these bytes and closes.
    case answerAndClose(String)
    /// Answers the requests one after the other, on any connection; the last for all further ones.
    case answers([String])
    /// Answers with these bytes only when another request has come.
    case answerLate(String)
    /// Holds the answers to the first requests until the test releases them.
    case hold(Int, String)
    /// Answers byte by byte, and never ends.
    case drip(String)
    /// Gives each connection its own behaviour; the last for all that follow.
    case connections([LoopbackBehaviour])
    /// Grants a CONNECT, and answers the traffic in the tunnel, or closes on it.
    case tunnel(String?)
}

/// A server of raw bytes on 127.0.0.1 at a free port.
final class LoopbackServer: Sendable {
    /// The requests that the server received.
    struct Record: Sendable {
        var connections = 0
        var bytes = 0
        var requests: [String] = []
        /// The connection that each request came by, counted from 1.
        var carriers: [Int] = []
    }

    private let group: MultiThreadedEventLoopGroup
    private let channel: any Channel
    private let record: RecordBox

    /// The port.
    let port: Int

    final class RecordBox: Sendable {
        let record = Mutex(Record())
        /// The texts written once the next request comes.
        let late = Mutex<[(channel: any Channel, text: String)]>([])
        /// The texts written once the test releases them.
        let held = Mutex<[(channel: any Channel, text: String)]>([])
        private let accepted = Mutex(0)
        let requests: AsyncStream<String>
        private let continuation: AsyncStream<String>.Continuation

        init() {
            (requests, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(64))
        }

        /// The behaviour of the next connection.
        func nextBehaviour(of behaviour: LoopbackBehaviour) -> LoopbackBehaviour {
            guard case .connections(let each) = behaviour, let last = each.last else {
                return behaviour
            }
            let number = accepted.withLock { number in
                defer { number += 1 }
                return number
            }
            return number < each.count ? each[number] : last
        }

        func note(_ request: String, connection: Int) {
            record.withLock {
                $0.requests.append(request)
                $0.carriers.append(connection)
            }
            continuation.yield(request)
        }
    }

    private init(
        group: MultiThreadedEventLoopGroup,
        channel: any Channel,
        record: RecordBox,
        port: Int
    ) {
        self.group = group
        self.channel = channel
        self.record = record
        self.port = port
    }

    /// Serves while `body` runs, then ends.
    static func run<Result>(
        _ behaviour: LoopbackBehaviour,
        tls: NIOSSLContext? = nil,
        _ body: (LoopbackServer) async throws -> Result
    ) async throws -> Result {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let record = RecordBox()
        let channel = try await ServerBootstrap(group: group)
            .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLServerHandler(context: tls)
                        )
                    }
                    try channel.pipeline.syncOperations.addHandler(
                        LoopbackHandler(
                            behaviour: record.nextBehaviour(of: behaviour),
                            record: record
                        )
                    )
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        let port = channel.localAddress?.port ?? 0
        let server = LoopbackServer(group: group, channel: channel, record: record, port: port)
        do {
            let result = try await body(server)
            try await server.end()
            return result
        } catch {
            try await server.end()
            throw error
        }
    }

    /// The requests that the server received until now.
    var seen: Record { record.record.withLock { $0 } }

    /// Waits for the next whole request.
    func nextRequest() async -> String? {
        for await request in record.requests { return request }
        return nil
    }

    /// Writes the held answers; returns their number.
    @discardableResult
    func release() -> Int {
        let held = record.held.withLock { held in
            defer { held = [] }
            return held
        }
        for (channel, text) in held {
            channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
        }
        return held.count
    }

    private func end() async throws {
        try await channel.close().get()
        try await group.shutdownGracefully()
    }
}

/// Collects bytes into requests and carries out the behaviour.
private final class LoopbackHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let behaviour: LoopbackBehaviour
    private let record: LoopbackServer.RecordBox
    private var text = ""
    private var number = 0

    init(behaviour: LoopbackBehaviour, record: LoopbackServer.RecordBox) {
        self.behaviour = behaviour
        self.record = record
    }

    func channelActive(context: ChannelHandlerContext) {
        number = record.record.withLock { record in
            record.connections += 1
            return record.connections
        }
        if case .closeOnAccept = behaviour { context.close(promise: nil) }
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        record.record.withLock { $0.bytes += buffer.readableBytes }
        text += String(buffer: buffer)
        if case .closeAfterHead = behaviour, text.contains("\r\n\r\n") {
            context.close(promise: nil)
            return
        }
        while let request = takeRequest() {
            writeLate()
            record.note(request, connection: number)
            react(to: request, context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func react(to request: String, _ context: ChannelHandlerContext) {
        switch behaviour {
        case .tunnel where request.hasPrefix("CONNECT "):
            write("HTTP/1.1 200 Established\r\n\r\n", context)
        case .tunnel(let answer?):
            write(answer, context)
        case .tunnel(nil):
            context.close(promise: nil)
        case .closeOnAccept, .silence, .closeAfterHead:
            break
        case .closeAfterBody:
            context.close(promise: nil)
        case .answer(let text):
            write(text, context)
        case .answers(let texts):
            let number = record.record.withLock(\.requests.count)
            write(texts[min(number, texts.count) - 1], context)
        case .answerLate(let text):
            record.late.withLock { $0.append((context.channel, text)) }
        case .hold(let count, let text):
            guard record.record.withLock(\.requests.count) <= count else {
                write(text, context)
                return
            }
            record.held.withLock { $0.append((context.channel, text)) }
        case .drip(let text):
            drip(Array(text.utf8)[...], context.channel)
        case .connections:
            preconditionFailure("each connection got its own behaviour")
        case .answerAndClose(let text):
            write(text, context)
            context.close(promise: nil)
        }
    }

    /// Writes the answers that earlier requests wait for; their connections may be closed.
    private func writeLate() {
        let late = record.late.withLock { late in
            defer { late = [] }
            return late
        }
        for (channel, text) in late {
            channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
        }
    }

    /// Writes the first byte, and the others a little later; the last again and again.
    private func drip(_ bytes: ArraySlice<UInt8>, _ channel: any Channel) {
        guard let first = bytes.first, channel.isActive else { return }
        channel.writeAndFlush(ByteBuffer(bytes: [first]), promise: nil)
        let rest = bytes.count > 1 ? bytes.dropFirst() : bytes
        channel.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(2)) {
            self.drip(rest, channel)
        }
    }

    private func write(_ text: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }

    /// The next whole request of the gathered text.
    private func takeRequest() -> String? {
        let parts = text.split(
            separator: "\r\n\r\n",
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        guard parts.count == 2 else { return nil }
        let length =
            parts[0].split(separator: "\r\n")
            .first { $0.lowercased().hasPrefix("content-length:") }
            .flatMap { Int($0.dropFirst("content-length:".count).filter(\.isNumber)) } ?? 0
        guard parts[1].utf8.count >= length else { return nil }
        let body = String(decoding: parts[1].utf8.prefix(length), as: UTF8.self)
        let request = parts[0] + "\r\n\r\n" + body
        text = String(decoding: parts[1].utf8.dropFirst(length), as: UTF8.self)
        return String(request)
    }
}
