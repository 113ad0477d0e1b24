import AWSClient
import Primitives
import Testing
import RetryTestSupport

private let place = Endpoint(
    url: "https://sts.eu-west-1.amazonaws.com",
    signingRegion: "eu-west-1",
    service: .sts
)

private func client(_ transport: ScriptedTransport) throws -> STSClient {
    STSClient(endpoint: place, transport: transport, environment: try TestWorld().environment)
}

private func stsAnswer(
    _ operation: String,
    expiration: String = "2026-11-23T02:02:03.123456Z"
) -> String {
    """
    <?xml version="1.0" encoding="UTF-8"?>
    <\(operation)Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
      <\(operation)Result>
        <AssumedRoleUser>
          <AssumedRoleId>AROA:me</AssumedRoleId>
          <Arn>arn:aws:sts::123456789012:assumed-role/deploy/me</Arn>
        </AssumedRoleUser>
        <Credentials>
          <AccessKeyId>ASIANEW</AccessKeyId>
          <SecretAccessKey>new-secret</SecretAccessKey>
          <SessionToken>new-token</SessionToken>
          <Expiration>\(expiration)</Expiration>
        </Credentials>
      </\(operation)Result>
      <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>
    </\(operation)Response>
    """
}

@Suite("STS")
struct STSTests {
    @Test func `a role is assumed with credentials`() async throws {
        let transport = ScriptedTransport([.ok(stsAnswer("AssumeRole"))])
        let request = AssumeRoleRequest(
            roleARN: "arn:aws:iam::123456789012:role/deploy",
            sessionName: "me",
            externalID: "a b&c",
            duration: .seconds(900)
        )
        let keys = try await client(transport).assumeRole(request, signedBy: .sample)
        #expect(keys.accessKeyID == "ASIANEW")
        #expect(keys.secretAccessKey == Secret("new-secret"))
        #expect(keys.sessionToken == Secret("new-token"))
        #expect(keys.expiration == WallTime(rfc3339: "2026-11-23T02:02:03.123Z"))
        #expect(keys.accountID == "123456789012")
        let sent = try #require(transport.requests.first)
        #expect(
            String(decoding: sent.body, as: UTF8.self)
                == "Action=AssumeRole&Version=2011-06-15"
                + "&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fdeploy"
                + "&RoleSessionName=me&DurationSeconds=900&ExternalId=a%20b%26c"
        )
        #expect(sent.header("content-type") == "application/x-www-form-urlencoded")
        #expect(sent.header("authorization")?.contains("/eu-west-1/sts/aws4_request") == true)
    }

    @Test func `a web identity is sent unsigned`() async throws {
        let transport = ScriptedTransport([.ok(stsAnswer("AssumeRoleWithWebIdentity"))])
        let request = WebIdentityRequest(
            roleARN: "arn:aws:iam::123456789012:role/deploy",
            sessionName: "me",
            token: Secret("ey.J+/=")
        )
        let keys = try await client(transport).assumeRoleWithWebIdentity(request)
        #expect(keys.accessKeyID == "ASIANEW")
        let sent = try #require(transport.requests.first)
        #expect(sent.header("authorization") == nil)
        #expect(sent.header("host") == "sts.eu-west-1.amazonaws.com")
        #expect(
            String(decoding: sent.body, as: UTF8.self).hasSuffix(
                "&RoleSessionName=me&WebIdentityToken=ey.J%2B%2F%3D"
            )
        )
    }

    @Test func `the caller's identity is read`() async throws {
        let body = """
            <GetCallerIdentityResponse><GetCallerIdentityResult>
            <Arn>arn:aws:iam::1:user/u</Arn><UserId>AIDA</UserId><Account>1</Account>
            </GetCallerIdentityResult></GetCallerIdentityResponse>
            """
        let identity = try await client(ScriptedTransport([.ok(body)]))
            .callerIdentity(signedBy: .sample)
        #expect(identity.account == "1")
        #expect(identity.arn == "arn:aws:iam::1:user/u")
        #expect(identity.userID == "AIDA")
    }

    @Test func `a transient error is retried and a refusal is not`() async throws {
        let request = AssumeRoleRequest(roleARN: "r", sessionName: "s")
        let flaky = ScriptedTransport([
            .success(HTTPResponse(status: 503)), .lost(.timeout, .maybeSent),
            .ok(stsAnswer("AssumeRole")),
        ])
        _ = try await client(flaky).assumeRole(request, signedBy: .sample)
        #expect(flaky.requests.count == 3)
        let xml = """
            <ErrorResponse><Error><Code>InvalidIdentityToken</Code><Message>no</Message></Error>
            <RequestId>r9</RequestId></ErrorResponse>
            """
        let refusal = HTTPResponse(status: 400, body: Array(xml.utf8))
        let strict = ScriptedTransport([.success(refusal)])
        let expected = ServiceError(
            code: "InvalidIdentityToken",
            message: "no",
            requestID: "r9",
            status: 400
        )
        await #expect(throws: STSError.refused(expected)) {
            try await client(strict).assumeRole(request, signedBy: .sample)
        }
        #expect(strict.requests.count == 1)
    }

    @Test(arguments: [
        "", "<html></html>", "<a/>", "not xml",
        stsAnswer("AssumeRole", expiration: "tomorrow"),
        stsAnswer("AssumeRole").replacing("<SessionToken>new-token</SessionToken>", with: ""),
        stsAnswer("AssumeRole").replacing("ASIANEW", with: ""),
    ])
    func `a success that cannot be read gives no credentials`(_ body: String) async throws {
        let transport = ScriptedTransport([.ok(body)])
        let request = AssumeRoleRequest(roleARN: "r", sessionName: "s")
        let error = await #expect(throws: STSError.self) {
            try await client(transport).assumeRole(request, signedBy: .sample)
        }
        guard case .malformed(let reason)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(!reason.contains("new-secret"))
    }

    @Test func `the assumer of the credentials side finds the endpoint`() async throws {
        let transport = ScriptedTransport([.ok(stsAnswer("AssumeRole"))])
        let assumer = STSRoleAssumer(
            transport: transport,
            environment: try TestWorld().environment
        )
        let role = RoleRequest(roleARN: "r", sessionName: "s")
        let fips = STSPlace(region: "us-east-2", useFIPS: true)
        _ = try await assumer.assume(role, with: .sample, at: fips)
        #expect(transport.requests.first?.url == "https://sts-fips.us-east-2.amazonaws.com/")
        await #expect(throws: CredentialsError.self) {
            try await assumer.assume(role, withToken: Secret("t"), at: STSPlace(region: "e/vil"))
        }
    }
}
