import AWSClient

extension ProbeKind {
    /// Error answers of the AWS JSON protocol.
    package static let error = ProbeKind(
        name: "error",
        answer: { errorLine($0) },
        check: { path throws(ProbeError) in try errorCases(path) }
    )
}

/// Reads the error that a line describes: status, headers, body, or a member `response` of them.
package func errorLine(_ line: JSONValue) -> JSONValue {
    let line = line["response"] ?? line
    let response = HTTPResponse(
        status: Int((line["status"] ?? line["status_code"])?.number ?? 400),
        headers: headers(line["headers"]),
        body: Array((line["body"]?.text ?? "").utf8)
    )
    let error = ServiceError(response: response)
    return .object([
        "code": .string(error.code),
        "message": .string(error.message),
        "request_id": error.requestID.map(JSONValue.string) ?? .null,
    ])
}

/// Checks the cases of a protocol test file that expect an error; the others have no shape here.
package func errorCases(_ path: String) throws(ProbeError) -> [ProbeResult] {
    guard let groups = try ProbeFiles.json(path).elements else {
        throw ProbeError("\(path): not a list of groups")
    }
    let cases = groups.flatMap { $0["cases"]?.elements ?? [] }
    return cases.compactMap { one in
        guard let code = one["errorCode"], let response = one["response"] else { return nil }
        let answer = errorLine(response)
        return ProbeResult(
            name: one["id"]?.text ?? "",
            failure: answer["code"] == code ? nil : "expected \(code.line): \(answer.line)"
        )
    }
}
