import CodePipelineSimulator
import Testing

@Suite struct `Verification of signatures` {
    static let now = ModelTime(milliseconds: 1_795_395_723_000)  // 2026-11-23T01:02:03Z

    static let verifier = SignatureVerifier(
        credentials: [
            Scenario.Credential(
                accessKeyID: "AKIDEXAMPLE",
                secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
            ),
            Scenario.Credential(
                accessKeyID: "ASIAEXAMPLE",
                secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                sessionToken: "tok/en=="
            ),
            Scenario.Credential(
                accessKeyID: "ASIAOLD",
                secretAccessKey: "s",
                sessionToken: "old",
                isExpired: true
            ),
        ],
        region: "eu-west-1"
    )

    static func check(_ request: SimulatorRequest, now: ModelTime = now) -> ServiceError? {
        do throws(ServiceError) {
            _ = try verifier.verify(request, now: now)
            return nil
        } catch {
            return error
        }
    }

    /// Headers and signatures that botocore 1.43.11 made for this request.
    @Test(arguments: [
        (
            "AKIDEXAMPLE", nil,
            "ade0d4c5eb01f33827ea3ca10a0ff6022ebd16d611f1f22a0175609382482eed"
        ),
        (
            "AKIDEXAMPLE", "tok/en==",
            "76e0de06d56b39694ca206ecb4c5719dc1272ef8a3fa8bb04f89d06b95dc4f99"
        ),
    ])
    func `requests signed by botocore are accepted`(
        key: String,
        token: String?,
        signature: String
    ) throws {
        let names =
            "content-type;host;x-amz-date;"
            + (token == nil ? "" : "x-amz-security-token;") + "x-amz-target"
        var headers: [(name: String, value: String)] = [
            ("Content-Type", "application/x-amz-json-1.1"),
            ("X-Amz-Target", "CodePipeline_20150709.GetPipelineState"),
            ("Host", "codepipeline.eu-west-1.amazonaws.com"),
            ("X-Amz-Date", "20261123T010203Z"),
            (
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=\(key)/20261123/eu-west-1/codepipeline/"
                    + "aws4_request, SignedHeaders=\(names), Signature=\(signature)"
            ),
        ]
        if let token {
            headers.append(("X-Amz-Security-Token", token))
        }
        let request = SimulatorRequest(
            method: "POST",
            target: "/",
            headers: headers,
            body: Array(#"{"name":"web"}"#.utf8)
        )
        let verifier = SignatureVerifier(
            credentials: [
                Scenario.Credential(
                    accessKeyID: key,
                    secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                    sessionToken: token
                )
            ],
            region: "eu-west-1"
        )
        #expect(try verifier.verify(request, now: Self.now) == key)
    }

    @Test func `good requests pass`() {
        #expect(Self.check(Signer().request("ListPipelines", "{}")) == nil)
        let session = Signer(accessKeyID: "ASIAEXAMPLE", sessionToken: "tok/en==")
        #expect(Self.check(session.request("ListPipelines", "{}")) == nil)
    }

    @Test(arguments: [
        (Signer(secret: "wrong"), "InvalidSignatureException"),
        (Signer(accessKeyID: "AKIDOTHER"), "UnrecognizedClientException"),
        (Signer(sessionToken: "surplus"), "UnrecognizedClientException"),
        (Signer(accessKeyID: "ASIAEXAMPLE"), "UnrecognizedClientException"),
        (
            Signer(accessKeyID: "ASIAEXAMPLE", sessionToken: "other"),
            "UnrecognizedClientException"
        ),
        (Signer(accessKeyID: "ASIAOLD", sessionToken: "old"), "ExpiredTokenException"),
        (Signer(region: "us-east-1"), "InvalidSignatureException"),
        (Signer(service: "codebuild"), "InvalidSignatureException"),
    ])
    func `a wrong signer is refused`(signer: Signer, code: String) {
        #expect(Self.check(signer.request("ListPipelines", "{}"))?.code == code)
    }

    @Test(
        arguments: [
            ("authorization", nil, "MissingAuthenticationTokenException"),
            ("authorization", "Bearer x", "IncompleteSignatureException"),
            ("authorization", "AWS4-HMAC-SHA256 Credential=a/b", "IncompleteSignatureException"),
            ("x-amz-date", nil, "IncompleteSignatureException"),
            ("x-amz-date", "yesterday", "InvalidSignatureException"),
            ("x-amz-target", "CodePipeline_20150709.GetPipeline", "InvalidSignatureException"),
            ("x-amz-target", nil, "InvalidSignatureException"),
            ("host", "example.com", "InvalidSignatureException"),
            ("x-amz-surplus", "unsigned", "InvalidSignatureException"),
            ("x-amz-content-sha256", "00", "InvalidSignatureException"),
            ("content-type", "text/plain", "InvalidSignatureException"),
            ("user-agent", "anything", nil),
        ] as [(String, String?, String?)]
    )
    func `a changed header is noticed`(name: String, value: String?, code: String?) {
        let request = Signer().request("ListPipelines", "{}").with(name, value)
        #expect(Self.check(request)?.code == code)
    }

    @Test func `a changed body is noticed`() {
        let request = Signer().request("ListPipelines", "{}")
        let changed = SimulatorRequest(
            method: "POST",
            target: "/",
            headers: request.headers,
            body: Array("{ }".utf8)
        )
        #expect(Self.check(changed)?.code == "InvalidSignatureException")
    }

    @Test(
        arguments: [
            (300.0, nil),
            (
                301,
                "Signature expired: 20261123T010203Z is now earlier than 20261123T010204Z "
                    + "(20261123T010704Z - 5 min.)"
            ),
            (-300, nil),
            (
                -301,
                "Signature not yet current: 20261123T010203Z is still later than "
                    + "20261123T010202Z (20261123T005702Z + 5 min.)"
            ),
        ] as [(Double, String?)]
    )
    func `a clock may be off by five minutes`(seconds: Double, message: String?) {
        let error = Self.check(
            Signer().request("ListPipelines", "{}"),
            now: Self.now + .seconds(seconds)
        )
        #expect(error?.message == message)
        #expect(error?.code == message.map { _ in "InvalidSignatureException" })
    }
}
