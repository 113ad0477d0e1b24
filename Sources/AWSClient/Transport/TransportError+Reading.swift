import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import RetryCore

extension TransportError {
    /// Says what an error of the HTTP library means for the request.
    ///
    /// - Parameters:
    ///   - error: What was thrown.
    ///   - isHeadWritten: Whether the request's head was written.
    ///   - route: Host and proxy, for the text.
    init(_ error: any Error, isHeadWritten: Bool, route: String) {
        let kind = Kind(error, isHeadWritten: isHeadWritten)
        let place = isHeadWritten ? "after the request was sent" : "before the request was sent"
        self.init(
            kind: kind,
            progress: isHeadWritten ? .maybeSent : .notSent,
            detail: "\(route): \(kind.summary) \(place) (\(explain(error)))"
        )
    }
}

extension TransportError {
    static let unusableURL = TransportError(
        kind: .connection,
        progress: .notSent,
        detail: "not a URL of http or https"
    )

    static let shutDown = TransportError(
        kind: .cancelled,
        progress: .notSent,
        detail: "the client is shut down"
    )

    static let cancelledBeforeSending = TransportError(
        kind: .cancelled,
        progress: .notSent,
        detail: "the call was cancelled before it was sent"
    )
}

extension TimeAmount {
    /// The nearest span that NIO can count; a day at most.
    init(_ duration: Duration) {
        self = .milliseconds(min(max(0, duration.wholeMilliseconds), 86_400_000))
    }
}

extension TransportError.Kind {
    fileprivate init(_ error: any Error, isHeadWritten: Bool) {
        switch error {
        case is BodyTooLarge, AnswerFault.tooLarge:
            self = .tooLarge
        case is CancellationError:
            self = .cancelled
        case let error as HTTPClientError:
            self = TransportError.Kind(error) ?? (isHeadWritten ? .broken : .connection)
        case ChannelError.connectTimeout:
            self = .timeout
        case _:
            self = isHeadWritten ? .broken : .connection
        }
    }

    /// The kind where the library's code alone tells it.
    private init?(_ error: HTTPClientError) {
        switch error {
        case .cancelled, .alreadyShutdown:
            self = .cancelled
        case .deadlineExceeded, .readTimeout, .writeTimeout, .connectTimeout,
            .getConnectionFromPoolTimeout, .tlsHandshakeTimeout, .httpProxyHandshakeTimeout,
            .socksHandshakeTimeout:
            self = .timeout
        case _:
            return nil
        }
    }

    fileprivate var summary: String {
        switch self {
        case .timeout: "the time ran out"
        case .connection: "no connection"
        case .broken: "the connection broke"
        case .tooLarge: "the answer is too large"
        case .cancelled: "cancelled"
        }
    }
}

/// The library's words, cleaned; they name hosts and system errors and no header or body.
private func explain(_ error: any Error) -> String {
    switch error {
    case let error as BodyTooLarge:
        return "more than \(error.limit) bytes"
    case let error as NIOConnectionError:
        let causes = error.connectionErrors.map { "\($0.target): \($0.error)" }
        let all = causes + [error.dnsAError, error.dnsAAAAError].compactMap { $0.map { "\($0)" } }
        return all.joined(separator: "; ").printable(limit: 300)
    case let error as HTTPClientError:
        return error.shortDescription
    case let error as NIOSSLError:
        return "TLS: \(error)".printable(limit: 300)
    case let error as NIOSSLExtraError:
        return "TLS: \(error)".printable(limit: 300)
    case _:
        return "\(error)".printable(limit: 300)
    }
}
