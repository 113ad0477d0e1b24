import Primitives

/// An answer from something other than the service: a proxy, a gateway, a block page.
///
/// Its body is not shown: a block page may repeat the request with its token.
package struct ForeignAnswer: Hashable, Sendable, CustomStringConvertible {
    /// The HTTP status.
    package let status: Int
    /// The content type, `Server` and `Via`, cleaned, as far as there are any.
    package let signs: [String]

    /// Keeps what identifies the sender.
    ///
    /// - Parameters:
    ///   - response: The answer.
    ///   - secrets: The request's secrets; no part of them is shown.
    package init(_ response: HTTPResponse, hiding secrets: [Secret]) {
        status = response.status
        let type = response.header("Content-Type")
        let names = ["Server", "Via"].compactMap { name in
            response.header(name).map { "\(name): \($0)" }
        }
        let text = AnswerText(hiding: secrets)
        signs = ([type].compactMap(\.self) + names).map {
            text.shown($0, code: "").printable(limit: 60)
        }
    }

    package var description: String {
        let shown = (["HTTP \(status)"] + signs).joined(separator: ", ")
        let sign =
            HTTPResponse.isRedirect(status) ? "it is a redirect" : "it gave no x-amzn-RequestId"
        return "the answer did not come from AWS (\(shown)): \(sign); "
            + "check the proxy, gateway or endpoint in between"
    }
}

extension HTTPResponse {
    /// Whether the service itself gave this answer, rather than something between.
    ///
    /// AWS gives every answer of the JSON and Query protocols an id, and never redirects. An
    /// emulator on this machine may omit the id: from it a success is accepted, and an error in
    /// AWS's form.
    func isOfService(at url: URLParts) -> Bool {
        guard !HTTPResponse.isRedirect(status) else { return false }
        if let requestID, !requestID.isEmpty { return true }
        // The Query protocol has the id of an error in the body, too.
        let error = ServiceError(response: self)
        if !isSuccess, error.requestID?.isEmpty == false { return true }
        guard url.isLoopback else { return false }
        return isSuccess || error.code != String(status)
    }

    fileprivate static func isRedirect(_ status: Int) -> Bool { (300..<400).contains(status) }

    private var isSuccess: Bool { (200..<300).contains(status) }
}
