import CodePipelineSimulator
import Crypto

/// A client's side of SigV4 for the tests of the service.
struct Signer {
    var accessKeyID = "AKIDEXAMPLE"
    var secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
    var sessionToken: String?
    var date = "20261123T010203Z"
    var region = "eu-west-1"
    var service = "codepipeline"

    func request(_ operation: String, _ body: String) -> SimulatorRequest {
        var headers: [(name: String, value: String)] = [
            ("content-type", "application/x-amz-json-1.1"),
            ("host", "codepipeline.eu-west-1.amazonaws.com"),
            ("x-amz-date", date),
        ]
        if let sessionToken {
            headers.append(("x-amz-security-token", sessionToken))
        }
        headers.append(("x-amz-target", "CodePipeline_20150709.\(operation)"))
        let names = headers.map(\.name).joined(separator: ";")
        let canonical =
            "POST\n/\n\n" + headers.map { "\($0.name):\($0.value)\n" }.joined()
            + "\n\(names)\n\(hex(SHA256.hash(data: Array(body.utf8))))"
        let day = String(date.prefix(8))
        let scope = "\(day)/\(region)/\(service)/aws4_request"
        let text =
            "AWS4-HMAC-SHA256\n\(date)\n\(scope)\n\(hex(SHA256.hash(data: Array(canonical.utf8))))"
        var key = Array("AWS4\(secret)".utf8)
        for part in [day, region, service, "aws4_request", text] {
            key = Array(
                HMAC<SHA256>.authenticationCode(
                    for: Array(part.utf8),
                    using: SymmetricKey(data: key)
                )
            )
        }
        headers.append(
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=\(accessKeyID)/\(scope), SignedHeaders=\(names), "
                    + "Signature=\(hex(key))"
            )
        )
        return SimulatorRequest(
            method: "POST",
            target: "/",
            headers: headers,
            body: Array(body.utf8)
        )
    }

    private func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }
}

extension SimulatorRequest {
    /// The request with one header replaced, or removed for a nil value.
    func with(_ name: String, _ value: String?) -> SimulatorRequest {
        var changed = headers.filter { $0.name != name }
        if let value {
            changed.append((name, value))
        }
        return SimulatorRequest(method: method, target: target, headers: changed, body: body)
    }

    func header(named name: String) -> String {
        headers.first { $0.name == name }?.value ?? ""
    }
}
