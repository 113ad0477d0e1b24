import AWSClient
import FoundationEssentials
import Glibc
import Primitives
import RetryCore
import RetryDaemon
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
