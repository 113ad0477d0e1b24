/// Why no complete answer came.
package struct TransportError: Error, Hashable, Sendable, CustomStringConvertible {
    /// How far the request came.
    package enum Progress: Hashable, Sendable {
        /// Certainly no byte of the request was written: it was not executed.
        case notSent
        /// Some of it may have reached the server: it may have been executed.
        case maybeSent
    }

    /// The kind of error.
    package enum Kind: Hashable, Sendable {
        /// The connect or total time ran out.
        case timeout
        /// No connection, for a reason that may pass: route, refusal, name server, proxy.
        case connection
        /// No connection, for a reason that dialling again does not fix: certificate, another
        /// peer's name, an unknown host, the proxy's refusal, a request that cannot be written.
        case lasting
        /// The connection ended or sent invalid data before the answer was complete.
        case broken
        /// The body was larger than allowed.
        case tooLarge
        /// The caller was cancelled.
        case cancelled
    }

    /// The kind of error.
    package let kind: Kind
    /// How far the request came.
    package let progress: Progress
    /// A sentence part for people, without secrets.
    package let detail: String

    /// Creates an error.
    package init(kind: Kind, progress: Progress, detail: String) {
        self.kind = kind
        self.progress = progress
        self.detail = detail
    }

    package var description: String { detail }
}
