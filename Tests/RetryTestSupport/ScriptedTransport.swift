package import AWSClient
import Synchronization

/// Answers requests from a list and keeps them.
package final class ScriptedTransport: HTTPTransport {
    private struct State {
        var answers: [Result<HTTPResponse, TransportError>]
        var requests: [HTTPRequest] = []
        var limits: [HTTPLimits] = []
    }

    private let state: Mutex<State>
    private let thereafter: Result<HTTPResponse, TransportError>

    /// Gives these answers in turn; further requests cannot be sent, and are not sent again.
    package init(_ answers: [Result<HTTPResponse, TransportError>]) {
        state = Mutex(State(answers: answers))
        thereafter = .failure(
            TransportError(kind: .cancelled, progress: .notSent, detail: "script is over")
        )
    }

    /// Gives the same answer to every request.
    package init(always answer: Result<HTTPResponse, TransportError>) {
        state = Mutex(State(answers: []))
        thereafter = answer
    }

    package func send(
        _ request: HTTPRequest,
        limits: HTTPLimits
    ) async throws(TransportError) -> HTTPResponse {
        let answer = state.withLock { state in
            state.requests.append(request)
            state.limits.append(limits)
            return state.answers.isEmpty ? thereafter : state.answers.removeFirst()
        }
        return try answer.get()
    }

    /// The requests, in order.
    package var requests: [HTTPRequest] { state.withLock(\.requests) }

    /// The limits of each request.
    package var limits: [HTTPLimits] { state.withLock(\.limits) }
}

extension Result where Success == HTTPResponse, Failure == TransportError {
    /// No answer.
    package static func lost(
        _ kind: TransportError.Kind,
        _ progress: TransportError.Progress
    ) -> Self {
        .failure(TransportError(kind: kind, progress: progress, detail: "lost"))
    }
}
