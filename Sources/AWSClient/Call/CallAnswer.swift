package import Primitives

/// The result of a finished call.
package enum CallAnswer: Sendable {
    /// AWS did it; the body is the result.
    case accepted(body: [UInt8], CallFacts)
    /// AWS refused it: it was not executed.
    case refused(ServiceError, CallFacts)
    /// It is unknown whether it was executed.
    case unknown(UnknownCause, CallFacts)
    /// It never left this machine, or a proxy refused to pass it on: it was not executed.
    case notSent(TransportError, CallFacts)
    /// There were no credentials to sign it with: it was not executed.
    case noCredentials(CredentialsError, CallFacts)

    /// The circumstances of the call.
    package var facts: CallFacts {
        switch self {
        case .accepted(_, let facts), .refused(_, let facts), .unknown(_, let facts),
            .notSent(_, let facts), .noCredentials(_, let facts):
            facts
        }
    }
}

/// The circumstances of a call.
package struct CallFacts: Hashable, Sendable {
    /// The id under which AWS finds the last attempt.
    package var requestID: String?
    /// The Date header of the last answer, if it came from AWS: AWS's clock.
    package var serverDate: WallTime?
    /// How often the request was sent or tried to be sent.
    package var attempts: Int
    /// The server's `x-amz-retry-after` of the last answer.
    package var retryAfter: Duration?

    /// Creates facts.
    package init(
        requestID: String? = nil,
        serverDate: WallTime? = nil,
        attempts: Int = 0,
        retryAfter: Duration? = nil
    ) {
        self.requestID = requestID
        self.serverDate = serverDate
        self.attempts = attempts
        self.retryAfter = retryAfter
    }
}

/// Why it is not known whether a call was executed.
package enum UnknownCause: Error, Hashable, Sendable, CustomStringConvertible {
    /// No complete answer came after the request was sent.
    case transport(TransportError)
    /// The server reported an internal error.
    case serverFault(ServiceError)
    /// Something other than AWS answered; AWS may or may not have received the request.
    case foreign(ForeignAnswer)
    /// The answer reports success, but cannot be read.
    case unreadable(String)

    package var description: String {
        switch self {
        case .transport(let error): error.detail
        case .serverFault(let error): error.description
        case .foreign(let answer): answer.description
        case .unreadable(let reason): "the answer cannot be read: \(reason)"
        }
    }
}
