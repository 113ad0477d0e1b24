import AWSClient
import AWSProbeKit
import Primitives
import Testing
import RetryTestSupport

/// A page that is not AWS's.
private func page(
    _ status: Int,
    _ body: String = "<html>no</html>",
    _ headers: [HTTPHeader] = []
) -> Result<HTTPResponse, TransportError> {
    .success(HTTPResponse(status: status, headers: headers, body: Array(body.utf8)))
}

@Suite("Answers of something that is not AWS")
struct ForeignAnswerTests {
    private func answer(
        _ answers: [Result<HTTPResponse, TransportError>],
        _ replay: Replay,
        _ url: String = "https://codepipeline.eu-west-1.amazonaws.com"
    ) async throws -> CallAnswer {
        let client = AWSServiceClient(
            endpoint: Endpoint(url: url, signingRegion: "eu-west-1", service: .codePipeline),
            transport: ScriptedTransport(answers),
            credentials: StaticCredentials(.sample),
            environment: try TestWorld().environment
        )
        return await client.call(.op(replay), body: [])
    }

    private static let statuses = [
        200, 204, 301, 302, 307, 400, 401, 403, 404, 405, 408, 413, 429, 451, 500, 502, 503, 511,
    ]

    @Test(arguments: statuses)
    func `a retry with a foreign answer is unknown, not sent again`(_ status: Int) async throws {
        let answer = try await answer([page(status), .ok()], .unsafe)
        #expect(answer.observation == "1 send, unknown foreign \(status)")
    }

    @Test(arguments: statuses)
    func `a read with a foreign answer is sent again`(_ status: Int) async throws {
        let answer = try await answer([page(status), .ok()], .safe)
        #expect(answer.observation == "2 sends, accepted")
    }

    @Test(arguments: [Replay.safe, .unsafe])
    func `a proxy that requires a password forwards nothing`(_ replay: Replay) async throws {
        let answer = try await answer([page(407), .ok()], replay)
        #expect(answer.observation == "1 send, notSent lasting")
    }

    @Test(arguments: [
        "{}", #"{"__type":"AccessDeniedException","message":"no"}"#,
        #"{"__type":"ValidationException"}"#, "<Error><Code>AccessDenied</Code></Error>", "", "{",
    ])
    func `AWS's form without AWS's id is not AWS's, unless it comes from this machine`(
        _ body: String
    ) async throws {
        let remote = try await answer([page(400, body)], .unsafe)
        #expect(remote.verdict == "unknown foreign 400")
        let local = try await answer([page(400, body)], .unsafe, "http://127.0.0.1:4566")
        let isError = body.contains("Denied") || body.contains("Validation")
        #expect(
            local.verdict.hasPrefix(isError ? "refused" : "unknown foreign"),
            "\(local.verdict)"
        )
        let page = try await answer([page(403)], .unsafe, "http://localhost:4566")
        #expect(page.verdict == "unknown foreign 403")
    }

    @Test(arguments: ["x-amzn-RequestId", "x-amz-request-id", "X-AMZN-REQUESTID"])
    func `AWS's id makes it AWS's`(_ name: String) async throws {
        let answer = try await answer([page(403, "", [HTTPHeader(name, "r")])], .unsafe)
        #expect(answer.verdict == "refused 403")
    }

    @Test(arguments: [301, 302, 303, 307, 308])
    func `a redirect is not AWS's, whatever id it has`(_ status: Int) async throws {
        let headers = [HTTPHeader("x-amzn-RequestId", "r"), HTTPHeader("Location", "https://x/")]
        let answer = try await answer([page(status, "", headers), .ok()], .unsafe)
        #expect(answer.observation == "1 send, unknown foreign \(status)")
        guard case .unknown(let cause, _) = answer else { return }
        #expect(cause.description.contains("): it is a redirect;"))
    }

    @Test(arguments: ["Server", "Via", "Content-Type"])
    func `no part of the request is repeated by a header that is shown`(_ name: String) async throws
    {
        let authorization =
            "AWS4-HMAC-SHA256 Credential=\(Credentials.sample.accessKeyID)/20261123/eu-west-1/"
            + "codepipeline/aws4_request, SignedHeaders=host, Signature=0123456789abcdef"
        for echo in [authorization, "x-amz-security-token: abc", "Authorization: abc"] {
            let answer = try await answer([page(403, "", [HTTPHeader(name, echo)])], .unsafe)
            guard case .unknown(let cause, _) = answer else {
                Issue.record("\(answer.verdict)")
                continue
            }
            let words = cause.description
            #expect(words.contains("the answer repeats the signed request and is not shown"))
            #expect(!words.contains("AWS4") && !words.contains("Credential"), "\(words)")
        }
    }

    @Test func `its Date sets no clock and its body is not shown`() async throws {
        let headers = [
            HTTPHeader("Date", "Mon, 23 Nov 2026 09:02:03 GMT"), HTTPHeader("Server", "squid/6"),
            HTTPHeader("Content-Type", "text/html"),
        ]
        let body = "<html>x-amz-security-token: sample-session-token</html>"
        let answer = try await answer([page(403, body, headers)], .unsafe)
        #expect(answer.facts.serverDate == nil)
        guard case .unknown(let cause, _) = answer else {
            Issue.record("\(answer.verdict)")
            return
        }
        #expect(!cause.description.contains("sample-session-token"))
        #expect(cause.description.contains("HTTP 403, text/html, Server: squid/6"))
        #expect(cause.description.contains("did not come from AWS"))
    }
}

@Suite("Keys that come late or can sign nothing")
struct LateKeysTests {
    @Test(
        arguments: [
            ("AKIA\u{1}", nil), ("AKIA ID", nil), ("", nil), ("AKIÄ", nil), ("AKIA\n", nil),
            ("AKIAGOOD", "to\r\nken"), ("AKIAGOOD", "to ken"),
        ] as [(String, String?)]
    )
    func `credentials that are invalid in a header are named, and nothing is sent`(
        _ id: String,
        _ token: String?
    ) async throws {
        let transport = ScriptedTransport([.ok()])
        let client = AWSServiceClient(
            endpoint: Endpoint(
                url: "https://codepipeline.eu-west-1.amazonaws.com",
                signingRegion: "eu-west-1",
                service: .codePipeline
            ),
            transport: transport,
            credentials: StaticCredentials(
                Credentials(
                    accessKeyID: id,
                    secretAccessKey: Secret("s"),
                    sessionToken: token.map { Secret($0) }
                )
            ),
            environment: try TestWorld().environment
        )
        let answer = await client.call(.op(.safe), body: [])
        guard case .noCredentials(let error, _) = answer else {
            Issue.record("\(answer.verdict)")
            return
        }
        #expect(error.reason.hasPrefix(token == nil ? "the access key id" : "the session token"))
        #expect(error.description.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
        #expect(transport.requests.isEmpty)
    }

    @Test func `waiting for credentials takes no longer than the call may`() async {
        let clock = ManualClock(limit: CredentialMachine.fetchLimit)
        let service = FickleService(clock) { _, _ in .fair }
        var environment = world().environment
        environment.instant = { Instant(sinceOrigin: clock.time) }
        environment.sleep = { pause throws(CancellationError) in try await clock.sleep(pause) }
        let gate = CredentialCache(
            environment: environment,
            report: { _ in }
        ) { () throws(CredentialsError) in
            do {
                try await clock.sleep(.seconds(110))
            } catch {
                throw CredentialsError(source: "slow", reason: "cancelled")
            }
            throw CredentialsError(source: "slow", reason: "late")
        }
        let client = AWSServiceClient(
            endpoint: Endpoint(
                url: "https://codepipeline.eu-west-1.amazonaws.com",
                signingRegion: "eu-west-1",
                service: .codePipeline
            ),
            transport: service,
            credentials: gate,
            environment: CallEnvironment(environment)
        )
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await gate.run() }
            let answer = await withTaskGroup(of: CallAnswer.self) { calls in
                calls.addTask {
                    await client.call(.op(.safe), body: [])
                }
                while gate.waitingCallers == 0 { await Task.yield() }
                clock.advance(to: .seconds(59))
                #expect(gate.waitingCallers == 1)
                clock.advance(to: .seconds(61))
                return await calls.next()
            }
            guard case .noCredentials(let error, _)? = answer else {
                Issue.record("no answer")
                return
            }
            #expect(error.reason.contains("within 1m"))
            #expect(gate.waitingCallers == 0)
            group.cancelAll()
        }
    }

    @Test func `a role is assumed by one client, which keeps its clock correction`()
        async throws
    {
        let date = HTTPHeader("Date", "Mon, 23 Nov 2026 01:22:03 GMT")
        let good = """
            <AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIAX</AccessKeyId>
            <SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
            <Expiration>2026-11-23T02:00:00Z</Expiration></Credentials></AssumeRoleResult>
            </AssumeRoleResponse>
            """
        let transport = ScriptedTransport([
            .error("SignatureDoesNotMatch", status: 403, headers: [date]), .ok(good), .ok(good),
        ])
        let assumer = STSRoleAssumer(
            transport: transport,
            environment: try TestWorld().environment
        )
        let role = RoleRequest(roleARN: "r", sessionName: "s")
        for _ in 0..<2 {
            _ = try await assumer.assume(role, with: .sample, at: STSPlace(region: "eu-west-1"))
        }
        let stamps = transport.requests.map { $0.header("x-amz-date") }
        #expect(stamps == ["20261123T010203Z", "20261123T012203Z", "20261123T012203Z"])
    }
}
