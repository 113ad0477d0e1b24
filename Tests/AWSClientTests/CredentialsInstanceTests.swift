import AWSClient
import AWSProbeKit
import Testing

@Suite struct CredentialsInstanceTests {
    static let base = "http://169.254.169.254/latest"
    static let rolesURL = "\(base)/meta-data/iam/security-credentials/"
    static let token = [HTTPHeader("x-aws-ec2-metadata-token", "imds-token")]

    @Test func `the session token is kept and the role is queried again`() async {
        let first = instanceExchanges(role: "one", body: keysJSON("ASIAONE"))
        let second = instanceExchanges(role: "two", body: keysJSON("ASIATWO")).dropFirst()
        let place = world(exchanges: first + second)
        let chain = place.chain()
        #expect(await keyID(chain) == "ASIAONE")
        #expect(await keyID(chain) == "ASIATWO")
        #expect(place.transport.mismatches == [])
    }

    @Test func `a refused session token is replaced once`() async {
        let place = world(
            exchanges: [
                exchange("PUT", "\(Self.base)/api/token", body: "old"),
                exchange(
                    "GET",
                    Self.rolesURL,
                    headers: [HTTPHeader("x-aws-ec2-metadata-token", "old")],
                    status: 401
                ),
            ] + instanceExchanges(body: keysJSON("ASIANEW"))
        )
        #expect(await resolve(place).keyID == "ASIANEW")
        #expect(place.transport.mismatches == [])
    }

    @Test(arguments: [
        (403, "switched off"), (404, "only IMDSv1"), (405, "only IMDSv1"), (400, "400"),
    ])
    func `a refusal of the session token ends the attempt without version 1`(
        status: Int,
        reason: String
    ) async {
        let place = world(exchanges: [
            exchange("PUT", "\(Self.base)/api/token", status: status)
        ])
        #expect(await resolve(place).reason?.contains(reason) == true)
        #expect(place.transport.requests.count == 1)
    }

    @Test func `no role means that nothing is configured, and all sources are named`() async {
        let place = world(exchanges: [
            exchange("PUT", "\(Self.base)/api/token", body: "imds-token"),
            exchange("GET", Self.rolesURL, headers: Self.token, status: 404),
        ])
        let reason = await resolve(place).reason ?? ""
        for text in ["AWS_ACCESS_KEY_ID", "default", "WEB_IDENTITY", "CONTAINER", "no role"] {
            #expect(reason.contains(text))
        }
    }

    @Test(arguments: ["../../x", "a/b", "..", " "])
    func `a role name that leads out of its folder is refused`(name: String) async {
        let place = world(exchanges: [
            exchange("PUT", "\(Self.base)/api/token", body: "imds-token"),
            exchange("GET", Self.rolesURL, headers: Self.token, body: name),
        ])
        #expect(await resolve(place).reason?.contains("no usable name") == true)
    }

    @Test func `a refusal in the answer is a configuration error with a hint`() async {
        let body = #"{"Code":"AssumeRoleUnauthorizedAccess","Message":"EC2 cannot assume"}"#
        let place = world(exchanges: instanceExchanges(body: body))
        #expect(await resolve(place).reason?.contains("trust policy") == true)
    }

    @Test(arguments: ["true", "TRUE", "True"])
    func `it can be switched off`(value: String) async {
        let place = world(["AWS_EC2_METADATA_DISABLED": value])
        #expect(await resolve(place).reason?.contains("AWS_EC2_METADATA_DISABLED") == true)
        #expect(place.transport.requests.isEmpty)
    }

    @Test func `the number of attempts can be set`() async {
        let bad = exchange("PUT", "\(Self.base)/api/token", status: 503)
        let place = world(["AWS_METADATA_SERVICE_NUM_ATTEMPTS": "2"], exchanges: [bad, bad])
        #expect(await resolve(place).reason?.contains("503") == true)
        #expect(place.transport.mismatches == [])
    }

    @Test(
        arguments: [
            ("http://127.0.0.1:9911/", "http://127.0.0.1:9911/latest/api/token"),
            ("https://a.example/base", "https://a.example/base/latest/api/token"),
            ("127.0.0.1:9911", nil),
            ("http://", nil),
            ("file:///etc/passwd", nil),
            ("http://a/?q", nil),
        ] as [(String, String?)]
    )
    func `the endpoint can be moved to another http host`(text: String, url: String?) {
        let environment = world(["AWS_EC2_METADATA_SERVICE_ENDPOINT": text]).environment
        do {
            let endpoint = try MetadataEndpoint.find(in: environment, profile: nil)
            #expect(endpoint.tokenURL == url)
        } catch {
            #expect(url == nil)
        }
    }

    private func keyID(_ chain: CredentialChain) async -> String? {
        do {
            return try await chain.resolve().credentials.accessKeyID
        } catch {
            return nil
        }
    }
}
