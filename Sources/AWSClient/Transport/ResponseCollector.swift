import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

/// Gathers one answer within a limit and notes how far the request came.
final class ResponseCollector: HTTPClientResponseDelegate {
    typealias Response = HTTPResponse

    private struct State {
        var isHeadWritten = false
        var head: HTTPResponseHead?
        var body: [UInt8] = []
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) {
        self.limit = limit
    }

    /// Whether the request's head was handed to the connection without an error.
    ///
    /// While it is false the request did not run: the connection writes the head first and the
    /// body only after this mark, so a server has at most a part of a request. All requests with
    /// an effect carry a body.
    var isHeadWritten: Bool { state.withLock(\.isHeadWritten) }

    func didSendRequestHead(task: HTTPClient.Task<HTTPResponse>, _ head: HTTPRequestHead) {
        state.withLock { $0.isHeadWritten = true }
    }

    func didReceiveHead(
        task: HTTPClient.Task<HTTPResponse>,
        _ head: HTTPResponseHead
    ) -> EventLoopFuture<Void> {
        state.withLock { $0.head = head }
        let announced = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
        guard announced <= limit else {
            return task.eventLoop.makeFailedFuture(BodyTooLarge(limit: limit))
        }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveBodyPart(
        task: HTTPClient.Task<HTTPResponse>,
        _ buffer: ByteBuffer
    ) -> EventLoopFuture<Void> {
        let fits = state.withLock { state in
            guard state.body.count + buffer.readableBytes <= limit else { return false }
            state.body += buffer.readableBytesView
            return true
        }
        guard fits else { return task.eventLoop.makeFailedFuture(BodyTooLarge(limit: limit)) }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didFinishRequest(task: HTTPClient.Task<HTTPResponse>) throws -> HTTPResponse {
        try state.withLock { state in
            guard let head = state.head else { throw HTTPClientError.remoteConnectionClosed }
            return HTTPResponse(
                status: Int(head.status.code),
                headers: head.headers.map { HTTPHeader($0.name, $0.value) },
                body: state.body
            )
        }
    }
}

/// An answer's body is longer than the caller allows.
struct BodyTooLarge: Error {
    let limit: Int
}
