package import Primitives

/// One operation of a service with its input.
package struct ServiceCall: Hashable, Sendable {
    /// The headers of the protocol: content type, target.
    package let headers: [HTTPHeader]
    /// The input.
    package let body: [UInt8]
    /// Whether it may be repeated blindly.
    package let replay: Replay
    /// The parts of the input that no text may show, such as a web identity token.
    package let secrets: [Secret]

    private init(_ operation: OperationDefinition, body: [UInt8], secrets: [Secret]) {
        let form = operation.service.wireProtocol
        var headers = [HTTPHeader("Content-Type", form.contentType)]
        if let target = form.target(of: operation.name) {
            headers.append(HTTPHeader("X-Amz-Target", target))
        }
        self.headers = headers
        self.body = body
        replay = operation.replay
        self.secrets = secrets
    }

    /// A call of a service that takes JSON; an empty input is sent as `{}`.
    package static func json(
        _ operation: OperationDefinition,
        _ body: [UInt8],
        secrets: [Secret] = []
    ) -> ServiceCall {
        ServiceCall(operation, body: body.isEmpty ? Array("{}".utf8) : body, secrets: secrets)
    }

    /// A call of a service that takes AWS Query: a form of `Action`, `Version` and the parameters.
    package static func form(
        _ operation: OperationDefinition,
        _ parameters: [(name: String, value: String)],
        secrets: [Secret] = []
    ) -> ServiceCall {
        let form = operation.service.wireProtocol.parameters(of: operation.name) + parameters
        let body = form.map { name, value in
            "\(PercentEncoding.encode(name))=\(PercentEncoding.encode(value))"
        }
        return ServiceCall(
            operation,
            body: Array(body.joined(separator: "&").utf8),
            secrets: secrets
        )
    }
}
