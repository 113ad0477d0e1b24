package import AWSClient
import FoundationEssentials
import Synchronization

/// One recorded exchange.
package struct ReplayExchange: Hashable, Sendable {
    /// The expected request.
    package let request: HTTPRequest
    /// The answer; nil for a failed connection.
    package let answer: HTTPResponse?

    /// Creates an exchange.
    package init(request: HTTPRequest, answer: HTTPResponse?) {
        self.request = request
        self.answer = answer
    }
}

/// A transport that answers from a recording, in order, and only with its content.
///
/// A request must agree with the recording in method, URL and the headers content-type and
/// x-aws-ec2-metadata-token; any other ends as a failed connection and is kept as a mismatch.
package final class ReplayTransport: HTTPTransport {
    private struct State {
        var rest: [ReplayExchange]
        var requests: [HTTPRequest] = []
        var mismatches: [String] = []
    }

    private let state: Mutex<State>

    /// Creates a transport that replays these exchanges.
    package init(_ exchanges: [ReplayExchange]) {
        state = Mutex(State(rest: exchanges))
    }

    /// The requests that came, in order.
    package var requests: [HTTPRequest] { state.withLock { $0.requests } }

    /// The differences from the recording, and the recorded exchanges that were never requested.
    package var mismatches: [String] {
        state.withLock { state in
            state.mismatches
                + state.rest.map { "never asked: \($0.request.method) \($0.request.url)" }
        }
    }

    /// Answers the next request of the recording.
    ///
    /// - Throws: ``TransportError`` when the recording has another request or a failure there.
    package func send(
        _ request: HTTPRequest,
        limits: HTTPLimits
    ) async throws(TransportError) -> HTTPResponse {
        let answer = state.withLock { state -> HTTPResponse? in
            state.requests.append(request)
            guard let next = state.rest.first else {
                state.mismatches.append("not recorded: \(request.method) \(request.url)")
                return nil
            }
            if let difference = difference(request, next.request) {
                state.mismatches.append(difference)
                return nil
            }
            state.rest.removeFirst()
            return next.answer
        }
        guard let answer else {
            throw TransportError(
                kind: .connection,
                progress: .notSent,
                detail: "the record has no answer"
            )
        }
        guard answer.body.count <= limits.bodyBytes else {
            throw TransportError(
                kind: .tooLarge,
                progress: .maybeSent,
                detail: "the body is too large"
            )
        }
        return answer.withID
    }
}

extension HTTPResponse {
    /// The answer with AWS's id, which the recordings omit.
    fileprivate var withID: HTTPResponse {
        guard requestID == nil else { return self }
        let id = HTTPHeader("x-amzn-RequestId", "recorded")
        return HTTPResponse(status: status, headers: headers + [id], body: body)
    }
}

private let comparedHeaders = ["content-type", "x-aws-ec2-metadata-token"]

/// The difference between a request and the recorded one; nil when they agree.
private func difference(_ request: HTTPRequest, _ recorded: HTTPRequest) -> String? {
    let came = "\(request.method) \(withPath(request.url))"
    let expected = "\(recorded.method) \(withPath(recorded.url))"
    guard came == expected else { return "expected \(expected), got \(came)" }
    for name in comparedHeaders where header(name, of: recorded) != header(name, of: request) {
        return "\(came): header \(name) differs"
    }
    return nil
}

private func header(_ name: String, of request: HTTPRequest) -> String? {
    request.headers.first { $0.name.lowercased() == name }?.value
}

/// The URL with a slash where it has no path.
private func withPath(_ url: String) -> String {
    guard let parts = URLParts(url), parts.path.isEmpty, parts.query == nil else { return url }
    return url + "/"
}

extension ReplayExchange {
    /// Reads the exchanges of a traffic file: events of connections, in order.
    package static func exchanges(of traffic: JSONValue) -> [ReplayExchange] {
        var order: [Double] = []
        var requests: [Double: HTTPRequest] = [:]
        var answers: [Double: HTTPResponse] = [:]
        for event in traffic["events"]?.elements ?? [] {
            guard let id = event["connection_id"]?.number, let action = event["action"]
            else { continue }
            if let request = action["Request"]?["request"] {
                order.append(id)
                requests[id] = HTTPRequest(
                    method: request["method"]?.text ?? "GET",
                    url: request["uri"]?.text ?? "",
                    headers: headers(request["headers"])
                )
            } else if let answer = action["Response"]?["response"]?["Ok"],
                let status = answer["status"]?.number
            {
                answers[id] = HTTPResponse(
                    status: Int(status),
                    headers: headers(answer["headers"])
                )
            } else if let data = action["Data"], data["direction"]?.text == "Response",
                let answer = answers[id]
            {
                let bytes = bytes(data["data"])
                answers[id] = HTTPResponse(
                    status: answer.status,
                    headers: answer.headers,
                    body: answer.body + bytes
                )
            }
        }
        return order.compactMap { id in
            requests[id].map { ReplayExchange(request: $0, answer: answers[id]) }
        }
    }

    /// The bytes of a recorded piece: text, or base64 where it is none.
    private static func bytes(_ data: JSONValue?) -> [UInt8] {
        if let text = data?["Utf8"]?.text { return Array(text.utf8) }
        return Array(data?["Base64"]?.text.flatMap { Data(base64Encoded: $0) } ?? Data())
    }

    private static func headers(_ value: JSONValue?) -> [HTTPHeader] {
        (value?.members ?? [:]).sorted { $0.key < $1.key }.flatMap { name, values in
            let texts = values.text.map { [$0] } ?? (values.elements ?? []).compactMap(\.text)
            return texts.map { HTTPHeader(name, $0) }
        }
    }
}
