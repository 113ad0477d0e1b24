package import AWSClient
package import Primitives

/// Why a reading call has no result; it changed nothing and may be repeated.
package struct ReadError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of trouble it is.
    package enum Kind: Hashable, Sendable {
        /// The pipeline does not exist.
        case pipelineNotFound
        /// The execution does not exist.
        case executionNotFound
        /// The input is malformed; it may not have been sent.
        case validation
        /// The identity may not do this.
        case accessDenied
        /// Too many calls, even after the client's own repetitions.
        case throttled
        /// No keys, or keys that AWS does not accept.
        case credentials
        /// The clock is off, or the signature is wrong.
        case clock
        /// No connection: no byte of the request was written.
        case unreachable
        /// No answer to a request that was written, or a fault of the server.
        case unavailable
        /// An answer that is not what it should be, or too large.
        case unreadable
        /// The caller was cancelled.
        case cancelled
        /// Another refusal, by its code.
        case other(code: String)
    }

    /// What kind of trouble it is.
    package let kind: Kind
    /// The operation, such as `GetPipelineState`.
    package let operation: String
    /// The service's or the transport's text.
    package let message: String
    /// The id under which AWS finds the call.
    package let requestID: String?
    /// AWS's clock when it answered.
    package let serverDate: WallTime?
    /// How long the service asks to wait.
    package let retryAfter: Duration?

    /// Makes an error of a call with these circumstances.
    package init(_ kind: Kind, operation: String, message: String, facts: CallFacts) {
        self.kind = kind
        self.operation = operation
        self.message = message
        requestID = facts.requestID
        serverDate = facts.serverDate
        retryAfter = facts.retryAfter
    }

    package var description: String { "\(operation): \(message)" }
}

/// The result of a reading call with AWS's clock.
package struct Reading<Value: Hashable & Sendable>: Hashable, Sendable {
    /// The result.
    package let value: Value
    /// AWS's clock when it answered, the last page's of several.
    package let serverDate: WallTime?
    /// The id under which AWS finds the call.
    package let requestID: String?
    /// Whether it is all there is: false when more pages exist than were allowed.
    package let isComplete: Bool
}
