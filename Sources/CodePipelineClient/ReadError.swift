package import AWSClient
package import Primitives

/// Why a reading call has no result; it changed nothing and may be repeated.
package struct ReadError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of error.
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
        /// No credentials, or credentials that AWS does not accept.
        case credentials
        /// The clock is wrong, or the signature is.
        case clock
        /// No connection: no byte of the request was written.
        case unreachable
        /// No answer to a request that was written, or a server error.
        case unavailable
        /// A malformed answer, or one that is too large.
        case unreadable
        /// The caller was cancelled.
        case cancelled
        /// Another refusal, by its code.
        case other(code: String)
    }

    /// The kind of error.
    package let kind: Kind
    /// The operation.
    package let operation: AWSOperation
    /// AWS's error code, if AWS answered with an error; not in ``message``.
    package let code: String?
    /// The service's or the transport's text.
    package let message: String
    /// The id under which AWS finds the call.
    package let requestID: String?
    /// AWS's clock when it answered.
    package let serverDate: WallTime?

    /// Creates an error of a call with these circumstances.
    package init(
        _ kind: Kind,
        operation: AWSOperation,
        code: String? = nil,
        message: String,
        facts: CallFacts
    ) {
        self.kind = kind
        self.operation = operation
        self.code = code
        self.message = message
        requestID = facts.requestID
        serverDate = facts.serverDate
    }

    package var description: String {
        "\(operation.name): \(code.map { "\($0): " } ?? "")\(message)"
    }
}
