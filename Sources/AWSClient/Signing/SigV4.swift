package import Primitives

/// The differences between services in how requests are signed.
package struct SigningOptions: Hashable, Sendable {
    /// Whether dot segments and double slashes of the path are resolved first; default true.
    package var normalizesPath: Bool
    /// Whether the body's hash is sent as a signed header, too; default false.
    package var signsBody: Bool
    /// Whether the session token is added after signing instead of before; default false.
    package var addsTokenAfterSigning: Bool

    /// Creates options; the defaults are right for the AWS JSON and Query protocols.
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

/// Signature Version 4 in the Authorization header, as a pure function of its inputs.
package enum SigV4 {
    /// Signs a request; Host, X-Amz-Date and X-Amz-Security-Token are set here.
    ///
    /// An existing Host header is kept.
    ///
    /// - Parameters:
    ///   - request: The request, all other headers included.
    ///   - credentials: The credentials to sign with.
    ///   - region: The Region of the scope.
    ///   - service: The signing name of the service.
    ///   - time: The time of signing; AWS allows it to be five minutes off.
    ///   - options: See ``SigningOptions``.
    ///   - cache: Derived signing keys of earlier calls.
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
        return sign(
            request,
            url: url,
            with: credentials,
            region: region,
            service: service,
            at: time,
            options: options,
            cache: &cache
        )
    }

    /// Signs a request whose URL is already split.
    static func sign(
        _ request: HTTPRequest,
        url: URLParts,
        with credentials: Credentials,
        region: String,
        service: String,
        at time: WallTime,
        options: SigningOptions = SigningOptions(),
        cache: inout SigningKeyCache
    ) -> SignedRequest {
        let stamp = time.signingStamp
        let scope = SigningScope(day: String(stamp.prefix(8)), region: region, service: service)
        let key = cache.key(secret: credentials.secretAccessKey, scope: scope)
        let bodyHash = sha256Hex(request.body)
        var request = request
        request.headers = headers(request, host: url.hostHeader, stamp: stamp)
        if options.signsBody { request.setHeader("X-Amz-Content-Sha256", bodyHash) }
        let token = credentials.sessionToken
        if let token, !options.addsTokenAfterSigning {
            request.headers.append(HTTPHeader("X-Amz-Security-Token", token.exposed))
        }
        let canonical = CanonicalRequest(
            request,
            url: url,
            normalizesPath: options.normalizesPath,
            bodyHash: bodyHash
        )
        let text = "AWS4-HMAC-SHA256\n\(stamp)\n\(key.scopeText)\n\(sha256Hex(canonical.bytes))"
        let signature = key.signature(of: text)
        let authorization =
            "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(key.scopeText), "
            + "SignedHeaders=\(canonical.signedHeaders), Signature=\(signature)"
        request.headers.append(HTTPHeader("Authorization", authorization))
        if let token, options.addsTokenAfterSigning {
            request.headers.append(HTTPHeader("X-Amz-Security-Token", token.exposed))
        }
        return SignedRequest(
            request: request,
            canonicalRequest: canonical,
            stringToSign: text,
            signature: signature,
            authorization: authorization
        )
    }

    /// The headers of every signed request, without those of an earlier signature.
    private static func headers(
        _ request: HTTPRequest,
        host: String,
        stamp: String
    ) -> [HTTPHeader] {
        let replaced = ["authorization", "x-amz-security-token", "x-amz-date"]
        var headers: [HTTPHeader] = []
        headers.reserveCapacity(request.headers.count + 5)
        if request.header("host") == nil { headers.append(HTTPHeader("Host", host)) }
        for header in request.headers
        where !replaced.contains(where: { header.name.isEqualIgnoringCase($0) }) {
            headers.append(header)
        }
        headers.append(HTTPHeader("X-Amz-Date", stamp))
        return headers
    }
}

extension WallTime {
    /// The form of X-Amz-Date: `20261123T010203Z`.
    package var signingStamp: String {
        let (days, ofDay) = milliseconds.flooredDivision(by: 86_400_000)
        let date = CivilDate(daysSinceEpoch: days)
        var text: [UInt8] = []
        text.reserveCapacity(16)
        text.append(number: date.year, digits: 4)
        text.append(number: date.month, digits: 2)
        text.append(number: date.day, digits: 2)
        text.append(UInt8(ascii: "T"))
        text.append(number: ofDay / 3_600_000, digits: 2)
        text.append(number: ofDay / 60_000 % 60, digits: 2)
        text.append(number: ofDay / 1000 % 60, digits: 2)
        text.append(UInt8(ascii: "Z"))
        return String(decoding: text, as: UTF8.self)
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

extension [UInt8] {
    /// The last digits of a number, zeros in front.
    fileprivate mutating func append(number: Int64, digits: Int) {
        let number = number.magnitude
        var divisor = (1..<digits).reduce(UInt64(1)) { power, _ in power * 10 }
        while divisor > 0 {
            append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
            divisor /= 10
        }
    }
}
