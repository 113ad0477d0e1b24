import AWSClient
import Primitives
import RetryCore
import RetryDaemon
import RetryTestSupport
import RootCauseClient
import Settings
import Testing

/// The adapter between the loop's requests and the services.
@Suite(.timeLimit(.minutes(1)))
struct LiveCausesTests {
    private let clock = ManualClock(passing: .seconds(2))
    private let places = ReadingPlaces(LiveCauses.readings)

    private var environment: CallEnvironment {
        CallEnvironment(
            wallTime: { clock.wall },
            instant: { clock.now },
            sleep: { pause throws(CancellationError) in try await clock.sleep(pause) },
            random: { 0.5 }
        )
    }

    private func causes(
        _ transport: any HTTPTransport,
        credentials: any CredentialsProvider = StaticCredentials(
            Credentials(accessKeyID: "AKIA", secretAccessKey: Secret("s"))
        ),
        pace: any CallPacing = Unpaced()
    ) async throws -> LiveCauses {
        let plan = try await planner([:]).plan(AWSConnection(region: "eu-west-1"))
        return LiveCauses(
            RootCauseClient(
                endpoints: plan.causes,
                transport: transport,
                environment: environment,
                pace: pace
            ),
            credentials: credentials,
            places: places,
            environment: environment
        )
    }

    private static func request(
        _ attempt: ActionExecutionID = "a-1",
        region: String = "eu-west-1"
    ) -> CauseRequest {
        CauseRequest(
            action: "Compile",
            attempt: attempt,
            provider: "CodeBuild",
            region: region,
            run: ActionRun(externalID: "web:1")
        )
    }

    private func report(
        _ transport: any HTTPTransport,
        credentials: (any CredentialsProvider)? = nil
    ) async throws -> CauseReport {
        let causes =
            if let credentials {
                try await causes(transport, credentials: credentials)
            } else {
                try await causes(transport)
            }
        let reports = await causes.causes(
            of: [Self.request()],
            logLines: 200,
            within: .seconds(10)
        )
        return try #require(reports["a-1"])
    }

    private static let build = """
        {"builds":[{"id":"web:1","projectName":"web","buildStatus":"FAILED","phases":[
        {"phaseType":"PROVISIONING","phaseStatus":"SUCCEEDED"},
        {"phaseType":"BUILD","phaseStatus":"FAILED","contexts":[
        {"statusCode":"COMMAND_EXECUTION_ERROR","message":
        "Error while executing command: make. Reason: exit status 2"}]}],
        "logs":{"groupName":"g","streamName":"s"}}]}
        """
    private static let log = """
        {"events":[{"message":"[Container] 2026/11/23 01:00:00 Running command make\\n"},
        {"message":"fatal: password=hunter2secret https://u:p4ssw0rd@h.example/ timed out\\n"},
        {"message":"[Container] 2026/11/23 01:00:01 Command did not exit successfully\\n"}]}
        """

    @Test func `a build and its log become a cause without secrets`() async throws {
        let transport = ScriptedTransport([.answer(200, Self.build), .answer(200, Self.log)])
        let report = try await report(transport)
        let cause = try #require(report.cause)
        #expect(cause.root.provider == "CodeBuild")
        #expect(cause.root.phase == "BUILD")
        #expect(cause.root.ranUserCode == true)
        #expect(cause.root.line?.contains("timed out") == true)
        for secret in ["hunter2secret", "p4ssw0rd"] {
            #expect(cause.root.line?.contains(secret) == false)
            #expect(!cause.log.contains(secret))
        }
        #expect(report.failures == [])
        #expect(report.answered == ["codebuild", "logs"])
    }

    @Test(
        arguments: [
            (.error("AccessDeniedException"), .denied, "codebuild:BatchGetBuilds"),
            (.error("ThrottlingException"), .throttled, nil),
            (.error("InvalidInputException"), .unreadable, nil),
            (.error("InternalServiceError", status: 500), .unreadable, nil),
            (.answer(200, "{\"builds\":[{\"id\":"), .unreadable, nil),
            (.answer(200, "{\"builds\":[],\"buildsNotFound\":[\"web:1\"]}"), .gone, nil),
            (.foreign, .unreadable, nil),
            (.lost(.timeout, .maybeSent), .late, nil),
            (.lost(.connection, .notSent), .unreadable, nil),
            (.lost(.tooLarge, .maybeSent), .unreadable, nil),
        ] as [(Result<HTTPResponse, TransportError>, CauseFailure.Kind, String?)]
    )
    func `what a service does not tell is a failure, with the permission to add`(
        _ answer: Result<HTTPResponse, TransportError>,
        _ kind: CauseFailure.Kind,
        _ permission: String?
    ) async throws {
        let report = try await report(ScriptedTransport(always: answer))
        #expect(report.cause == nil)
        #expect(report.failures.map(\.service) == ["codebuild"])
        #expect(report.failures.map(\.kind) == [kind])
        #expect(report.failures.map(\.permission) == [permission])
        #expect(report.failures.allSatisfy { $0.text.hasPrefix("BatchGetBuilds: ") })
        #expect(!report.answered.contains("codebuild") || kind == .gone)
    }

    @Test func `a denied log leaves what the build says`() async throws {
        let transport = ScriptedTransport([
            .answer(200, Self.build), .error("AccessDeniedException"),
        ])
        let report = try await report(transport)
        #expect(report.cause?.root.phase == "BUILD")
        #expect(report.failures.map(\.permission) == ["logs:GetLogEvents"])
        #expect(report.answered == ["codebuild"])
    }

    @Test func `each action is asked about in its own Region`() async throws {
        let transport = ScriptedTransport(always: .error("AccessDeniedException"))
        let reports = try await causes(transport).causes(
            of: [Self.request("a-1"), Self.request("a-2", region: "us-east-1")],
            logLines: 200,
            within: .seconds(10)
        )
        #expect(Set(reports.keys) == ["a-1", "a-2"])
        #expect(
            Set(transport.requests.map(\.url)) == [
                "https://codebuild.eu-west-1.amazonaws.com/",
                "https://codebuild.us-east-1.amazonaws.com/",
            ]
        )
        for request in transport.requests {
            let region = request.url.split(separator: ".")[1]
            let signature = request.headers.firstValue(named: "Authorization")
            #expect(signature?.contains("/\(region)/codebuild/aws4_request") == true)
        }
    }

    @Test func `a Region that is none sends nothing`() async throws {
        let transport = ScriptedTransport([])
        let reports = try await causes(transport).causes(
            of: [Self.request(region: "x.evil.example/")],
            logLines: 200,
            within: .seconds(10)
        )
        #expect(reports["a-1"]?.failures.map(\.kind) == [.unreadable])
        #expect(transport.requests.isEmpty)
    }

    @Test func `a role for causes that may not be assumed is a missing permission`() async throws {
        let role = "arn:aws:iam::444455556666:role/causes"
        let refused = NoCredentials(
            CredentialsError(source: "role \(role)", reason: "AccessDenied: not authorized")
        )
        let report = try await report(ScriptedTransport([]), credentials: refused)
        #expect(report.failures.map(\.kind) == [.denied])
        #expect(report.failures.map(\.permission) == ["sts:AssumeRole"])
        #expect(report.failures.first?.text.contains(role) == true)
    }

    @Test func `without credentials for another reason nothing is missing`() async throws {
        let slow = NoCredentials(CredentialsError(source: "IMDS", reason: "it did not answer"))
        let report = try await report(ScriptedTransport([]), credentials: slow)
        #expect(report.failures.map(\.kind) == [.unreadable])
        #expect(report.failures.map(\.permission) == [nil])
    }

    @Test func `the answer comes before the time is over, with what is known`() async throws {
        let slow = SlowLog(clock, build: Self.build)
        let reports = try await causes(slow).causes(
            of: [Self.request()],
            logLines: 200,
            within: .seconds(10)
        )
        #expect(reports["a-1"]?.cause?.root.phase == "BUILD")
        #expect(reports["a-1"]?.failures.map(\.service) == ["logs"])
        #expect(reports["a-1"]?.failures.map(\.kind) == [.late])
        #expect(clock.time < .seconds(10))
    }

    @Test func `what finds no place in time is late and sends nothing`() async throws {
        for _ in 0..<LiveCauses.readings {
            _ = await places.enter { await Gate().passed() }
        }
        let transport = ScriptedTransport([])
        let causes = try await causes(transport)
        let reports = await withTaskGroup(of: [ActionExecutionID: CauseReport].self) { group in
            group.addTask {
                await causes.causes(of: [Self.request()], logLines: 0, within: .seconds(10))
            }
            group.addTask {
                while places.waiting == 0 { await Task.yield() }
                clock.advance(by: .seconds(10))
                return [:]
            }
            return await group.reduce(into: [:]) { $0.merge($1) { first, _ in first } }
        }
        #expect(reports["a-1"]?.failures.map(\.kind) == [.late])
        #expect(transport.requests.isEmpty)
    }

    @Test func `no lines of a log are wanted, so it is not read`() async throws {
        let transport = ScriptedTransport([.answer(200, Self.build)])
        let reports = try await causes(transport).causes(
            of: [Self.request()],
            logLines: 0,
            within: .seconds(10)
        )
        #expect(reports["a-1"]?.cause?.root.phase == "BUILD")
        #expect(reports["a-1"]?.failures == [])
        #expect(transport.requests.count == 1)
    }
}

extension Result where Success == HTTPResponse, Failure == TransportError {
    /// An answer of AWS.
    fileprivate static func answer(_ status: Int, _ body: String) -> Self {
        .success(
            HTTPResponse(
                status: status,
                headers: [HTTPHeader("x-amzn-RequestId", "r")],
                body: Array(body.utf8)
            )
        )
    }

    /// An error of AWS.
    fileprivate static func error(_ code: String, status: Int = 400) -> Self {
        answer(status, "{\"__type\":\"\(code)\"}")
    }

    /// A page of something between.
    fileprivate static var foreign: Self {
        .success(HTTPResponse(status: 200, headers: [], body: Array("<html>".utf8)))
    }
}

/// Has no credentials.
private struct NoCredentials: CredentialsProvider {
    let error: CredentialsError

    init(_ error: CredentialsError) { self.error = error }

    func credentials() async throws(CredentialsError) -> Credentials { throw error }

    func credentials(within limit: Duration) async throws(CredentialsError) -> Credentials {
        throw error
    }

    func reject(_ credentials: Credentials) async {}
}

/// Answers a build at once, and a log never.
private struct SlowLog: HTTPTransport {
    private let clock: ManualClock
    private let build: String

    init(_ clock: ManualClock, build: String) {
        self.clock = clock
        self.build = build
    }

    func send(
        _ request: HTTPRequest,
        limits: HTTPLimits
    ) async throws(TransportError) -> HTTPResponse {
        if request.url.contains("codebuild") {
            let answer: Result<HTTPResponse, TransportError> = .answer(200, build)
            return try answer.get()
        }
        clock.advance(by: limits.total)
        throw TransportError(kind: .timeout, progress: .maybeSent, detail: "too slow")
    }
}
