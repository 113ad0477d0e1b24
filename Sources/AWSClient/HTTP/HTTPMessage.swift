/// One HTTP request as bytes and text, before it is signed or sent.
///
/// Its description shows neither header values nor the body: both may carry secrets.
package struct HTTPRequest: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// The method, in capitals.
    package var method: String
    /// The whole URL: scheme, host, port when it is not the default, path, query.
    package var url: String
    /// Names and values in order; names compare without case.
    package var headers: [HTTPHeader]
    /// The body; empty where there is none.
    package var body: [UInt8]

    /// Makes a request of its parts.
    package init(
        method: String,
        url: String,
        headers: [HTTPHeader] = [],
        body: [UInt8] = []
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }

    /// The first value of a header, whatever its case.
    package func header(_ name: String) -> String? {
        headers.firstValue(named: name)
    }

    /// Puts one header line in the place of all lines of that name.
    package mutating func setHeader(_ name: String, _ value: String) {
        headers.removeAll { $0.name.isEqualIgnoringCase(name) }
        headers.append(HTTPHeader(name, value))
    }

    package var description: String { "\(method) \(url) (\(body.count) bytes)" }
    package var customMirror: Mirror { Mirror(self, children: ["request": description]) }
}

/// One header line.
///
/// Its description leaves the value out: it may be a token.
package struct HTTPHeader: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// The name as written.
    package let name: String
    /// The value as written.
    package let value: String

    /// Makes a header line.
    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    package var description: String { "\(name): …" }
    package var customMirror: Mirror { Mirror(self, children: ["name": name]) }
}

extension [HTTPHeader] {
    /// The first value of a header, whatever its case.
    package func firstValue(named name: String) -> String? {
        first { $0.name.isEqualIgnoringCase(name) }?.value
    }
}

/// One whole HTTP answer.
///
/// Its description leaves headers and body out: a credentials service answers with secrets.
package struct HTTPResponse: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// The status code.
    package let status: Int
    /// Names and values in order.
    package let headers: [HTTPHeader]
    /// The body, within the limit that the caller set.
    package let body: [UInt8]

    /// Makes an answer of its parts.
    package init(status: Int, headers: [HTTPHeader] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first value of a header, whatever its case.
    package func header(_ name: String) -> String? {
        headers.firstValue(named: name)
    }

    package var description: String { "HTTP \(status) (\(body.count) bytes)" }
    package var customMirror: Mirror { Mirror(self, children: ["response": description]) }
}

/// What a caller allows one exchange.
package struct HTTPLimits: Hashable, Sendable {
    /// Time for TCP, TLS and a proxy's handshake; the transport may round it up.
    package var connect: Duration
    /// Time for the whole exchange, connecting included.
    package var total: Duration
    /// The largest body that is read, in bytes.
    package var bodyBytes: Int
    /// Whether a new connection must be used and closed afterwards.
    package var freshConnection: Bool

    /// Makes limits.
    package init(
        connect: Duration,
        total: Duration,
        bodyBytes: Int,
        freshConnection: Bool = false
    ) {
        self.connect = connect
        self.total = total
        self.bodyBytes = bodyBytes
        self.freshConnection = freshConnection
    }
}

/// Why no whole answer came.
package struct TransportError: Error, Hashable, Sendable, CustomStringConvertible {
    /// How far the request came.
    package enum Progress: Hashable, Sendable {
        /// Surely no byte of the request was written: it was not executed.
        case notSent
        /// Some of it may have reached the server: it may have been executed.
        case maybeSent
    }

    /// What kind of trouble it was.
    package enum Kind: Hashable, Sendable {
        /// The connect or total time ran out.
        case timeout
        /// No connection, for a reason that may pass: route, refusal, name server, proxy.
        case connection
        /// No connection, for a reason that dialling again does not mend: certificate, another
        /// peer's name, an unknown host, the proxy's refusal, a request that cannot be written.
        case lasting
        /// The connection ended or spoke nonsense before the answer was whole.
        case broken
        /// The body was larger than allowed.
        case tooLarge
        /// The caller was cancelled.
        case cancelled
    }

    /// What kind of trouble it was.
    package let kind: Kind
    /// How far the request came.
    package let progress: Progress
    /// A sentence part for people, without secrets.
    package let detail: String

    /// Makes an error.
    package init(kind: Kind, progress: Progress, detail: String) {
        self.kind = kind
        self.progress = progress
        self.detail = detail
    }

    package var description: String { detail }
}

/// Sends one request and reads one answer; no retry, no redirect, no proxy for metadata.
package protocol HTTPTransport: Sendable {
    /// Performs one exchange within the limits.
    ///
    /// - Throws: ``TransportError``; an HTTP error status is an answer, not an error.
    func send(
        _ request: HTTPRequest,
        limits: HTTPLimits
    ) async throws(TransportError) -> HTTPResponse
}
