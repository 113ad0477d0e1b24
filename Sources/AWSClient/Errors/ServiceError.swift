import Primitives

/// An error that AWS answered.
package struct ServiceError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The error code without namespace, such as `ThrottlingException`; the HTTP status in digits
    /// when the answer has none.
    package let code: String
    /// The service's own text, cleaned of control characters and cut; may be empty.
    package let message: String
    /// The id under which AWS finds the call.
    package let requestID: String?
    /// The HTTP status.
    package let status: Int

    /// Creates an error.
    package init(code: String, message: String, requestID: String?, status: Int) {
        self.code = code
        self.message = message
        self.requestID = requestID
        self.status = status
    }

    package var description: String {
        message.isEmpty ? text : "\(code): \(text)"
    }

    /// The text for a reader who sees the code elsewhere: without it, unless there is no message.
    package var text: String {
        let id = requestID.map { ", request \($0)" } ?? ""
        return "\(message.isEmpty ? code : message) (HTTP \(status)\(id))"
    }
}

extension ServiceError {
    /// Reads an error answer of any AWS protocol, or of a proxy.
    ///
    /// The code is looked for in the header X-Amzn-Errortype, then in the body's members `code` and
    /// `__type` or its XML element `Code`. Everything from the first colon on is cut, and
    /// everything up to the last `#` (Smithy, awsJson1_1 error serialization).
    ///
    /// - Parameters:
    ///   - response: The answer.
    ///   - secrets: The request's secrets and credentials; no part of them is shown.
    package init(response: HTTPResponse, hiding secrets: [Secret] = []) {
        let body = ErrorBody(response.body)
        let text = AnswerText(hiding: secrets)
        let codes = [response.header("X-Amzn-Errortype"), body.code, body.type]
        code = text.hidden(
            codes.compactMap { $0.flatMap(shapeName) }.first ?? String(response.status)
        )
        message = text.shown(body.message ?? "", code: code).printable()
        requestID = (response.requestID ?? body.requestID)
            .map { text.hidden($0).printable(limit: 100) }
        status = response.status
    }
}

extension HTTPResponse {
    /// The id that AWS gave to the request.
    package var requestID: String? {
        (header("x-amzn-RequestId") ?? header("x-amz-request-id")).map { $0.printable(limit: 100) }
    }
}

/// The shape's name in `namespace#Name:uri`; nil when nothing is left.
private func shapeName(_ text: String) -> String? {
    let beforeColon = text.prefix { $0 != ":" }
    let afterHash = beforeColon.split(separator: "#", omittingEmptySubsequences: false).last ?? ""
    let name = String(afterHash).printable(limit: 100)
    return name.isEmpty ? nil : name
}
