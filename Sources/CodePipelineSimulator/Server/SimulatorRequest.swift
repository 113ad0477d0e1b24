/// One HTTP request as the server reads it.
package struct SimulatorRequest: Sendable {
    /// The method.
    package let method: String
    /// The request target, path and query.
    package let target: String
    /// The header fields in the order of arrival.
    package let headers: [(name: String, value: String)]
    /// The body.
    package let body: [UInt8]

    /// Creates a request.
    package init(
        method: String,
        target: String,
        headers: [(name: String, value: String)],
        body: [UInt8]
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
    }

    /// The values of a header field, names compared without case; nil when there is none.
    func header(_ name: String) -> String? {
        let values = headers.filter { $0.name.lowercased() == name }.map(\.value)
        return values.isEmpty ? nil : values.joined(separator: ",")
    }
}

/// One HTTP response.
package struct SimulatorResponse: Sendable {
    /// The status.
    package let status: Int
    /// The header fields, Content-Length not among them.
    package let headers: [(name: String, value: String)]
    /// The body.
    package let body: [UInt8]
}

/// The server's reaction to a request.
package struct SimulatorAnswer: Sendable {
    /// How much of the response is sent.
    package enum Delivery: Hashable, Sendable {
        /// All of it.
        case whole
        /// The head and half of the body, then the connection is closed.
        case half
        /// Nothing: the connection is closed.
        case nothing
    }

    /// The response.
    package let response: SimulatorResponse
    /// The delay of the answer.
    package let delay: Duration
    /// How much of it is sent.
    package let delivery: Delivery
    /// The line for the log of calls.
    package let line: String
}
