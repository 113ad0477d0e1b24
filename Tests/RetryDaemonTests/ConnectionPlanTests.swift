import AWSClient
import FoundationEssentials
import Glibc
import Primitives
import RetryCore
import RetryDaemon
import RootCauseClient
import Settings
import Testing
import RetryTestSupport

/// Answers nothing: a machine without a metadata service.
private struct NoTransport: HTTPTransport {
    func send(
        _ request: HTTPRequest,
        limits: HTTPLimits
    ) async throws(TransportError) -> HTTPResponse {
        throw TransportError(kind: .connection, progress: .notSent, detail: "refused")
    }
}

/// A planner that sees these variables and these files.
func planner(
    _ variables: [String: String],
    files: [String: String] = [:]
) -> ConnectionPlanner {
    var environment = AWSEnvironment.live(metadataTransport: NoTransport()) { _, _ in }
    environment.variables = variables
    environment.homeDirectory = "/home"
    environment.stat = { _ in nil }
    environment.readFile = { path throws(FileError) in
        guard let text = files[path] else { throw .absent }
        let bytes = Array(text.utf8)
        return FileContents(
            bytes: bytes,
            stamp: FileStamp(
                modified: 0,
                size: Int64(bytes.count),
                inode: 1,
                mode: 0o600,
                owner: 0
            )
        )
    }
    return ConnectionPlanner(
        environment: environment,
        metadata: InstanceMetadata(environment: environment),
        transports: TransportPool(environment: variables)
    )
}

@Suite
struct ConnectionPlanTests {
    /// Variables and a connection of the file, with the URL that follows.
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let variables: [String: String]
        let connection: AWSConnection
        let url: String
    }

    static let rows = [
        Row(
            testDescription: "allow_insecure_endpoint holds for the environment's URL",
            variables: ["AWS_ENDPOINT_URL_CODEPIPELINE": "http://cp.example"],
            connection: AWSConnection(region: "eu-west-1", allowInsecureEndpoint: true),
            url: "http://cp.example"
        ),
        Row(
            testDescription: "it holds for AWS_ENDPOINT_URL",
            variables: ["AWS_ENDPOINT_URL": "http://all.example"],
            connection: AWSConnection(region: "eu-west-1", allowInsecureEndpoint: true),
            url: "http://all.example"
        ),
        Row(
            testDescription: "endpoint_url beats the environment, whose URL is not judged",
            variables: ["AWS_ENDPOINT_URL": "http://all.example"],
            connection: AWSConnection(region: "eu-west-1", endpointURL: "https://own.example"),
            url: "https://own.example"
        ),
        Row(
            testDescription: "endpoint_url beats a URL that is none, and a switch beside it",
            variables: [
                "AWS_ENDPOINT_URL_CODEPIPELINE": "nonsense", "AWS_USE_FIPS_ENDPOINT": "true",
                "AWS_USE_DUALSTACK_ENDPOINT": "maybe",
            ],
            connection: AWSConnection(region: "eu-west-1", endpointURL: "https://own.example"),
            url: "https://own.example"
        ),
        Row(
            testDescription: "without a setting the environment's URL counts",
            variables: ["AWS_ENDPOINT_URL_CODEPIPELINE": "https://cp.example"],
            connection: AWSConnection(region: "eu-west-1"),
            url: "https://cp.example"
        ),
    ]

    @Test(arguments: rows)
    func `the endpoint follows from the setting first`(row: Row) async throws {
        let plan = try await planner(row.variables).plan(row.connection)
        #expect(plan.endpoint.url == row.url)
    }

    /// Variables and a connection of the file, with the URL of CodeBuild that follows.
    static let causeRows = [
        Row(
            testDescription: "without a setting the rules decide",
            variables: [:],
            connection: AWSConnection(region: "eu-west-1"),
            url: "https://codebuild.eu-west-1.amazonaws.com"
        ),
        Row(
            testDescription: "a simulator on this machine serves all",
            variables: [:],
            connection: AWSConnection(
                region: "eu-west-1",
                endpointURL: "http://127.0.0.1:1",
                useFIPSEndpoint: false
            ),
            url: "http://127.0.0.1:1"
        ),
        Row(
            testDescription: "an address of CodePipeline elsewhere is its own",
            variables: [:],
            connection: AWSConnection(region: "eu-west-1", endpointURL: "https://own.example"),
            url: "https://codebuild.eu-west-1.amazonaws.com"
        ),
        Row(
            testDescription: "endpoint_urls beats the simulator and the environment",
            variables: ["AWS_ENDPOINT_URL_CODEBUILD": "https://env.example"],
            connection: AWSConnection(
                region: "eu-west-1",
                endpointURL: "http://127.0.0.1:1",
                endpointURLs: ["codebuild": "https://set.example"]
            ),
            url: "https://set.example"
        ),
        Row(
            testDescription: "the environment beats the simulator",
            variables: ["AWS_ENDPOINT_URL_CODEBUILD": "https://env.example"],
            connection: AWSConnection(region: "eu-west-1", endpointURL: "http://127.0.0.1:1"),
            url: "https://env.example"
        ),
        Row(
            testDescription: "FIPS holds for it too",
            variables: [:],
            connection: AWSConnection(region: "us-east-1", useFIPSEndpoint: true),
            url: "https://codebuild-fips.us-east-1.amazonaws.com"
        ),
    ]

    @Test(arguments: causeRows)
    func `where causes are read follows from the same settings`(row: Row) async throws {
        let plan = try await planner(row.variables).plan(row.connection)
        #expect(try plan.causes.endpoint(of: .codeBuild, region: plan.region).url == row.url)
    }

    @Test func `an unusable URL of a service concerns only its causes`() async throws {
        let variables = ["AWS_ENDPOINT_URL_CODEBUILD": "http://far.example"]
        let plan = try await planner(variables).plan(AWSConnection(region: "eu-west-1"))
        #expect(plan.endpoint.url == "https://codepipeline.eu-west-1.amazonaws.com")
        #expect(throws: CredentialsError.self) {
            try plan.causes.endpoint(of: .codeBuild, region: "eu-west-1")
        }
        #expect(throws: Never.self) {
            try plan.causes.endpoint(of: .ecs, region: "eu-west-1")
        }
    }

    @Test(arguments: [true, false])
    func `a role for causes is part of a plan only where causes are read`(
        isRead: Bool
    ) async throws {
        let path = "/tmp/pipeline-retryd-plan-\(UInt64.random(in: .min ... .max)).yaml"
        let config = """
            root_cause: { enabled: \(isRead) }
            aws: { region: eu-west-1, cause_role_arn: 'arn:aws:iam::444455556666:role/causes' }
            pipelines: [{ name: web }]
            """
        try Data(config.utf8).write(to: URL(filePath: path))
        defer { _ = unsafe unlink(path) }
        let loader = LiveLoader(path: path, planner: planner([:])) { ManualClock.start }
        guard case .valid(let loaded) = await loader.load() else {
            Issue.record("the file is refused")
            return
        }
        let role = loaded.connections["default"]?.connection.causeRoleARN
        #expect((role != nil) == isRead)
    }

    @Test(
        arguments: [
            ([:], [:], AWSConnection(), "no Region"),
            (["AWS_REGION": "eu west"], [:], AWSConnection(), "no Region"),
            (["AWS_PROFILE": "gone"], [:], AWSConnection(), "no Region"),
            (
                ["AWS_PROFILE": "p"], ["/home/.aws/config": "[profile p]\nx"],
                AWSConnection(region: "eu-west-1"), "shared files"
            ),
            (
                [:], [:], AWSConnection(region: "eu-west-1", caBundle: "/no/such/ca.pem"),
                "CA bundle or proxy"
            ),
            (
                ["AWS_ENDPOINT_URL": "http://all.example"], [:], AWSConnection(region: "eu-west-1"),
                "endpoint"
            ),
        ] as [([String: String], [String: String], AWSConnection, String)]
    )
    func `a missing part is named for the status line`(
        variables: [String: String],
        files: [String: String],
        connection: AWSConnection,
        cause: String
    ) async throws {
        let error = await #expect(throws: PlanError.self) {
            try await planner(variables, files: files).plan(connection)
        }
        let failure = CallFailure(try #require(error))
        #expect(failure.cause == cause)
        #expect(failure.operation == nil)
    }

    @Test
    func `a broken profile of the shared files refuses only its own target`() async throws {
        let path = "/tmp/pipeline-retryd-plan-\(UInt64.random(in: .min ... .max)).yaml"
        let config = """
            aws: { region: eu-west-1 }
            targets:
              - { name: a, profile: good, pipelines: [ { name: web } ] }
              - { name: b, profile: broken, pipelines: [ { name: web2 } ] }
              - { name: c, profile: other, pipelines: [ { name: web3 } ] }
            """
        try Data(config.utf8).write(to: URL(filePath: path))
        defer { _ = unsafe unlink(path) }
        let keys = "aws_access_key_id = AKIA\naws_secret_access_key = s\n"
        let files = [
            "/home/.aws/credentials":
                "[good]\n\(keys)[broken]\n\(keys)just a line\n[other]\n\(keys)"
        ]
        let loader = LiveLoader(path: path, planner: planner([:], files: files)) {
            ManualClock.start
        }
        guard case .valid(let loaded) = await loader.load() else {
            Issue.record("the file is refused")
            return
        }
        #expect(Set(loaded.connections.keys) == ["a", "c"])
        #expect(
            loaded.unplanned.mapValues(\.message) == [
                "b": "profile \"broken\": /home/.aws/credentials:7: "
                    + "Expected an '=' sign defining a property"
            ]
        )
    }
}
