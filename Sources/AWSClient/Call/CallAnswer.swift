package import Primitives

/// What is known about a call when it is over.
package enum CallAnswer: Sendable {
    /// AWS did it; the body is the result.
    case accepted(body: [UInt8], CallFacts)
    /// AWS refused it: it was not executed.
    case refused(ServiceError, CallFacts)
    /// Nobody knows whether it was executed.
    case unknown(UnknownCause, CallFacts)
    /// It never left this machine, or a proxy refused to pass it on: it was not executed.
    case notSent(TransportError, CallFacts)
    /// There were no keys to sign it with: it was not executed.
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
    /// The Date header of the last answer, if it was AWS's: AWS's clock.
    package var serverDate: WallTime?
    /// How often the request was sent or tried to be sent.
    package var attempts: Int
    /// The server's `x-amz-retry-after` of the last answer.
    package var retryAfter: Duration?

    /// Makes facts.
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
    /// No whole answer came after the request was sent.
    case transport(TransportError)
    /// The server reported a fault of its own.
    case serverFault(ServiceError)
    /// Something else than AWS answered; AWS may have had the request or not.
    case foreign(ForeignAnswer)
    /// The answer says success, and cannot be read.
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
