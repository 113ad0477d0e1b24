import NIOCore
import Synchronization

/// One request in the transport, and the caller that waits for its answer.
final class Exchange: Sendable {
    private struct Waiting {
        var caller: CheckedContinuation<Result<HTTPResponse, TransportError>, Never>?
        var isCancelled = false
    }

    /// The whole request.
    let message: ByteBuffer
    /// The largest body of the answer.
    let bodyLimit: Int
    /// Whether the answer has no body whatever its head contains.
    let answersHead: Bool
    /// When a connection must be there.
    let connectBy: NIODeadline
    /// The deadline of the answer.
    let endBy: NIODeadline
    /// Host and port, for texts.
    let route: String
    private let waiting = Mutex(Waiting())

    init(message: ByteBuffer, isHead: Bool, limits: HTTPLimits, route: String) {
        self.message = message
        bodyLimit = limits.bodyBytes
        answersHead = isHead
        let now = NIODeadline.now()
        endBy = now + TimeAmount(limits.total)
        connectBy = min(endBy, now + TimeAmount(limits.connect))
        self.route = route
    }

    /// Takes the caller who waits.
    func begin(_ caller: CheckedContinuation<Result<HTTPResponse, TransportError>, Never>) {
        waiting.withLock { $0.caller = caller }
    }

    /// Whether the caller gave up before the exchange reached its pool.
    var isCancelled: Bool { waiting.withLock(\.isCancelled) }

    /// Notes a cancellation for an exchange that has not yet reached the pool.
    func noteCancelled() {
        waiting.withLock { $0.isCancelled = true }
    }

    /// Gives the caller the answer; only the first result counts.
    func finish(_ response: HTTPResponse) { resume(.success(response)) }

    /// Ends without an answer.
    ///
    /// - Parameters:
    ///   - error: The error.
    ///   - isWritten: Whether a byte of the request may have been sent.
    func fail(_ error: any Error, isWritten: Bool) {
        resume(.failure(TransportError(error, isHeadWritten: isWritten, route: route)))
    }

    private func resume(_ result: Result<HTTPResponse, TransportError>) {
        let caller = waiting.withLock { waiting in
            defer { waiting.caller = nil }
            return waiting.caller
        }
        caller?.resume(returning: result)
    }
}
