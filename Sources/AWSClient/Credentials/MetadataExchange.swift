import Primitives

/// The numbers of one kind of metadata endpoint.
struct MetadataLimits: Hashable, Sendable {
    /// How often a request is sent at most.
    var attempts: Int
    /// The limits of one exchange.
    var exchange: HTTPLimits
    /// The pause before the second attempt; it doubles where `doubles` is set.
    var pause: Duration
    /// Whether pauses grow.
    var doubles: Bool
    /// Whether a lost connection or a time-out is retried.
    var retriesTransport: Bool
}

/// Sends one request to a metadata endpoint and repeats it while the endpoint is unwell.
struct MetadataExchange: Sendable {
    let environment: AWSEnvironment
    let limits: MetadataLimits

    /// The answer, whatever its status, once it is not a 5xx or the attempts are used up.
    ///
    /// - Throws: ``TransportError`` of the last attempt when no answer came.
    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        var pause = limits.pause
        var attempt = 1
        while true {
            let isLast = attempt >= limits.attempts
            do {
                let answer = try await environment.metadataTransport.send(
                    request,
                    limits: limits.exchange
                )
                guard answer.status >= 500, !isLast else { return answer }
                environment.log(.debug, "metadata endpoint answered \(answer.status); again")
            } catch {
                guard limits.retriesTransport, !isLast, error.kind != .cancelled,
                    error.kind != .tooLarge
                else { throw error }
                environment.log(.debug, "metadata endpoint gave no answer; again")
            }
            do {
                try await environment.sleep(pause)
            } catch {
                throw TransportError(
                    kind: .cancelled,
                    progress: .maybeSent,
                    detail: "the caller was cancelled"
                )
            }
            if limits.doubles { pause = pause.adding(pause) }
            attempt += 1
        }
    }
}
