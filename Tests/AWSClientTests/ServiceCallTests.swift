import AWSClient
import Primitives
import Testing
import RetryTestSupport

/// A row suffices: services that do not exist, by everything that a call needs to know of them.
@Suite("A call of a service by its row")
struct ServiceCallTests {
    private static let steps = AWSService(
        id: "Made Up-Steps",
        signingName: "steps",
        endpointPrefix: "api.steps",
        permissionPrefix: "made",
        wireProtocol: .awsJSON1_0(targetPrefix: "MadeUpSteps_20260101"),
        permanentCodes: ["SlowDown"]
    )
    private static let builds = AWSService(
        id: "Builds",
        signingName: "builds",
        wireProtocol: .awsJSON1_1(targetPrefix: "Builds_20260102")
    )
    private static let stacks = AWSService(
        id: "Stacks",
        signingName: "stacks",
        wireProtocol: .query(version: "2026-01-03"),
        transientCodes: ["StackBusy"]
    )

    /// The one request that a call at AWS's own endpoint leads to.
    private func request(
        _ service: AWSService,
        _ call: ServiceCall,
        answer: Result<HTTPResponse, TransportError> = .ok()
    ) async throws -> (request: HTTPRequest, answer: CallAnswer) {
        let transport = ScriptedTransport([answer])
        let client = AWSServiceClient(
            endpoint: try Endpoint.resolve(
                service: service,
                EndpointParameters(region: "eu-west-1")
            ),
            transport: transport,
            credentials: StaticCredentials(.sample),
            settings: AWSServiceClient.Settings(retry: RetrySettings(maxAttempts: 1)),
            environment: try TestWorld().environment
        )
        let told = await client.call(call)
        return (try #require(transport.requests.first), told)
    }

    @Test(arguments: [
        (
            steps, "https://api.steps.eu-west-1.amazonaws.com/", "1.0", "MadeUpSteps_20260101",
            "steps"
        ),
        (builds, "https://builds.eu-west-1.amazonaws.com/", "1.1", "Builds_20260102", "builds"),
    ])
    func `a JSON service is called with its target, content type, host and scope`(
        _ service: AWSService,
        _ url: String,
        _ version: String,
        _ prefix: String,
        _ scope: String
    ) async throws {
        let operation = OperationDefinition("DescribeThings", of: service, on: nil)
        let sent = try await request(service, .json(operation, Array("{\"a\":1}".utf8))).request
        #expect(sent.method == "POST")
        #expect(sent.url == url)
        #expect(sent.header("Content-Type") == "application/x-amz-json-\(version)")
        #expect(sent.header("X-Amz-Target") == "\(prefix).DescribeThings")
        #expect(sent.header("Authorization")?.contains("/eu-west-1/\(scope)/aws4_request") == true)
        #expect(String(decoding: sent.body, as: UTF8.self) == "{\"a\":1}")
        let empty = try await request(service, .json(operation, [])).request
        #expect(String(decoding: empty.body, as: UTF8.self) == "{}")
    }

    @Test func `a Query service is called with a form and without a target`() async throws {
        let operation = OperationDefinition("ListThings", of: Self.stacks, on: nil)
        let call = ServiceCall.form(operation, [("Name", "a b&c"), ("Max", "5")])
        let sent = try await request(Self.stacks, call).request
        #expect(sent.url == "https://stacks.eu-west-1.amazonaws.com/")
        #expect(sent.header("Content-Type") == "application/x-www-form-urlencoded")
        #expect(sent.header("X-Amz-Target") == nil)
        #expect(sent.header("Authorization")?.contains("/eu-west-1/stacks/aws4_request") == true)
        #expect(
            String(decoding: sent.body, as: UTF8.self)
                == "Action=ListThings&Version=2026-01-03&Name=a%20b%26c&Max=5"
        )
    }

    @Test func `its row determines what is retried, refused and allowed`() async throws {
        let write = OperationDefinition(
            "StartThing",
            of: Self.steps,
            .write,
            replay: .unsafe,
            on: .pipeline
        )
        #expect(ServiceCall.json(write, []).replay == .unsafe)
        #expect(write.permission == Permission(action: "made:StartThing", resource: .pipeline))
        func kind(_ code: String, _ service: AWSService) -> ErrorClass {
            ServiceError(code: code, message: "", requestID: nil, status: 400)
                .errorClass(of: service)
        }
        #expect(kind("SlowDown", Self.steps) == .client)
        #expect(kind("SlowDown", Self.stacks) == .throttling)
        #expect(kind("StackBusy", Self.stacks) == .transient)
        #expect(kind("StackBusy", Self.steps) == .client)
        let slow = try await request(
            Self.steps,
            .json(write, []),
            answer: .error("SlowDown", status: 400)
        )
        #expect(slow.answer.verdict == "refused SlowDown")
    }

    @Test func `its id determines its variable and its part of a services section`() throws {
        let sources = EndpointURLSources(
            environment: [
                "AWS_ENDPOINT_URL_MADE_UP_STEPS": "https://own.example",
                "AWS_ENDPOINT_URL": "https://all.example",
            ]
        )
        #expect(try sources.url(of: Self.steps) == "https://own.example")
        #expect(try sources.url(of: Self.builds) == "https://all.example")
    }
}
