/// One HTTP request as bytes and text, before it is signed or sent.
///
/// Its description shows neither header values nor the body: both may carry secrets.
package struct HTTPRequest: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// The method, in capitals.
    package var method: String
    /// The whole URL: scheme, host, port when it is not the default, path, query.
    package var url: String
    /// Names and values in order; names compare without case.
    package var headers: [HTTPHeader]
    /// The body; empty where there is none.
    package var body: [UInt8]

    /// Creates a request.
    package init(
        method: String,
        url: String,
        headers: [HTTPHeader] = [],
        body: [UInt8] = []
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }

    /// The first value of a header, ignoring case.
    package func header(_ name: String) -> String? {
        headers.firstValue(named: name)
    }

    /// Replaces all lines of a header name by a single one.
    package mutating func setHeader(_ name: String, _ value: String) {
        headers.removeAll { $0.name.isEqualIgnoringCase(name) }
        headers.append(HTTPHeader(name, value))
    }

    package var description: String { "\(method) \(url) (\(body.count) bytes)" }
    package var customMirror: Mirror { Mirror(self, children: ["request": description]) }
}
