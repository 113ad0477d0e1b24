import AWSClient
import Primitives
import Testing

@Suite("Endpoint rules")
struct EndpointTests {
    private func host(
        _ service: AWSService = .codePipeline,
        _ region: String,
        fips: Bool = false,
        dualStack: Bool = false
    ) throws(EndpointError) -> String {
        try Endpoint.resolve(
            service: service,
            EndpointParameters(region: region, usesFIPS: fips, usesDualStack: dualStack)
        ).url
    }

    @Test(arguments: [
        ("eu-west-1", "amazonaws.com", "api.aws"),
        ("cn-northwest-1", "amazonaws.com.cn", "api.amazonwebservices.com.cn"),
        ("us-gov-west-1", "amazonaws.com", "api.aws"),
        ("eusc-de-east-1", "amazonaws.eu", "api.amazonwebservices.eu"),
        ("us-iso-west-1", "c2s.ic.gov", "api.aws.ic.gov"),
        ("us-isob-east-1", "sc2s.sgov.gov", "api.aws.scloud"),
        ("eu-isoe-west-1", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
        ("us-isof-south-1", "csp.hci.ic.gov", "api.aws.hci.ic.gov"),
        ("mars-north-1", "amazonaws.com", "api.aws"),
        ("us-iso-east", "amazonaws.com", "api.aws"),
        ("aws-cn-global", "amazonaws.com.cn", "api.amazonwebservices.com.cn"),
    ])
    func `each partition has its names`(
        _ region: String,
        _ suffix: String,
        _ dual: String
    ) throws {
        #expect(try host(region) == "https://codepipeline.\(region).\(suffix)")
        #expect(try host(region, fips: true) == "https://codepipeline-fips.\(region).\(suffix)")
        #expect(try host(region, dualStack: true) == "https://codepipeline.\(region).\(dual)")
        #expect(
            try host(region, fips: true, dualStack: true)
                == "https://codepipeline-fips.\(region).\(dual)"
        )
    }

    private func host(
        _ region: String,
        fips: Bool = false,
        dualStack: Bool = false
    ) throws(EndpointError) -> String {
        try host(.codePipeline, region, fips: fips, dualStack: dualStack)
    }

    @Test func `STS has a global host and plain FIPS names in GovCloud`() throws {
        #expect(
            try host(.sts, "us-gov-east-1", fips: true)
                == "https://sts.us-gov-east-1.amazonaws.com"
        )
        let global = try Endpoint.resolve(
            service: .sts,
            EndpointParameters(region: "aws-global")
        )
        #expect(global.url == "https://sts.amazonaws.com")
        #expect(global.signingRegion == "us-east-1")
        let legacy = try Endpoint.resolve(
            service: .sts,
            EndpointParameters(region: "eu-west-1", usesGlobalSTS: true)
        )
        #expect(legacy.signingRegion == "us-east-1")
    }

    @Test(
        arguments: [
            nil, "", "x.evil.com/", "eu west", "-eu", "eu-", "eu_west_1", "ü",
            String(repeating: "a", count: 64),
        ] as [String?]
    )
    func `there is no default Region, and none that changes the host`(_ region: String?) {
        #expect(throws: EndpointError.self) {
            try Endpoint.resolve(service: .codePipeline, EndpointParameters(region: region))
        }
    }

    @Test func `a custom URL excludes FIPS and dual stack and keeps the Region`() throws {
        let url = "https://proxy.example:8443/custom/"
        let endpoint = try Endpoint.resolve(
            service: .codePipeline,
            EndpointParameters(region: "eu-west-1", url: url)
        )
        #expect(endpoint == Endpoint(url: url, signingRegion: "eu-west-1", service: .codePipeline))
        #expect(
            throws: EndpointError(
                "Invalid Configuration: FIPS and custom endpoint are not supported"
            )
        ) {
            try Endpoint.resolve(
                service: .codePipeline,
                EndpointParameters(region: "eu-west-1", usesFIPS: true, url: url)
            )
        }
    }
}

@Suite("Where the endpoint's URL comes from")
struct EndpointURLTests {
    private let all = EndpointURLSources(
        setting: "https://setting.example",
        environment: [
            "AWS_ENDPOINT_URL_CODEPIPELINE": "https://variable.example",
            "AWS_ENDPOINT_URL": "https://global.example",
        ],
        profileServiceURL: "https://services.example",
        profileURL: "https://profile.example"
    )

    @Test func `the more specific and nearer source takes precedence`() throws {
        var sources = all
        #expect(try sources.url(of: .codePipeline) == "https://setting.example")
        sources.setting = nil
        #expect(try sources.url(of: .codePipeline) == "https://variable.example")
        #expect(try sources.url(of: .sts) == "https://global.example")
        sources.environment["AWS_ENDPOINT_URL_CODEPIPELINE"] = ""
        #expect(try sources.url(of: .codePipeline) == "https://global.example")
        sources.environment = [:]
        #expect(try sources.url(of: .codePipeline) == "https://services.example")
        sources.profileServiceURL = nil
        #expect(try sources.url(of: .codePipeline) == "https://profile.example")
        sources.profileURL = nil
        #expect(try sources.url(of: .codePipeline) == nil)
    }

    @Test func `ignoring configured endpoints leaves only our own setting`() throws {
        var sources = all
        sources.environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "TRUE"
        #expect(try sources.url(of: .codePipeline) == "https://setting.example")
        sources.setting = nil
        #expect(try sources.url(of: .codePipeline) == nil)
        sources.environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "false"
        sources.profileIgnores = "true"
        #expect(try sources.url(of: .codePipeline) == "https://variable.example")
        sources.environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = nil
        #expect(try sources.url(of: .codePipeline) == nil)
    }

    @Test func `a service id becomes a variable's suffix`() throws {
        let service = AWSService(
            id: "Application Auto-Scaling",
            signingName: "application-autoscaling",
            wireProtocol: .awsJSON1_1(targetPrefix: "AnyScaleFrontendService")
        )
        let name = "AWS_ENDPOINT_URL_APPLICATION_AUTO_SCALING"
        let sources = EndpointURLSources(environment: [name: "https://scaling.example"])
        #expect(try sources.url(of: service) == "https://scaling.example")
    }

    @Test(arguments: [
        "http://10.0.0.1/", "http://sim.example", "ftp://h/", "sim.example", "https://h/?q",
        "https://u:p@h/", "https://h/#f", "https://h/a b", "https://h:99999/", "https://",
    ])
    func `unencrypted and broken URLs are refused by source`(_ url: String) {
        let sources = EndpointURLSources(environment: ["AWS_ENDPOINT_URL": url])
        let error = #expect(throws: EndpointError.self) { try sources.url(of: .sts) }
        #expect(error?.reason.hasPrefix("AWS_ENDPOINT_URL: ") == true)
        #expect(error?.reason.contains("u:p") == false)
    }

    @Test(arguments: [
        "http://127.0.0.1:4566", "http://localhost:1/x", "http://[::1]:2", "https://h:8443/custom/",
    ])
    func `this machine may be reached without encryption`(_ url: String) throws {
        #expect(try EndpointURLSources(setting: url).url(of: .sts) == url)
    }

    @Test func `other hosts are too, when that is allowed`() throws {
        let sources = EndpointURLSources(setting: "http://sim.example", allowsInsecure: true)
        #expect(try sources.url(of: .sts) == "http://sim.example")
    }
}
