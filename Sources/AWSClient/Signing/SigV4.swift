package import RetryCore

/// What varies between services in how they want a request signed.
package struct SigningOptions: Hashable, Sendable {
    /// Whether dot segments and double slashes of the path are resolved first; default true.
    package var normalizesPath: Bool
    /// Whether the body's hash is sent as a signed header, too; default false.
    package var signsBody: Bool
    /// Whether the session token is added after signing instead of before; default false.
    package var addsTokenAfterSigning: Bool

    /// Makes options; the defaults are right for the AWS JSON and Query protocols.
    package init(
        normalizesPath: Bool = true,
        signsBody: Bool = false,
        addsTokenAfterSigning: Bool = false
    ) {
        self.normalizesPath = normalizesPath
        self.signsBody = signsBody
        self.addsTokenAfterSigning = addsTokenAfterSigning
    }
}

/// A request with its signature, and the steps that led there.
package struct SignedRequest: Sendable, CustomStringConvertible, CustomReflectable {
    /// The request to send.
    package let request: HTTPRequest
    /// The canonical request; it contains the session token.
    package let canonicalRequest: CanonicalRequest
    /// The string to sign.
    package let stringToSign: String
    /// The signature in hex.
    package let signature: String
    /// The value of the Authorization header.
    package let authorization: String

    package var description: String { "<signed \(request)>" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Signature Version 4 in the Authorization header, as a function of its inputs alone.
package enum SigV4 {
    /// Signs a request; Host, X-Amz-Date and X-Amz-Security-Token are set here.
    ///
    /// A Host header that the request already carries is kept.
    ///
    /// - Parameters:
    ///   - request: The request, all other headers included.
    ///   - credentials: The keys.
    ///   - region: The Region of the scope.
    ///   - service: The signing name of the service.
    ///   - time: The time of signing; AWS allows it to be five minutes off.
    ///   - options: See ``SigningOptions``.
    ///   - cache: Derived keys of earlier calls.
    /// - Returns: The signed request; nil when the URL has no scheme or host.
    package static func sign(
        _ request: HTTPRequest,
        with credentials: Credentials,
        region: String,
        service: String,
        at time: WallTime,
        options: SigningOptions = SigningOptions(),
        cache: inout SigningKeyCache
    ) -> SignedRequest? {
        guard let url = URLParts(request.url) else { return nil }
        let stamp = time.signingStamp
        let scope = SigningScope(day: String(stamp.prefix(8)), region: region, service: service)
        let bodyHash = sha256Hex(request.body)
        var request = request
        prepare(&request, host: url.hostHeader, stamp: stamp)
        if options.signsBody { request.setHeader("X-Amz-Content-Sha256", bodyHash) }
        let token = credentials.sessionToken
        if let token, !options.addsTokenAfterSigning {
            request.setHeader("X-Amz-Security-Token", token.exposed)
        }
        let canonical = CanonicalRequest(
            request,
            url: url,
            normalizesPath: options.normalizesPath,
            bodyHash: bodyHash
        )
        let stringToSign = [
            "AWS4-HMAC-SHA256", stamp, scope.text, sha256Hex(Array(canonical.text.utf8)),
        ].joined(separator: "\n")
        let signature = cache.key(secret: credentials.secretAccessKey, scope: scope)
            .signature(of: stringToSign)
        let authorization =
            "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope.text), "
            + "SignedHeaders=\(canonical.signedHeaders), Signature=\(signature)"
        request.setHeader("Authorization", authorization)
        if let token, options.addsTokenAfterSigning {
            request.setHeader("X-Amz-Security-Token", token.exposed)
        }
        return SignedRequest(
            request: request,
            canonicalRequest: canonical,
            stringToSign: stringToSign,
            signature: signature,
            authorization: authorization
        )
    }

    /// Sets what every signed request carries and removes what an earlier signature left.
    private static func prepare(_ request: inout HTTPRequest, host: String, stamp: String) {
        let replaced: Set = ["authorization", "x-amz-security-token"]
        request.headers.removeAll { replaced.contains($0.name.lowercased()) }
        if request.header("Host") == nil { request.headers.insert(HTTPHeader("Host", host), at: 0) }
        request.setHeader("X-Amz-Date", stamp)
    }
}

extension WallTime {
    /// The form of X-Amz-Date: `20261123T010203Z`.
    package var signingStamp: String {
        rfc3339.prefix(19).filter { $0 != "-" && $0 != ":" } + "Z"
    }

    /// Reads the form of X-Amz-Date.
    package init?(signingStamp text: String) {
        let digits = Array(text)
        guard digits.count == 16, digits[8] == "T", digits[15] == "Z" else { return nil }
        let date = "\(String(digits[0..<4]))-\(String(digits[4..<6]))-\(String(digits[6..<8]))"
        let clock =
            "\(String(digits[9..<11])):\(String(digits[11..<13])):\(String(digits[13..<15]))"
        self.init(rfc3339: "\(date)T\(clock)Z")
    }
}
