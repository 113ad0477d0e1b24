import AWSClient
import Primitives
import Testing

private func signed(
    _ request: HTTPRequest,
    credentials: Credentials = .sample,
    options: SigningOptions = SigningOptions()
) throws -> SignedRequest {
    var cache = SigningKeyCache()
    let time = try #require(WallTime(signingStamp: "20261123T010203Z"))
    return try #require(
        SigV4.sign(
            request,
            with: credentials,
            region: "eu-west-1",
            service: "codepipeline",
            at: time,
            options: options,
            cache: &cache
        )
    )
}

private let retryRequest = HTTPRequest(
    method: "POST",
    url: "https://codepipeline.eu-west-1.amazonaws.com/",
    headers: [
        HTTPHeader("Content-Type", "application/x-amz-json-1.1"),
        HTTPHeader("X-Amz-Target", "CodePipeline_20150709.GetPipelineState"),
        HTTPHeader("User-Agent", "whatever"),
    ],
    body: Array(#"{"name":"deploy"}"#.utf8)
)

@Suite("Signature Version 4")
struct SigningTests {
    @Test func `a CodePipeline call has the signature that botocore computes`() throws {
        let result = try signed(retryRequest)
        #expect(
            result.signature == "9fb6043c821a5cbce3dda71d16066437e66c1763c3ef62bff886f445872fc5b4"
        )
        #expect(
            result.authorization
                == "AWS4-HMAC-SHA256 Credential=ASIASAMPLEKEYID00001/20261123/eu-west-1/"
                + "codepipeline/aws4_request, SignedHeaders=content-type;host;x-amz-date;"
                + "x-amz-security-token;x-amz-target, Signature=\(result.signature)"
        )
        #expect(result.request.header("authorization") == result.authorization)
        #expect(result.request.header("x-amz-date") == "20261123T010203Z")
        #expect(result.request.header("x-amz-security-token") == "sample-session-token")
        #expect(result.request.header("host") == "codepipeline.eu-west-1.amazonaws.com")
        #expect(result.request.body == retryRequest.body)
    }

    @Test func `signing a signed request again gives the same`() throws {
        let once = try signed(retryRequest)
        let twice = try signed(once.request)
        #expect(once.request.headers.count == twice.request.headers.count)
        #expect(once.signature == twice.signature)
    }

    @Test func `headers that change in transit are not signed`() throws {
        let names = [
            "Connection", "Expect", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization",
            "TE", "Trailer", "Transfer-Encoding", "Upgrade", "User-Agent", "X-Amzn-Trace-Id",
        ]
        var request = retryRequest
        request.headers += names.map { HTTPHeader($0, "x") }
        #expect(try signed(request).signature == signed(retryRequest).signature)
        request.setHeader("amz-sdk-request", "attempt=1")
        #expect(try signed(request).signature != signed(retryRequest).signature)
    }

    @Test(arguments: [
        ("https://h.example:443/", "h.example"), ("http://h.example:80/", "h.example"),
        ("https://h.example:8443/", "h.example:8443"), ("https://u:p@h.example/", "h.example"),
        ("http://[::1]:4566/", "[::1]:4566"), ("https://h.example?q=1", "h.example"),
    ])
    func `the host header omits user and default port`(_ url: String, _ host: String) throws {
        let result = try signed(HTTPRequest(method: "GET", url: url))
        #expect(result.request.header("host") == host)
    }

    @Test(arguments: [
        ("", "/"), ("/a/b", "/a/b"), ("//a//b//", "/a/b/"), ("/a/./b/../c", "/a/c"),
        ("/../..", "/"), ("/a b", "/a%20b"), ("/a%20b", "/a%2520b"), ("/~-._", "/~-._"),
    ])
    func `the path is normalised and encoded once more`(_ path: String, _ canonical: String) throws
    {
        let result = try signed(HTTPRequest(method: "GET", url: "https://h.example\(path)"))
        let lines = result.canonicalRequest.text.split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        #expect(lines[1] == canonical)
    }

    @Test(arguments: [
        ("b=2&a=1", "a=1&b=2"), ("a=2&a=1", "a=1&a=2"), ("a", "a="), ("", ""),
        ("k=%2f", "k=%2F"), ("a-b=1&a=2", "a=2&a-b=1"), ("x=a=b", "x=a%3Db"),
    ])
    func `the query is sorted by bytes in one encoding`(
        _ query: String,
        _ canonical: String
    ) throws {
        let result = try signed(HTTPRequest(method: "GET", url: "https://h.example/?\(query)"))
        let lines = result.canonicalRequest.text.split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        #expect(lines[2] == canonical)
    }

    @Test func `a token added after signing is not covered`() throws {
        let after = try signed(retryRequest, options: SigningOptions(addsTokenAfterSigning: true))
        let without = try signed(
            retryRequest,
            credentials: Credentials(
                accessKeyID: Credentials.sample.accessKeyID,
                secretAccessKey: Credentials.sample.secretAccessKey
            )
        )
        #expect(after.signature == without.signature)
        #expect(after.request.header("x-amz-security-token") == "sample-session-token")
    }

    @Test func `the body's hash can be a header`() throws {
        let result = try signed(retryRequest, options: SigningOptions(signsBody: true))
        let hash = result.request.header("x-amz-content-sha256")
        #expect(hash == sha256Hex(retryRequest.body))
        #expect(result.canonicalRequest.signedHeaders.contains("x-amz-content-sha256"))
    }

    @Test func `no rendering of a signed request shows a secret or the signature`() throws {
        let result = try signed(retryRequest)
        var cache = SigningKeyCache()
        let scope = SigningScope(day: "20261123", region: "r", service: "s")
        let key = cache.key(secret: Secret("sample-secret-access-key"), scope: scope)
        var dumped = ""
        dump(result, to: &dumped)
        dump(result.request, to: &dumped)
        dump(cache, to: &dumped)
        dump(key, to: &dumped)
        let texts = [
            dumped, "\(result)", String(reflecting: result), "\(result.request)",
            String(reflecting: result.request), "\(result.request.headers)", "\(key)",
            "\(result.canonicalRequest)", String(reflecting: Credentials.sample),
        ]
        for text in texts {
            #expect(!text.contains("sample-secret"))
            #expect(!text.contains("sample-session"))
            #expect(!text.contains(result.signature))
        }
    }

    @Test func `signing keys are derived once for a day, Region, service and secret`() {
        var cache = SigningKeyCache()
        let scope = SigningScope(day: "20261123", region: "r", service: "s")
        let first = cache.key(secret: Secret("a"), scope: scope)
        #expect(
            cache.key(secret: Secret("a"), scope: scope).signature(of: "t")
                == first.signature(of: "t")
        )
        #expect(cache.count == 1)
        let next = SigningScope(day: "20261124", region: "r", service: "s")
        #expect(
            cache.key(secret: Secret("a"), scope: next).signature(of: "t")
                != first.signature(of: "t")
        )
        #expect(
            cache.key(secret: Secret("b"), scope: scope).signature(of: "t")
                != first.signature(of: "t")
        )
        for day in 0..<9 {
            _ = cache.key(
                secret: Secret("a"),
                scope: SigningScope(day: "\(day)", region: "r", service: "s")
            )
        }
        #expect(cache.count == 4)
    }

    @Test(arguments: ["2026-11-23T01:02:03Z", "20261123010203Z", "20261123T010203", "", "x"])
    func `only the basic form is a signing time`(_ text: String) {
        #expect(WallTime(signingStamp: text) == nil)
    }
}
