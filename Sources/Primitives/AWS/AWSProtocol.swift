/// How a service encodes requests; the form of its answers follows from it.
///
/// https://smithy.io/2.0/aws/protocols/index.html
package enum AWSProtocol: Hashable, Sendable {
    /// AWS JSON 1.0: a JSON body, and `PREFIX.Operation` in X-Amz-Target.
    case awsJSON1_0(targetPrefix: String)
    /// AWS JSON 1.1: the same under another content type.
    case awsJSON1_1(targetPrefix: String)
    /// AWS Query: a form of `Action`, `Version` and the parameters; answers in XML.
    case query(version: String)

    /// The Content-Type of a request.
    package var contentType: String {
        switch self {
        case .awsJSON1_0: "application/x-amz-json-1.0"
        case .awsJSON1_1: "application/x-amz-json-1.1"
        case .query: "application/x-www-form-urlencoded"
        }
    }

    /// The X-Amz-Target of an operation; nil where the body names it.
    package func target(of operation: String) -> String? {
        switch self {
        case .awsJSON1_0(let prefix), .awsJSON1_1(let prefix): "\(prefix).\(operation)"
        case .query: nil
        }
    }

    /// The parameters that name an operation of AWS Query; none where a header names it.
    package func parameters(of operation: String) -> [(name: String, value: String)] {
        switch self {
        case .awsJSON1_0, .awsJSON1_1: []
        case .query(let version): [("Action", operation), ("Version", version)]
        }
    }
}
