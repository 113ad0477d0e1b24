/// One operation of a service with its input.
package struct ServiceCall: Hashable, Sendable {
    /// The operation's name, for texts.
    package let operation: String
    /// The headers of the protocol: content type, target.
    package let headers: [HTTPHeader]
    /// The input.
    package let body: [UInt8]
    /// Whether it may be repeated blindly.
    package let replay: Replay
    /// What of the input no text may show, such as a web identity token.
    package let secrets: [Secret]

    /// Makes a call of its parts.
    package init(
        operation: String,
        headers: [HTTPHeader],
        body: [UInt8],
        replay: Replay,
        secrets: [Secret] = []
    ) {
        self.secrets = secrets
        self.operation = operation
        self.headers = headers
        self.body = body
        self.replay = replay
    }

    /// A call of the AWS JSON 1.1 protocol; an empty input is sent as `{}`.
    package static func json11(
        operation: String,
        target: String,
        body: [UInt8],
        replay: Replay
    ) -> ServiceCall {
        ServiceCall(
            operation: operation,
            headers: [
                HTTPHeader("Content-Type", "application/x-amz-json-1.1"),
                HTTPHeader("X-Amz-Target", target),
            ],
            body: body.isEmpty ? Array("{}".utf8) : body,
            replay: replay
        )
    }

    /// A call of the AWS Query protocol: a form of `Action`, `Version` and the parameters.
    package static func query(
        action: String,
        version: String,
        parameters: [(name: String, value: String)],
        replay: Replay,
        secrets: [Secret] = []
    ) -> ServiceCall {
        let form = [("Action", action), ("Version", version)] + parameters.map { ($0, $1) }
        let body = form.map { "\(PercentEncoding.encode($0))=\(PercentEncoding.encode($1))" }
            .joined(separator: "&")
        return ServiceCall(
            operation: action,
            headers: [
                HTTPHeader("Content-Type", "application/x-www-form-urlencoded")
            ],
            body: Array(body.utf8),
            replay: replay,
            secrets: secrets
        )
    }
}
