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
