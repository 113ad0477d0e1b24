import Crypto

/// Verifies AWS Signature Version 4 in the Authorization header.
///
/// Written from the published algorithm, independently of any client in this package.
package struct SignatureVerifier: Sendable {
    /// How far the client's clock may be off.
    package static let tolerance = Duration.seconds(300)

    private let credentials: [String: Scenario.Credential]
    private let region: String

    /// Creates a verifier for the credentials of a scenario.
    package init(credentials: [Scenario.Credential], region: String) {
        self.credentials = Dictionary(
            credentials.map { ($0.accessKeyID, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        self.region = region
    }

    /// The access key id of a request that is signed rightly at a time of the server's clock.
    ///
    /// Throws MissingAuthenticationTokenException, IncompleteSignatureException,
    /// UnrecognizedClientException, ExpiredTokenException or InvalidSignatureException.
    package func verify(
        _ request: SimulatorRequest,
        service: String = "codepipeline",
        now: ModelTime
    ) throws(ServiceError) -> String {
        guard let header = request.header("authorization") else {
            throw ServiceError(
                code: "MissingAuthenticationTokenException",
                message: "Missing Authentication Token"
            )
        }
        let claim = try SignatureClaim(header)
        let date = try requestDate(request)
        try checkScope(claim, date, service)
        try checkClock(date, now)
        let credential = try credential(claim, request)
        try checkSignedHeaders(claim, request)
        try checkPayloadHash(request)
        let expected = signature(claim, request, date, credential)
        guard expected == claim.signature else {
            throw .badSignature(
                "The request signature we calculated does not match the signature you provided. "
                    + "Check your AWS Secret Access Key and signing method. Consult the service "
                    + "documentation for details."
            )
        }
        return claim.accessKeyID
    }

    private func requestDate(_ request: SimulatorRequest) throws(ServiceError) -> String {
        guard let date = request.header("x-amz-date") else {
            throw ServiceError(
                code: "IncompleteSignatureException",
                message: "Authorization header requires existence of either a 'X-Amz-Date' or a "
                    + "'Date' header."
            )
        }
        return date
    }

    private func checkScope(
        _ claim: SignatureClaim,
        _ date: String,
        _ service: String
    ) throws(ServiceError) {
        guard claim.region == region else {
            throw .badSignature("Credential should be scoped to a valid region.")
        }
        guard claim.service == service else {
            throw .badSignature("Credential should be scoped to correct service: '\(service)'.")
        }
        guard claim.terminator == "aws4_request" else {
            throw .badSignature(
                "Credential should be scoped with a valid terminator: 'aws4_request'."
            )
        }
        guard date.hasPrefix(claim.date) else {
            throw .badSignature(
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date "
                    + "from HTTP: '\(claim.date)' != '\(date.prefix(8))', from '\(date)'."
            )
        }
    }

    private func checkClock(_ date: String, _ now: ModelTime) throws(ServiceError) {
        guard let signed = parseBasicTime(date) else {
            throw ServiceError(
                code: "IncompleteSignatureException",
                message: "Date must be in ISO-8601 'basic format'. Got '\(date)'."
            )
        }
        let server = CivilTime(now).basic
        let earliest = now + (.zero - Self.tolerance)
        if signed < earliest {
            throw .badSignature(
                "Signature expired: \(date) is now earlier than \(CivilTime(earliest).basic) "
                    + "(\(server) - 5 min.)"
            )
        }
        let latest = now + Self.tolerance
        if signed > latest {
            throw .badSignature(
                "Signature not yet current: \(date) is still later than "
                    + "\(CivilTime(latest).basic) (\(server) + 5 min.)"
            )
        }
    }

    private func credential(
        _ claim: SignatureClaim,
        _ request: SimulatorRequest
    ) throws(ServiceError) -> Scenario.Credential {
        guard let credential = credentials[claim.accessKeyID],
            credential.sessionToken == request.header("x-amz-security-token")
        else {
            throw ServiceError(
                code: "UnrecognizedClientException",
                message: "The security token included in the request is invalid."
            )
        }
        guard !credential.isExpired else { throw .expiredToken }
        return credential
    }

    /// Host and every x-amz- field that was sent must be signed.
    private func checkSignedHeaders(
        _ claim: SignatureClaim,
        _ request: SimulatorRequest
    ) throws(ServiceError) {
        let names = request.headers.map { $0.name.lowercased() }
        let required = ["host"] + names.filter { $0.hasPrefix("x-amz-") }
        for name in required where !claim.signedHeaders.contains(name) {
            throw .badSignature(
                "'\(name)' must be a 'SignedHeader' in the AWS Authorization."
            )
        }
        guard claim.signedHeaders == claim.signedHeaders.sorted() else {
            throw .badSignature("The signed headers are not in the order of their names.")
        }
        for name in claim.signedHeaders where request.header(name) == nil {
            throw .badSignature("The signed header '\(name)' is not in the request.")
        }
    }

    /// A client may send the hash of the payload; then it must be correct.
    private func checkPayloadHash(_ request: SimulatorRequest) throws(ServiceError) {
        guard let claimed = request.header("x-amz-content-sha256") else { return }
        guard claimed == hex(SHA256.hash(data: request.body)) else {
            throw .badSignature(
                "The value of 'x-amz-content-sha256' does not match the request's payload."
            )
        }
    }

    private func signature(
        _ claim: SignatureClaim,
        _ request: SimulatorRequest,
        _ date: String,
        _ credential: Scenario.Credential
    ) -> String {
        let canonical = canonicalRequest(claim, request)
        let scope = "\(claim.date)/\(region)/\(claim.service)/aws4_request"
        let text =
            "AWS4-HMAC-SHA256\n\(date)\n\(scope)\n"
            + hex(SHA256.hash(data: Array(canonical.utf8)))
        var key = SymmetricKey(data: Array("AWS4\(credential.secretAccessKey)".utf8))
        for part in [claim.date, region, claim.service, "aws4_request"] {
            key = SymmetricKey(
                data: HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: key)
            )
        }
        return hex(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key))
    }

    private func canonicalRequest(_ claim: SignatureClaim, _ request: SimulatorRequest) -> String {
        let parts = request.target.split(
            separator: "?",
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        let query = parts.count > 1 ? parts[1].split(separator: "&").sorted() : []
        let headers = claim.signedHeaders.map { name in
            "\(name):\(collapsed(request.header(name) ?? ""))\n"
        }
        return [
            request.method, String(parts[0]), query.joined(separator: "&"), headers.joined(),
            claim.signedHeaders.joined(separator: ";"), hex(SHA256.hash(data: request.body)),
        ].joined(separator: "\n")
    }

    /// Trims a header value and collapses runs of spaces.
    private func collapsed(_ value: String) -> String {
        value.split(whereSeparator: { $0 == " " || $0 == "\t" }).joined(separator: " ")
    }
}

/// The parts of an Authorization header.
private struct SignatureClaim {
    let accessKeyID: String
    let date: String
    let region: String
    let service: String
    let terminator: String
    let signedHeaders: [String]
    let signature: String

    init(_ header: String) throws(ServiceError) {
        let algorithm = "AWS4-HMAC-SHA256 "
        guard header.hasPrefix(algorithm) else {
            throw .incomplete("Unsupported AWS 'algorithm' in the Authorization header.")
        }
        var fields: [String: String] = [:]
        for part in header.dropFirst(algorithm.count).split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { continue }
            fields[String(pair[0].filter { $0 != " " })] = String(pair[1].filter { $0 != " " })
        }
        for name in ["Credential", "SignedHeaders", "Signature"] where fields[name] == nil {
            throw .incomplete("Authorization header requires '\(name)' parameter.")
        }
        let scope = (fields["Credential"] ?? "").split(
            separator: "/",
            omittingEmptySubsequences: false
        )
        guard scope.count == 5 else {
            throw .incomplete(
                "Credential must have exactly 5 slash-delimited elements, e.g. "
                    + "keyid/date/region/service/term."
            )
        }
        accessKeyID = String(scope[0])
        date = String(scope[1])
        region = String(scope[2])
        service = String(scope[3])
        terminator = String(scope[4])
        signedHeaders = (fields["SignedHeaders"] ?? "").split(separator: ";").map(String.init)
        signature = fields["Signature"] ?? ""
    }
}

extension ServiceError {
    static let expiredToken = ServiceError(
        code: "ExpiredTokenException",
        message: "The security token included in the request is expired"
    )

    fileprivate static func badSignature(_ message: String) -> ServiceError {
        ServiceError(code: "InvalidSignatureException", message: message)
    }

    fileprivate static func incomplete(_ message: String) -> ServiceError {
        ServiceError(code: "IncompleteSignatureException", message: message)
    }
}

/// The bytes of a digest in lower-case hexadecimal.
private func hex(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(64)
    for byte in bytes {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
}
