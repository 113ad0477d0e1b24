/// One complete HTTP answer.
///
/// Its description omits headers and body: a credentials service answers with secrets.
package struct HTTPResponse: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// The status code.
    package let status: Int
    /// Names and values in order.
    package let headers: [HTTPHeader]
    /// The body, within the limit that the caller set.
    package let body: [UInt8]

    /// Creates an answer.
    package init(status: Int, headers: [HTTPHeader] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first value of a header, ignoring case.
    package func header(_ name: String) -> String? {
        headers.firstValue(named: name)
    }

    package var description: String { "HTTP \(status) (\(body.count) bytes)" }
    package var customMirror: Mirror { Mirror(self, children: ["response": description]) }
}
