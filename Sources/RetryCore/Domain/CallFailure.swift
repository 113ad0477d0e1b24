package import Primitives

/// Why a call gave no result; it was not executed, or only read.
package struct CallFailure: Hashable, Sendable {
    /// The kind of error.
    package enum Kind: Hashable, Sendable {
        /// The rate was limited.
        case throttled
        /// The permission is missing.
        case accessDenied
        /// There are no credentials, or AWS refused them.
        case credentials
        /// AWS refused the request for its time.
        case clock
        /// There is no such pipeline.
        case notFound
        /// No connection.
        case unreachable
        /// A time-out, a 5xx, or an answer that cannot be read.
        case serverError
        /// AWS refused the request's form.
        case invalid
    }

    /// The kind of error.
    package var kind: Kind
    /// The operation; nil: no call was made, for what it needs is missing on this machine.
    package var operation: AWSOperation?
    /// AWS's error code, where there is one.
    package var code: String?
    /// The message of AWS or the transport, without secrets.
    package var message: String
    /// AWS's request id, where there is one.
    package var requestID: String?
    /// What is missing on this machine, in a word or two for the status line.
    ///
    /// Nil for an error of AWS. It quotes nothing from the config file.
    package var cause: String?

    /// Creates a failure.
    package init(
        kind: Kind,
        operation: AWSOperation?,
        code: String? = nil,
        message: String,
        requestID: String? = nil,
        cause: String? = nil
    ) {
        self.cause = cause
        self.kind = kind
        self.operation = operation
        self.code = code
        self.message = message
        self.requestID = requestID
    }

    /// What failed, as the journal has it: the operation's name; `connect` where no call was made.
    package var operationName: String { operation?.name ?? "connect" }
}
