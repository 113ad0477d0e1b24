import AWSClient
import Primitives
import Testing
import RetryTestSupport

/// Credentials whose parts are long enough to be found in a text, as AWS's are.
private let keys = Credentials(
    accessKeyID: "ASIAHUSHHUSHHUSH0001",
    secretAccessKey: Secret("hushSecret/AccessKey+of40characters/long"),
    sessionToken: Secret(
        "IQoJhushb3JpZ2luX2VjEHUSHaCXVzLWVhc3QtMSJHMEUCIQDhushkTOKENvalueAQEB//////////8BEAAaDD"
            + "EyMzQ1Njc4OTAxMiIMhushTOKENhasManyMoreCharactersThanAnyJournalLineWouldShow+/abc=="
    )
)

/// The header that makes an answer AWS's; without it no part of its body is shown at all.
private let id = HTTPHeader("x-amzn-RequestId", "r")

private let endpoint = Endpoint(
    url: "https://codepipeline.eu-west-1.amazonaws.com",
    signingRegion: "eu-west-1",
    service: .codePipeline
)

/// The answer of AWS's JSON services to a wrong signature.
private let canonical =
    "The request signature we calculated does not match the signature you provided. Check your AWS "
    + "Secret Access Key and signing method. Consult the service documentation for details.\\n\\n"
    + "The Canonical String for this request should have been\\n'POST\\n/\\n\\n"
    + "content-type:application/x-amz-json-1.1\\nhost:codepipeline.eu-west-1.amazonaws.com\\n"
    + "x-amz-date:20261123T010203Z\\nx-amz-security-token:"

@Suite("Secrets of a request in what answers it")
struct SecretTextTests {
    /// An answer that repeats a part of the request, with the text that must stay readable.
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let status: Int
        let body: String
        let stays: String
    }

    private static let token = keys.sessionToken?.exposed ?? ""
    private static let secret = keys.secretAccessKey.exposed

    static let rows = [
        Row(
            testDescription: "the canonical string of a wrong signature",
            status: 403,
            body: #"{"__type":"InvalidSignatureException","message":"\#(canonical)\#(token)'"}"#,
            stays: "The request signature we calculated does not match"
        ),
        Row(
            testDescription: "the same with the token cut in the middle",
            status: 403,
            body:
                #"{"__type":"InvalidSignatureException","#
                + #""message":"\#(canonical)\#(token.prefix(40))"}"#,
            stays: "does not match the signature you provided"
        ),
        Row(
            testDescription: "a block page that echoes the request",
            status: 403,
            body: """
                <html><h1>Blocked by policy 7</h1><pre>
                POST / HTTP/1.1
                X-Amz-Security-Token: \(token)
                Authorization: AWS4-HMAC-SHA256 Credential=ASIAHUSH, Signature=deadbeefcafe
                </pre></html>
                """,
            stays: "Blocked by policy 7"
        ),
        Row(
            testDescription: "a page that shows the token under another name",
            status: 502,
            body: "gateway trouble, dump follows: tok=\(token) end of dump",
            stays: "gateway trouble"
        ),
        Row(
            testDescription: "a page that shows the token with its signs escaped",
            status: 502,
            body: "gateway trouble, dump follows: "
                + token.split(separator: "/", omittingEmptySubsequences: false)
                .joined(separator: "%2F").split(separator: "+").joined(separator: "%2B"),
            stays: "gateway trouble"
        ),
        Row(
            testDescription: "a text with the secret key itself",
            status: 400,
            body: #"{"__type":"ValidationException","message":"bad value \#(secret) in it"}"#,
            stays: "bad value"
        ),
        Row(
            testDescription: "a request id that repeats the token",
            status: 400,
            body: "<E><Code>X</Code><Message>no</Message><RequestId>\(token)</RequestId></E>",
            stays: "no"
        ),
    ]

    @Test(arguments: rows)
    func `no part of a credential or of the signed request is shown`(row: Row) async throws {
        let answer = HTTPResponse(status: row.status, headers: [id], body: Array(row.body.utf8))
        let transport = ScriptedTransport(Array(repeating: .success(answer), count: 3))
        let client = AWSServiceClient(
            endpoint: endpoint,
            transport: transport,
            credentials: StaticCredentials(keys),
            environment: try TestWorld().environment
        )
        let told = await client.call(.op(.unsafe), body: [])
            .toldText
        #expect(told.contains(row.stays), "\(told)")
        for known in [Self.token, Self.secret] { expectNone(of: known, in: told) }
        for mark in ["x-amz-security-token", "aws4-hmac", "canonical string", "deadbeefcafe"] {
            #expect(!told.lowercased().contains(mark), "\(told)")
        }
    }

    @Test(arguments: [
        "Signature expired: 20261123T010203Z is now earlier than 20261123T011000Z "
            + "(20261123T011500Z - 5 min.)",
        "Signature not yet current: 20261123T020203Z is still later than 20261123T011500Z "
            + "(20261123T011000Z + 5 min.)",
    ])
    func `AWS's time stays in the error text of a wrong clock`(message: String) async throws {
        let body = #"{"__type":"InvalidSignatureException","message":"\#(message)"}"#
        let answer = HTTPResponse(status: 400, headers: [id], body: Array(body.utf8))
        let client = AWSServiceClient(
            endpoint: endpoint,
            transport: ScriptedTransport([.success(answer)]),
            credentials: StaticCredentials(keys),
            environment: try TestWorld().environment
        )
        let told = await client.call(.op(.safe), body: [])
            .toldText
        #expect(told.contains(message))
    }

    @Test func `STS's refusals repeat neither the web identity token nor the external id`()
        async throws
    {
        let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJodXNoLWh1c2gtaHVzaCJ9.c2lnbmF0dXJlaHVzaA"
        let xml = """
            <ErrorResponse><Error><Code>InvalidIdentityToken</Code>
            <Message>Couldn't use \(jwt), word hush-external-word</Message></Error></ErrorResponse>
            """
        let answer = HTTPResponse(status: 400, headers: [id], body: Array(xml.utf8))
        let roles = STSRoleAssumer(
            transport: ScriptedTransport([.success(answer), .success(answer)]),
            environment: try TestWorld().environment
        )
        let place = STSPlace(region: "eu-west-1")
        let role = RoleRequest(
            roleARN: "arn:aws:iam::1:role/r",
            sessionName: "s",
            externalID: "hush-external-word"
        )
        let open = await #expect(throws: CredentialsError.self) {
            try await roles.assume(role, withToken: Secret(jwt), at: place)
        }
        let signed = await #expect(throws: CredentialsError.self) {
            try await roles.assume(role, with: keys, at: place)
        }
        let byToken = try #require(open).description
        let byKeys = try #require(signed).description
        #expect(byToken.contains("Couldn't use"))
        expectNone(of: jwt, in: byToken)
        #expect(!byKeys.contains("hush-external-word"))
    }

    /// No run of 12 characters of the secret is in the text.
    private func expectNone(of secret: String, in text: String) {
        let bytes = Array(secret.utf8)
        for start in 0...max(0, bytes.count - 12) {
            let part = String(decoding: bytes[start..<min(bytes.count, start + 12)], as: UTF8.self)
            guard text.contains(part) else { continue }
            Issue.record("\(part) is in: \(text)")
            return
        }
    }
}

extension CallAnswer {
    /// Every text that a caller could show of an answer that is not a success.
    fileprivate var toldText: String {
        switch self {
        case .accepted: "accepted"
        case .refused(let error, let facts): "\(error) \(facts)"
        case .unknown(let cause, let facts): "\(cause) \(facts)"
        case .notSent(let error, let facts): "\(error) \(facts)"
        case .noCredentials(let error, let facts): "\(error) \(facts)"
        }
    }
}
