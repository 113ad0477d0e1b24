import AWSClient
import Primitives

extension ProbeKind {
    /// Signature Version 4.
    package static let sign = ProbeKind(
        name: "sign",
        answer: { signLine($0) },
        check: { path throws(ProbeError) in try signCases(path) }
    )
}

/// Signs the request of a line: method, url, headers, body, keys, region, service, time.
///
/// Credentials may be in the line or in its member `credentials`; the short names `ak`, `sk`,
/// `creq`, `sts` and `sig` are those of scripts for other signers.
package func signLine(_ line: JSONValue) -> JSONValue {
    let keys = line["credentials"] ?? line
    guard let url = line["url"]?.text,
        let key = keys.text(of: "access_key", "access_key_id", "ak"),
        let secret = keys.text(of: "secret_key", "secret_access_key", "sk"),
        let region = line["region"]?.text, let service = line["service"]?.text,
        let timeText = line.text(of: "time", "timestamp")
    else { return .failure("url, access_key, secret_key, region, service and time are needed") }
    guard let time = WallTime(signingStamp: timeText) ?? WallTime(rfc3339: timeText) else {
        return .failure("time is not 20261123T010203Z")
    }
    let request = HTTPRequest(
        method: line["method"]?.text ?? "GET",
        url: url,
        headers: headers(line["headers"]),
        body: Array((line["body"]?.text ?? "").utf8)
    )
    let options = SigningOptions(
        normalizesPath: line["normalize"]?.flag ?? true,
        signsBody: line["sign_body"]?.flag ?? false,
        addsTokenAfterSigning: line["omit_session_token"]?.flag ?? false
    )
    var cache = SigningKeyCache()
    let signed = SigV4.sign(
        request,
        with: Credentials(
            accessKeyID: key,
            secretAccessKey: Secret(secret),
            sessionToken: keys.text(of: "token", "session_token").map { Secret($0) }
        ),
        region: region,
        service: service,
        at: time,
        options: options,
        cache: &cache
    )
    guard let signed else { return .failure("url has no scheme or host") }
    return .object([
        "canonical_request": .string(signed.canonicalRequest.text),
        "string_to_sign": .string(signed.stringToSign),
        "signature": .string(signed.signature),
        "authorization": .string(signed.authorization),
        "creq": .string(signed.canonicalRequest.text),
        "sts": .string(signed.stringToSign),
        "sig": .string(signed.signature),
    ])
}

/// Header lines of `[[name, value], …]`, `[{name, value}, …]` or `{name: value or values}`.
func headers(_ value: JSONValue?) -> [HTTPHeader] {
    if let members = value?.members {
        return members.sorted { $0.key < $1.key }.flatMap { name, value in
            (value.elements ?? [value]).compactMap { $0.text.map { HTTPHeader(name, $0) } }
        }
    }
    return (value?.elements ?? []).compactMap { pair in
        if let name = pair["name"]?.text, let value = pair["value"]?.text {
            return HTTPHeader(name, value)
        }
        guard let pair = pair.elements, pair.count == 2, let name = pair[0].text,
            let value = pair[1].text
        else { return nil }
        return HTTPHeader(name, value)
    }
}

/// Checks every folder with a `context.json` and a `request.txt`, or the one folder given.
package func signCases(_ path: String) throws(ProbeError) -> [ProbeResult] {
    if ProbeFiles.exists(path + "/context.json") { return [try signCase(path, name: path)] }
    var results: [ProbeResult] = []
    for name in try ProbeFiles.entries(path) {
        let folder = "\(path)/\(name)"
        guard ProbeFiles.exists(folder + "/context.json") else { continue }
        results.append(try signCase(folder, name: name))
    }
    return results
}

private func signCase(_ folder: String, name: String) throws(ProbeError) -> ProbeResult {
    let context = try ProbeFiles.json(folder + "/context.json")
    let request = try RawRequest(ProbeFiles.bytes(folder + "/request.txt"), folder: folder)
    var line: [String: JSONValue] = [
        "method": .string(request.method),
        "url": .string("https://\(request.host)\(request.target)"),
        "headers": .array(
            request.headers.map { .array([.string($0.name), .string($0.value)]) }
        ),
        "body": .string(request.body),
    ]
    line["access_key"] = context["credentials"]?["access_key_id"]
    line["secret_key"] = context["credentials"]?["secret_access_key"]
    line["token"] = context["credentials"]?["token"]
    line["time"] = context["timestamp"]
    for key in ["region", "service", "normalize", "sign_body", "omit_session_token"] {
        line[key] = context[key]
    }
    let answer = signLine(.object(line))
    for (key, file) in [
        ("canonical_request", "header-canonical-request.txt"),
        ("string_to_sign", "header-string-to-sign.txt"), ("signature", "header-signature.txt"),
    ] {
        let bytes = try ProbeFiles.bytes("\(folder)/\(file)")
        let expected = String(decoding: bytes.filter { $0 != 0x0D }, as: UTF8.self)
        guard answer[key]?.text?.trimmedEnd == expected.trimmedEnd else {
            return ProbeResult(name: name, failure: "\(key) differs: \(answer.line)")
        }
    }
    let sent = String(
        decoding: try ProbeFiles.bytes(folder + "/header-signed-request.txt"),
        as: UTF8.self
    )
    let isSent = answer["authorization"]?.text.map { sent.contains($0) } ?? false
    return ProbeResult(name: name, failure: isSent ? nil : "authorization differs")
}

extension String {
    fileprivate var trimmedEnd: Substring {
        var rest = self[...]
        while rest.last == "\n" { rest.removeLast() }
        return rest
    }
}

/// A request as text: request line, header lines with continuations, body.
private struct RawRequest {
    private(set) var method = ""
    private(set) var target = ""
    private(set) var host = ""
    private(set) var headers: [HTTPHeader] = []
    private(set) var body = ""

    init(_ bytes: [UInt8], folder: String) throws(ProbeError) {
        let text = String(decoding: bytes.filter { $0 != 0x0D }, as: UTF8.self)
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
        guard let first = lines.popFirst(), let space = first.firstIndex(of: " "),
            first.hasSuffix(" HTTP/1.1")
        else { throw ProbeError("\(folder)/request.txt: no request line") }
        method = String(first[..<space])
        target = String(first[first.index(after: space)...].dropLast(" HTTP/1.1".count))
        while let line = lines.popFirst(), !line.isEmpty {
            if line.first == " " || line.first == "\t", let last = headers.popLast() {
                headers.append(HTTPHeader(last.name, last.value + "\n" + line))
            } else {
                let name = line.prefix { $0 != ":" }
                headers.append(HTTPHeader(String(name), String(line[name.endIndex...].dropFirst())))
            }
        }
        body = lines.joined(separator: "\n")
        host = headers.firstValue(named: "host") ?? "localhost"
    }
}
