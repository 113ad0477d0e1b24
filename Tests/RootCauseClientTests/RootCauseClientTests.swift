import AWSClient
import Primitives
import RetryTestSupport
import Testing

@testable import RootCauseClient

@Suite struct RootCauseClientTests {
    private let clock = ManualClock(passing: .seconds(2))
    private let keys = StaticCredentials(
        Credentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: Secret("example-secret-key"))
    )

    private func client(
        _ transport: any HTTPTransport,
        urls: [String: String] = [:],
        pipelineURL: String? = nil
    ) throws -> RootCauseClient {
        RootCauseClient(
            endpoints: try CauseEndpointsTests.endpoints(urls: urls, pipelineURL: pipelineURL),
            transport: transport,
            environment: CallEnvironment(
                wallTime: { clock.wall },
                instant: { clock.now },
                sleep: { pause throws(CancellationError) in try await clock.sleep(pause) },
                random: { 0.5 }
            )
        )
    }

    private func cause(_ client: RootCauseClient, _ subject: CauseSubject) async -> CauseResult {
        await client.read(
            subject,
            credentials: keys,
            deadline: clock.now + RootCauseClient.budget
        )
        .result
    }

    private func success(_ name: String) throws -> Result<HTTPResponse, TransportError> {
        .success(
            HTTPResponse(
                status: 200,
                headers: [HTTPHeader("x-amzn-RequestId", "r")],
                body: try Payload.bytes(name)
            )
        )
    }

    private func refusal(_ code: String, status: Int = 400) -> Result<HTTPResponse, TransportError>
    {
        .success(
            HTTPResponse(
                status: status,
                headers: [HTTPHeader("x-amzn-RequestId", "r")],
                body: Array("{\"__type\":\"\(code)\"}".utf8)
            )
        )
    }

    @Test func `a build is read with signed calls in the action's Region`() async throws {
        let transport = ScriptedTransport([
            try success("codebuild.BatchGetBuilds.failed-command.json"),
            try success("logs.GetLogEvents.tail.json"),
        ])
        let result = await cause(try client(transport), Subjects.build)
        #expect(result.evidence?.phase == "BUILD")
        #expect(result.evidence?.logLines.count == 7)
        #expect(
            transport.requests.map(\.url) == [
                "https://codebuild.eu-west-1.amazonaws.com/",
                "https://logs.eu-west-1.amazonaws.com/",
            ]
        )
        let scopes = ["/eu-west-1/codebuild/aws4_request", "/eu-west-1/logs/aws4_request"]
        for (request, scope) in zip(transport.requests, scopes) {
            #expect(request.headers.firstValue(named: "Authorization")?.contains(scope) == true)
        }
        #expect(transport.limits.allSatisfy { $0.total <= RootCauseClient.budget })
    }

    @Test func `a form goes to CloudFormation`() async throws {
        let transport = ScriptedTransport([
            try success("cloudformation.DescribeEvents.failed.xml"),
            try success("cloudformation.DescribeStacks.rolled-back.xml"),
        ])
        let result = await cause(try client(transport), Subjects.stack)
        #expect(result.evidence?.code == "Throttling")
        let first = try #require(transport.requests.first)
        #expect(
            String(decoding: first.body, as: UTF8.self)
                == "Action=DescribeEvents&Version=2010-05-15&StackName=app"
                + "&Filters.FailedEvents=true"
        )
    }

    @Test func `a call is repeated once and no more`() async throws {
        let transport = ScriptedTransport(always: refusal("ThrottlingException"))
        let result = await cause(try client(transport), Subjects.build)
        #expect(result.gaps.map(\.kind) == [.throttled])
        #expect(transport.requests.count == 2)
    }

    @Test func `a denied read is not repeated and names its permission`() async throws {
        let transport = ScriptedTransport(always: refusal("AccessDeniedException"))
        let result = await cause(try client(transport), Subjects.build)
        #expect(transport.requests.count == 1)
        #expect(result.gaps.compactMap(\.permission?.action) == ["codebuild:BatchGetBuilds"])
    }

    @Test func `a reading ends at its deadline with what it has`() async throws {
        let slow = SlowTransport(clock, .seconds(6))
        let result = await cause(try client(slow), Subjects.build)
        #expect(result.evidence?.phase == "BUILD")
        #expect(result.gaps.map(\.kind) == [.late])
        #expect(clock.now - .origin <= .seconds(12))
    }

    @Test(
        arguments: [
            (TransportError.Kind.timeout, CauseGap.Kind.late), (.connection, .unreachable),
            (.lasting, .unreachable), (.broken, .unreachable), (.tooLarge, .bounded),
        ]
    )
    func `a call without an answer is a gap`(
        _ kind: TransportError.Kind,
        _ gap: CauseGap.Kind
    ) async throws {
        let transport = ScriptedTransport(always: .lost(kind, .maybeSent))
        let result = await cause(try client(transport), Subjects.build)
        #expect(result.gaps.map(\.kind) == [gap])
        #expect(transport.requests.count <= 2)
    }

    @Test func `an answer of something in between is a gap`() async throws {
        let page = HTTPResponse(status: 200, body: Array("<html>sign in</html>".utf8))
        let transport = ScriptedTransport(always: .success(page))
        let result = await cause(try client(transport), Subjects.build)
        #expect(result.gaps.map(\.kind) == [.unreachable])
    }

    @Test func `what is not read sends nothing`() async throws {
        let transport = ScriptedTransport([])
        let client = try client(transport)
        #expect(await cause(client, Subjects.of("Lambda", "f")) == .notRead)
        #expect(await cause(client, Subjects.of("CodeBuild")) == .notIdentified)
        #expect(transport.requests.isEmpty)
    }

    @Test func `an unusable endpoint is a gap`() async throws {
        let transport = ScriptedTransport([])
        let client = try client(transport, urls: ["codebuild": "http://far.example"])
        let result = await cause(client, Subjects.build)
        #expect(result.gaps.map(\.kind) == [.unreachable])
        #expect(transport.requests.isEmpty)
    }
}

/// Answers a build after a time that passes.
private struct SlowTransport: HTTPTransport {
    private let clock: ManualClock
    private let time: Duration

    init(_ clock: ManualClock, _ time: Duration) {
        self.clock = clock
        self.time = time
    }

    func send(
        _ request: HTTPRequest,
        limits: HTTPLimits
    ) async throws(TransportError) -> HTTPResponse {
        clock.advance(by: min(time, limits.total))
        guard limits.total >= time else {
            throw TransportError(kind: .timeout, progress: .maybeSent, detail: "too slow")
        }
        do {
            let body = try Payload.bytes("codebuild.BatchGetBuilds.failed-command.json")
            return HTTPResponse(
                status: 200,
                headers: [HTTPHeader("x-amzn-RequestId", "r")],
                body: body
            )
        } catch {
            throw TransportError(kind: .broken, progress: .maybeSent, detail: "\(error)")
        }
    }
}
