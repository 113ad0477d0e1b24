import AWSClient
import Primitives
import Synchronization
import Testing
import RetryTestSupport

private let endpoint = Endpoint(
    url: "https://codepipeline.eu-west-1.amazonaws.com",
    signingRegion: "eu-west-1",
    service: .codePipeline
)

/// One call of a client over scripted answers.
private struct Trial {
    let answer: CallAnswer
    let transport: ScriptedTransport
    let world: TestWorld
    let client: AWSServiceClient

    init(
        _ answers: [Result<HTTPResponse, TransportError>],
        replay: Replay = .unsafe,
        credentials: any CredentialsProvider = StaticCredentials(.sample),
        settings: AWSServiceClient.Settings = AWSServiceClient.Settings(),
        endpoint: Endpoint = endpoint,
        wall: String = "2026-11-23T01:02:03Z"
    ) async throws {
        transport = ScriptedTransport(answers)
        world = try TestWorld(wall: wall)
        client = AWSServiceClient(
            endpoint: endpoint,
            transport: transport,
            credentials: credentials,
            settings: settings,
            environment: world.environment
        )
        answer = await client.call(.op(replay), body: [])
    }

    /// The answer without its facts.
    var verdict: String { answer.verdict }
}

private func keys(_ id: String) -> Result<Credentials, CredentialsError> {
    .success(Credentials(accessKeyID: id, secretAccessKey: Secret("s-\(id)")))
}

@Suite("What becomes of a call")
struct CallTests {
    @Test func `a success is accepted with AWS's date and id`() async throws {
        let trial = try await Trial([
            .ok(
                #"{"a":1}"#,
                [
                    HTTPHeader("Date", "Mon, 23 Nov 2026 01:02:05 GMT"),
                    HTTPHeader("x-amzn-RequestId", "r1"),
                ]
            )
        ])
        guard case .accepted(let body, let facts) = trial.answer else {
            Issue.record("\(trial.verdict)")
            return
        }
        #expect(body == Array(#"{"a":1}"#.utf8))
        #expect(facts.requestID == "r1")
        #expect(facts.serverDate == WallTime(rfc3339: "2026-11-23T01:02:05Z"))
        #expect(facts.attempts == 1)
        #expect(trial.client.observedSkew == .seconds(2))
        #expect(trial.client.skewCorrection == .zero)
    }

    @Test func `the request is a signed JSON call`() async throws {
        let trial = try await Trial([.ok()])
        let request = try #require(trial.transport.requests.first)
        #expect(request.method == "POST")
        #expect(request.url == "https://codepipeline.eu-west-1.amazonaws.com/")
        #expect(request.header("x-amz-target") == "CodePipeline_20150709.Op")
        #expect(request.header("content-type") == "application/x-amz-json-1.1")
        #expect(request.header("amz-sdk-request") == "attempt=1; max=3")
        #expect(request.header("amz-sdk-invocation-id")?.utf8.count == 36)
        #expect(request.header("user-agent") == "pipeline-retryd")
        #expect(request.header("authorization")?.contains("/eu-west-1/codepipeline/") == true)
        #expect(request.body == Array("{}".utf8))
        #expect(trial.transport.limits.first?.freshConnection == true)
    }

    @Test func `a path of the endpoint is kept`() async throws {
        for url in ["https://h.example:8443/custom", "https://h.example:8443/custom/"] {
            let custom = Endpoint(url: url, signingRegion: "eu-west-1", service: .codePipeline)
            let trial = try await Trial([.ok()], replay: .safe, endpoint: custom)
            let request = try #require(trial.transport.requests.first)
            #expect(request.url == "https://h.example:8443/custom/")
            #expect(request.header("host") == "h.example:8443")
            #expect(trial.transport.limits.first?.freshConnection == false)
        }
    }

    /// The result of one answer, for a call that must not run twice and for one that may.
    struct Row: Sendable, CustomTestStringConvertible {
        let first: Result<HTTPResponse, TransportError>
        let unsafe: String
        let unsafeSent: Int
        let safeSent: Int
        let testDescription: String

        init(
            _ name: String,
            _ first: Result<HTTPResponse, TransportError>,
            _ unsafe: String,
            unsafeSent: Int,
            safeSent: Int
        ) {
            self.first = first
            self.unsafe = unsafe
            self.unsafeSent = unsafeSent
            self.safeSent = safeSent
            testDescription = name
        }
    }

    static let rows: [Row] = [
        Row(
            "refused connection",
            .lost(.connection, .notSent),
            "accepted",
            unsafeSent: 2,
            safeSent: 2
        ),
        Row("connect time-out", .lost(.timeout, .notSent), "accepted", unsafeSent: 2, safeSent: 2),
        Row("throttled", .error("ThrottlingException"), "accepted", unsafeSent: 2, safeSent: 2),
        Row("429", .error("", status: 429), "accepted", unsafeSent: 2, safeSent: 2),
        Row(
            "throttled with 503",
            .error("SlowDown", status: 503),
            "accepted",
            unsafeSent: 2,
            safeSent: 2
        ),
        Row("request cut", .error("RequestTimeout"), "accepted", unsafeSent: 2, safeSent: 2),
        Row(
            "read time-out",
            .lost(.timeout, .maybeSent),
            "unknown timeout",
            unsafeSent: 1,
            safeSent: 2
        ),
        Row("broken", .lost(.broken, .maybeSent), "unknown broken", unsafeSent: 1, safeSent: 2),
        Row(
            "500",
            .error("InternalFailure", status: 500),
            "unknown InternalFailure",
            unsafeSent: 1,
            safeSent: 2
        ),
        Row("502", .error("", status: 502), "unknown 502", unsafeSent: 1, safeSent: 2),
        Row("503", .error("", status: 503), "unknown 503", unsafeSent: 1, safeSent: 2),
        Row("504", .error("", status: 504), "unknown 504", unsafeSent: 1, safeSent: 2),
        Row("501", .error("", status: 501), "unknown 501", unsafeSent: 1, safeSent: 1),
        Row(
            "too large",
            .lost(.tooLarge, .maybeSent),
            "unknown tooLarge",
            unsafeSent: 1,
            safeSent: 1
        ),
        Row(
            "cancelled late",
            .lost(.cancelled, .maybeSent),
            "unknown cancelled",
            unsafeSent: 1,
            safeSent: 1
        ),
        Row(
            "cancelled early",
            .lost(.cancelled, .notSent),
            "notSent cancelled",
            unsafeSent: 1,
            safeSent: 1
        ),
        Row(
            "busy",
            .error("ConflictException"),
            "refused ConflictException",
            unsafeSent: 1,
            safeSent: 1
        ),
        Row(
            "too many pipelines",
            .error("LimitExceededException"),
            "refused LimitExceededException",
            unsafeSent: 1,
            safeSent: 1
        ),
        Row(
            "too many executions",
            .error("ConcurrentPipelineExecutionsLimitExceededException"),
            "refused ConcurrentPipelineExecutionsLimitExceededException",
            unsafeSent: 1,
            safeSent: 1
        ),
        Row(
            "not allowed",
            .error("AccessDeniedException"),
            "refused AccessDeniedException",
            unsafeSent: 1,
            safeSent: 1
        ),
        Row(
            "wrong signature",
            .error("InvalidSignatureException"),
            "refused InvalidSignatureException",
            unsafeSent: 1,
            safeSent: 1
        ),
        Row(
            "same keys again",
            .error("ExpiredTokenException"),
            "refused ExpiredTokenException",
            unsafeSent: 1,
            safeSent: 1
        ),
        Row("redirect", .error("", status: 307), "unknown foreign 307", unsafeSent: 1, safeSent: 2),
    ]

    @Test(arguments: rows)
    func `an unsafe call is sent again only when it certainly was not executed`(
        _ row: Row
    ) async throws {
        let unsafe = try await Trial([row.first, .ok()], replay: .unsafe)
        #expect(unsafe.verdict == row.unsafe)
        #expect(unsafe.transport.requests.count == row.unsafeSent)
        let safe = try await Trial([row.first, .ok()], replay: .safe)
        #expect(safe.transport.requests.count == row.safeSent)
    }

    @Test func `attempts share an id, count up and wait longer each time`() async throws {
        let trial = try await Trial(Array(repeating: .error("ThrottlingException"), count: 5))
        #expect(trial.verdict == "refused ThrottlingException")
        #expect(trial.answer.facts.attempts == 3)
        #expect(trial.answer.facts.requestID == "id-ThrottlingException")
        let headers = trial.transport.requests.map { $0.header("amz-sdk-request") ?? "" }
        #expect(headers == ["attempt=1; max=3", "attempt=2; max=3", "attempt=3; max=3"])
        #expect(Set(trial.transport.requests.map { $0.header("amz-sdk-invocation-id") }).count == 1)
        #expect(trial.world.sleeps == [.milliseconds(500), .seconds(1)])
        #expect(trial.client.availableQuota == 490)
    }

    @Test func `a call's id is a random UUID of version 4`() throws {
        var environment = try TestWorld().environment
        let chance = Mutex(SystemRandomNumberGenerator())
        environment.random = { chance.withLock { Double.random(in: 0..<1, using: &$0) } }
        var seen: Set<String> = []
        var digits: Set<Character> = []
        for _ in 0..<500 {
            let id = environment.uuid()
            seen.insert(id)
            digits.formUnion(id)
            #expect(
                id.wholeMatch(
                    of: /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/
                ) != nil
            )
        }
        #expect(seen.count == 500)
        #expect(digits == Set("0123456789abcdef-"))
        for value in [0, 0.5, 1.0.nextDown] {
            environment.random = { value }
            #expect(environment.uuid().count == 36)
        }
    }

    @Test func `the server's hint is obeyed and reported`() async throws {
        let hint = [HTTPHeader("x-amz-retry-after", "3000")]
        let trial = try await Trial([
            .error("ThrottlingException", headers: hint), .error("ConflictException"),
        ])
        #expect(trial.world.sleeps == [.seconds(3)])
        #expect(trial.answer.facts.retryAfter == nil)
    }

    @Test func `a lost attempt does not carry the id of the one before`() async throws {
        let trial = try await Trial([.error("ThrottlingException"), .lost(.timeout, .maybeSent)])
        #expect(trial.verdict == "unknown timeout")
        #expect(trial.answer.facts.requestID == nil)
        #expect(trial.answer.facts.attempts == 2)
    }

    @Test func `the budget of the whole call is kept`() async throws {
        let settings = AWSServiceClient.Settings(
            retry: RetrySettings(maxAttempts: 50),
            budget: .seconds(4)
        )
        let trial = try await Trial(
            Array(repeating: .error("ThrottlingException"), count: 60),
            settings: settings
        )
        #expect(trial.verdict == "refused ThrottlingException")
        #expect(trial.world.sleeps == [.milliseconds(500), .seconds(1), .seconds(2)])
        let totals = trial.transport.limits.map(\.total)
        #expect(
            totals == [.seconds(4), .milliseconds(3500), .milliseconds(2500), .milliseconds(500)]
        )
    }

    @Test func `a call may be given less time than the client's budget`() async throws {
        let trial = try await Trial([])
        let transport = ScriptedTransport(always: .lost(.timeout, .maybeSent))
        let client = AWSServiceClient(
            endpoint: Endpoint(url: "https://h.example", signingRegion: "r-1", service: .sts),
            transport: transport,
            credentials: nil,
            environment: trial.world.environment
        )
        let call = ServiceCall.form(AWSOperation.getCallerIdentity.definition, [])
        for time in [Duration.seconds(2), .seconds(600)] {
            _ = await client.call(call, credentials: nil, limits: .service, within: time)
        }
        #expect(transport.limits.map(\.total).max() == .seconds(20))
        #expect(transport.limits.first?.total == .seconds(2))
    }

    @Test func `a signed call without a Region is not sent`() async throws {
        let regionless = Endpoint(url: "https://h.example", signingRegion: nil, service: .sts)
        let trial = try await Trial([.ok()], endpoint: regionless)
        #expect(trial.verdict == "notSent connection")
        #expect(trial.transport.requests.isEmpty)
    }
}

@Suite("Keys and clock of a call")
struct CallRecoveryTests {
    @Test(arguments: [
        "ExpiredToken", "ExpiredTokenException", "UnrecognizedClientException",
        "InvalidClientTokenId", "InvalidAccessKeyId",
    ])
    func `refused credentials are rejected and better ones are used once`(
        _ code: String
    ) async throws {
        let provider = RotatingCredentials([keys("OLD"), keys("NEW")])
        let trial = try await Trial([.error(code), .ok()], credentials: provider)
        #expect(trial.verdict == "accepted")
        #expect(provider.rejected == ["OLD"])
        let authorizations = trial.transport.requests.compactMap { $0.header("authorization") }
        #expect(authorizations.map { $0.contains("Credential=NEW/") } == [false, true])
        #expect(trial.world.sleeps.isEmpty)
        #expect(trial.client.availableQuota == 500)
    }

    @Test func `credentials are exchanged only once`() async throws {
        let provider = RotatingCredentials([keys("A"), keys("B"), keys("C")])
        let trial = try await Trial(
            [.error("ExpiredToken"), .error("ExpiredToken"), .ok()],
            credentials: provider
        )
        #expect(trial.verdict == "refused ExpiredToken")
        #expect(trial.transport.requests.count == 2)
    }

    @Test func `without credentials nothing is sent`() async throws {
        let error = CredentialsError(source: "IMDS", reason: "no role")
        let none = try await Trial([.ok()], credentials: RotatingCredentials([.failure(error)]))
        #expect(none.verdict == "noCredentials")
        #expect(none.transport.requests.isEmpty)
        let later = RotatingCredentials([keys("A"), .failure(error)])
        let lost = try await Trial([.error("ExpiredToken"), .ok()], credentials: later)
        #expect(lost.verdict == "noCredentials")
        #expect(lost.transport.requests.count == 1)
    }

    private static let ahead = [HTTPHeader("Date", "Mon, 23 Nov 2026 01:22:03 GMT")]

    @Test(arguments: [
        "RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture",
        "InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure",
    ])
    func `a wrong clock is corrected by the server's date, once`(_ code: String) async throws {
        let skewed: Result<HTTPResponse, TransportError> = .error(code, headers: Self.ahead)
        let trial = try await Trial([skewed, .ok()])
        #expect(trial.verdict == "accepted")
        let stamps = trial.transport.requests.map { $0.header("x-amz-date") }
        #expect(stamps == ["20261123T010203Z", "20261123T012203Z"])
        #expect(trial.client.skewCorrection == .seconds(1200))
        #expect(trial.world.sleeps.isEmpty)
        let again = try await Trial([skewed, skewed, .ok()])
        #expect(again.verdict == "refused \(code)")
        #expect(again.transport.requests.count == 2)
    }

    @Test func `a date close to ours is no reason to sign again`() async throws {
        let near = [HTTPHeader("Date", "Mon, 23 Nov 2026 01:03:03 GMT")]
        let trial = try await Trial([.error("SignatureDoesNotMatch", headers: near), .ok()])
        #expect(trial.verdict == "refused SignatureDoesNotMatch")
        #expect(trial.transport.requests.count == 1)
    }

    @Test func `an unencrypted answer from elsewhere does not set the clock`() async throws {
        let plain = Endpoint(
            url: "http://sim.example",
            signingRegion: "eu-west-1",
            service: .codePipeline
        )
        let trial = try await Trial(
            [.error("RequestTimeTooSkewed", headers: Self.ahead), .ok()],
            endpoint: plain
        )
        #expect(trial.verdict == "refused RequestTimeTooSkewed")
        #expect(trial.client.skewCorrection == .zero)
        #expect(trial.client.observedSkew == nil)
    }

    @Test func `no text of an answer contains a secret`() async throws {
        let trials = [
            try await Trial([.error("SignatureDoesNotMatch")]),
            try await Trial([.lost(.timeout, .maybeSent)]),
            try await Trial([.lost(.connection, .notSent)]),
        ]
        for trial in trials {
            var dumped = "\(trial.answer)"
            dump(trial.answer, to: &dumped)
            for secret in ["sample-secret-access-key", "sample-session-token"] {
                #expect(!dumped.contains(secret))
            }
        }
    }
}
