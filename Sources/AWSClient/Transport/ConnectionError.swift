import NIOCore
import NIOPosix
import NIOSSL

/// An error of a connection or an exchange for which no library has a type.
enum ConnectionError: Error, Hashable, Sendable {
    /// The caller gave up, or the transport was shut down.
    case cancelled
    /// The whole exchange's time ran out.
    case outOfTime
    /// No connection was established within the connect time.
    case connectTimeout
    /// All connections of the origin were busy for the whole connect time.
    case allBusy
    /// The other side ended the connection.
    case closed
    /// A part of the request is not allowed in an HTTP message; the text names it.
    case unusableRequest(String)
    /// The proxy did not create the tunnel and answered with this status.
    case proxyRefused(status: Int, proxy: String)
    /// The proxy's answer to CONNECT is not a valid answer.
    case proxyNonsense(ResponseError, proxy: String)
    /// The certificate is valid for another host.
    case otherPeer(String)
    /// There is no such host, or its name cannot be looked up.
    case name(NameLookupError)
}

/// The possible remedy when a connection could not be opened.
enum OpeningRemedy: Hashable, Sendable {
    /// Dialling again within the same connect time: refused, reset, timed out.
    case redial
    /// Another call later: the network, the name server or the proxy is unwell.
    case later
    /// Only a person or time: certificate, name, the proxy's refusal, an unknown host.
    case nothing

    /// The possible remedy for an error.
    init(_ error: any Error) {
        switch error {
        case let error as ConnectionError: self = OpeningRemedy(error)
        case ChannelError.connectTimeout: self = .redial
        case let error as IOError: self = OpeningRemedy(code: error.errnoCode)
        case let error as NIOConnectionError: self = OpeningRemedy(error)
        case NIOSSLError.handshakeFailed(.sslError(let stack)):
            self = stack.contains(.eofDuringHandshake) ? .redial : .nothing
        case NIOSSLError.unableToValidateCertificate, NIOSSLError.noCertificateToValidate,
            is NIOSSLExtraError:
            self = .nothing
        case is NIOSSLError, ChannelError.eof, ChannelError.inputClosed,
            ChannelError.ioOnClosedChannel, ChannelError.alreadyClosed:
            self = .redial
        case _: self = .later
        }
    }

    private init(_ error: ConnectionError) {
        switch error {
        case .connectTimeout, .closed: self = .redial
        case .cancelled, .outOfTime, .allBusy, .proxyNonsense: self = .later
        case .unusableRequest, .otherPeer: self = .nothing
        // 5xx: the proxy did not reach the host; anything else: it refuses.
        case .proxyRefused(let status, _): self = status >= 500 ? .later : .nothing
        case .name(let error): self = error.kind == .unknownHost ? .nothing : .later
        }
    }

    private init(code: Int32) {
        self = [ECONNREFUSED, ECONNRESET, ETIMEDOUT, EPIPE].contains(code) ? .redial : .later
    }

    private init(_ error: NIOConnectionError) {
        if error.connectionErrors.isEmpty {
            let errors = [error.dnsAError, error.dnsAAAAError].compactMap { $0 as? ConnectionError }
            self = errors.first.map(OpeningRemedy.init) ?? .later
        } else {
            let all = error.connectionErrors.map { OpeningRemedy($0.error) }
            self = all.contains(.redial) ? .redial : .later
        }
    }
}
