import NIOCore
import NIOPosix
import NIOSSL
import Primitives

extension TransportError {
    /// Interprets an error of the connection for the request.
    ///
    /// - Parameters:
    ///   - error: The error.
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
        case ResponseError.tooLarge:
            self = .tooLarge
        case is CancellationError, ConnectionError.cancelled:
            self = .cancelled
        case ConnectionError.outOfTime, ConnectionError.connectTimeout, ConnectionError.allBusy,
            ChannelError.connectTimeout:
            self = .timeout
        case _ where isHeadWritten:
            self = .broken
        case is PausedOrigin:
            self = .lasting
        case _:
            self = OpeningRemedy(error) == .nothing ? .lasting : .connection
        }
    }

    fileprivate var summary: String {
        switch self {
        case .timeout: "timed out"
        case .connection, .lasting: "no connection"
        case .broken: "the connection broke"
        case .tooLarge: "the answer is too large"
        case .cancelled: "cancelled"
        }
    }
}

/// The error's text, cleaned; it names hosts and system errors and no header or body.
private func explain(_ error: any Error) -> String {
    switch error {
    case let pause as PausedOrigin:
        let seconds = pause.rest.nanoseconds / 1_000_000_000 + 1
        return "\(explain(pause.cause)); next attempt in \(seconds) s at the earliest"
    case let error as ConnectionError:
        return error.sentence
    case let error as NIOConnectionError:
        let causes = error.connectionErrors.map { "\($0.target): \($0.error)" }
        // Both come from one lookup.
        let name = (error.dnsAError ?? error.dnsAAAAError).map(explain)
        return (causes.isEmpty ? [name].compactMap(\.self) : causes).joined(separator: "; ")
            .printable(limit: 300)
    case NIOSSLError.handshakeFailed(.sslError(let stack)):
        // BoringSSL's format is `error:CODE:place:library:REASON at FILE:LINE`.
        let reasons = stack.map { reason in
            let words = "\(reason)".split(separator: " at ", maxSplits: 1).first ?? ""
            return words.split(separator: ":").last.map(String.init) ?? "\(words)"
        }
        let text = reasons.joined(separator: ", ")
        return "TLS: \(reasons.contains("CERTIFICATE_VERIFY_FAILED") ? distrust(text) : text)"
            .printable(limit: 300)
    case NIOSSLError.uncleanShutdown:
        return "the connection was cut without a TLS close_notify"
    case let error as NIOSSLError:
        return "TLS: \(error)".printable(limit: 300)
    case let error as NIOSSLExtraError where error == .failedToValidateHostname:
        return
            "TLS: the certificate is for other hosts; look at the proxy, the endpoint or the name "
            + "server on the way"
    case let error as NIOSSLExtraError:
        return "TLS: \(error)".printable(limit: 300)
    case _:
        return "\(error)".printable(limit: 300)
    }
}

/// The remedy for a certificate that is not trusted.
private func distrust(_ reason: String) -> String {
    "the certificate is expired or not signed by an authority that is trusted (\(reason)); look at "
        + "the clock, at AWS_CA_BUNDLE or ca_bundle, and at the proxy on the way"
}

extension ConnectionError {
    /// The error, and what the reader can check.
    fileprivate var sentence: String {
        switch self {
        case .cancelled: "the call was cancelled"
        case .outOfTime: "no whole answer in the time of one attempt"
        case .connectTimeout: "no connection within the connect time"
        case .allBusy: "all connections to the host were busy for the whole connect time"
        case .closed: "the other side closed the connection"
        case .unusableRequest(let what): "the request cannot be written: \(what)"
        case .proxyRefused(407, let proxy):
            "the proxy \(proxy) rejected the user and password in the proxy variable, or requires "
                + "them"
        case .proxyRefused(let status, let proxy):
            "the proxy \(proxy) did not open a tunnel: it answered \(status)"
        case .proxyNonsense(let error, let proxy):
            "the proxy \(proxy) sent an invalid answer to CONNECT: \(error)"
        case .otherPeer(let what): "TLS: \(what)"
        case .name(let error): error.description
        }
    }
}
