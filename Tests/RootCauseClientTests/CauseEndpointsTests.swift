import AWSClient
import Primitives
import RetryTestSupport
import Testing

@testable import RootCauseClient

@Suite struct CauseEndpointsTests {
    /// Endpoints with variables and a config file.
    static func endpoints(
        variables: [String: String] = [:],
        config: String = "",
        urls: [String: String] = [:],
        pipelineURL: String? = nil,
        usesFIPS: Bool? = nil
    ) throws -> CauseEndpoints {
        let variables = variables.merging(
            ["AWS_CONFIG_FILE": "/config", "AWS_SHARED_CREDENTIALS_FILE": "/credentials"]
        ) { one, _ in one }
        let files = ["/config": config, "/credentials": ""]
        let environment = AWSEnvironment(
            variables: variables,
            homeDirectory: nil,
            hostName: "host",
            userID: nil,
            readFile: { path throws(FileError) in
                guard let text = files[path] else { throw FileError.absent }
                let stamp = FileStamp(modified: 0, size: 0, inode: 0, mode: 0o600, owner: 0)
                return FileContents(bytes: Array(text.utf8), stamp: stamp)
            },
            stat: { _ in nil },
            wallTime: { ManualClock.start },
            instant: { .origin },
            sleep: { _ in },
            random: { 0 },
            runProcess: { _ throws(ProcessError) in throw ProcessError.cancelled },
            metadataTransport: ScriptedTransport([]),
            resolveHost: { _ in [] },
            log: { _, _ in }
        )
        return CauseEndpoints(
            environment: environment,
            profiles: try LoadedProfiles.load(environment: environment),
            urls: urls,
            pipelineURL: pipelineURL,
            usesFIPS: usesFIPS
        )
    }

    @Test func `the services have the names of the profile's services section`() {
        #expect(
            AWSService.ofCauses.map(\.settingName) == [
                "codebuild", "cloudwatch_logs", "cloudformation", "codedeploy", "ecs", "sfn",
                "elastic_beanstalk", "service_catalog",
            ]
        )
    }

    @Test(
        arguments: [
            ("eu-west-1", false, "https://states.eu-west-1.amazonaws.com"),
            ("cn-north-1", false, "https://states.cn-north-1.amazonaws.com.cn"),
            ("us-east-1", true, "https://states-fips.us-east-1.amazonaws.com"),
        ]
    )
    func `without a setting the rules decide, in the action's Region`(
        _ region: String,
        _ usesFIPS: Bool,
        _ url: String
    ) throws {
        let endpoint = try Self.endpoints(usesFIPS: usesFIPS)
            .endpoint(of: .stepFunctions, region: region)
        #expect(endpoint.url == url)
        #expect(endpoint.signingRegion == region)
    }

    @Test func `the setting wins over variables, profile and the pipelines' URL`() throws {
        let variables = [
            "AWS_ENDPOINT_URL_CODEBUILD": "http://127.0.0.1:2",
            "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS": "http://127.0.0.1:3",
        ]
        let config = """
            [default]
            services = local
            [services local]
            ecs =
              endpoint_url = http://127.0.0.1:4
            """
        let endpoints = try Self.endpoints(
            variables: variables,
            config: config,
            urls: ["codebuild": "http://127.0.0.1:1"],
            pipelineURL: "http://127.0.0.1:9",
            usesFIPS: true
        )
        let found = try [
            AWSService.codeBuild, .cloudWatchLogs, .ecs, .codeDeploy,
        ].map { try endpoints.endpoint(of: $0, region: "eu-west-1").url }
        #expect(
            found == [
                "http://127.0.0.1:1", "http://127.0.0.1:3", "http://127.0.0.1:4",
                "http://127.0.0.1:9",
            ]
        )
    }

    @Test func `a pipelines' URL on another machine is not taken for the others`() throws {
        let endpoints = try Self.endpoints(pipelineURL: "https://codepipeline.proxy.example")
        let endpoint = try endpoints.endpoint(of: .codeBuild, region: "eu-west-1")
        #expect(endpoint.url == "https://codebuild.eu-west-1.amazonaws.com")
    }

    @Test func `a Region that is no label leads nowhere`() throws {
        let endpoints = try Self.endpoints()
        #expect(throws: CredentialsError.self) {
            try endpoints.endpoint(of: .codeBuild, region: "x.evil.example/")
        }
    }
}
