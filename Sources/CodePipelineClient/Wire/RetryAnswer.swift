package import AWSClient
package import Primitives

extension Wire {
    /// The result of a RetryStageExecution.
    package struct RetryAnswer: Hashable, Sendable {
        /// The three things that can be known.
        package enum Outcome: Hashable, Sendable {
            /// AWS took it; the id is the execution's, the same as before.
            case accepted(executionID: String?)
            /// It was not executed.
            case refused(RetryRefusal)
            /// It is unknown whether it was executed; the state tells.
            case unknown(UnknownCause)
        }

        /// The known outcome.
        package let outcome: Outcome
        /// AWS's error code, if AWS answered with an error; not in ``message``.
        package let code: String?
        /// The service's or the transport's text; empty when it was accepted.
        package let message: String
        /// The id under which AWS finds the call.
        package let requestID: String?
        /// AWS's clock when it answered.
        package let serverDate: WallTime?
        /// How often it was sent, or tried to be sent.
        package let attempts: Int

        /// Creates the answer of a call with these circumstances.
        package init(_ outcome: Outcome, code: String? = nil, message: String, facts: CallFacts) {
            self.outcome = outcome
            self.code = code
            self.message = message
            requestID = facts.requestID
            serverDate = facts.serverDate
            attempts = facts.attempts
        }
    }
}
