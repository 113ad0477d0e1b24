import AWSClient
import Primitives
import AWSProbeKit
import Testing

@Suite struct ProfileFilesTests {
    @Test(arguments: [
        ([:], [:], "/home/.aws/config"),
        (["AWS_CONFIG_FILE": "/etc/c"], [:], "/etc/c"),
        (["AWS_CONFIG_FILE": "~/c"], [:], "/home/c"),
        (["AWS_CONFIG_FILE": "/a/~/c"], [:], "/a/~/c"),
        (["AWS_CONFIG_FILE": "  "], [:], "/home/.aws/config"),
        (["CREDENTIALS_DIRECTORY": "/run/x"], [:], "/home/.aws/config"),
        (["CREDENTIALS_DIRECTORY": "/run/x"], ["/run/x/aws-config": ""], "/run/x/aws-config"),
        (
            ["CREDENTIALS_DIRECTORY": "/run/x", "AWS_CONFIG_FILE": "/c"],
            ["/run/x/aws-config": ""], "/c"
        ),
    ])
    func `the config file is found`(
        variables: [String: String],
        files: [String: String],
        path: String
    ) {
        let environment = world(variables, files: files).environment
        #expect(ProfileFileLocations(environment: environment).config.path == path)
    }

    @Test func `systemd's folder is not used when settings forbid it`() {
        let environment = world(
            ["CREDENTIALS_DIRECTORY": "/run/x"],
            files: ["/run/x/aws-credentials": ""]
        ).environment
        let own = ProfileFileLocations(environment: environment)
        let without = ProfileFileLocations(environment: environment, useSystemdCredentials: false)
        #expect(own.credentials.path == "/run/x/aws-credentials")
        #expect(without.credentials.path == "/home/.aws/credentials")
    }

    @Test(arguments: [
        (nil, [:], "default", false),
        (nil, ["AWS_PROFILE": "a"], "a", true),
        (nil, ["AWS_DEFAULT_PROFILE": "b"], "b", true),
        ("c", ["AWS_PROFILE": "a"], "c", true),
    ])
    func `the profile is chosen`(
        chosen: String?,
        variables: [String: String],
        name: String,
        isChosen: Bool
    ) throws {
        let loaded = try LoadedProfiles.load(
            environment: world(variables).environment,
            chosen: chosen
        )
        #expect(loaded.selected == name)
        #expect(loaded.isChosen == isChosen)
    }

    @Test(
        arguments: [
            (0o622, 0, "writable by group or others"),
            (0o660, 0, "writable by group or others"),
            (0o600, 77, "belongs to user 77"),
        ] as [(UInt32, UInt32, String)]
    )
    func `an unsafe credentials file is refused`(mode: UInt32, owner: UInt32, reason: String) {
        var environment = world().environment
        environment.userID = 1000
        environment.readFile = { _ throws(FileError) in
            FileContents(
                bytes: [],
                stamp: FileStamp(modified: 0, size: 0, inode: 1, mode: mode, owner: owner)
            )
        }
        let error = #expect(throws: CredentialsError.self) {
            try LoadedProfiles.load(environment: environment)
        }
        #expect(error?.reason.contains(reason) == true)
    }

    @Test(
        arguments: [
            // By group only, as a unit's user reads a file of root.
            (0o640, 0, 1000, nil),
            (0o640, 0, 0, nil),
            (0o440, 0, 1000, nil),
            (0o644, 0, 1000, "chmod o-r"),
            (0o640, 1000, 1000, "chmod g-r"),
            (0o604, 1000, 1000, "chmod o-r"),
            (0o600, 1000, 1000, nil),
        ] as [(UInt32, UInt32, UInt32, String?)]
    )
    func `advice on a credentials file's mode never takes the daemon's own access`(
        mode: UInt32,
        owner: UInt32,
        user: UInt32,
        advice: String?
    ) throws {
        let place = world()
        var environment = place.environment
        environment.userID = user
        environment.readFile = { _ throws(FileError) in
            FileContents(
                bytes: [],
                stamp: FileStamp(modified: 0, size: 0, inode: 1, mode: mode, owner: owner)
            )
        }
        _ = try LoadedProfiles.load(environment: environment)
        let reported = place.log.filter { $0.hasPrefix("warning") && $0.contains("chmod") }
        #expect(reported.isEmpty == (advice == nil), "\(reported)")
        #expect(
            reported.allSatisfy { $0.contains(advice ?? "") && !$0.contains("600") },
            "\(reported)"
        )
    }

    @Test func `a hidden home counts as empty, a hidden file named by the user does not`() throws {
        var environment = world().environment
        environment.readFile = { _ throws(FileError) in throw .unreadable("Permission denied") }
        #expect(try LoadedProfiles.load(environment: environment).sections.profiles.isEmpty)
        environment.variables["AWS_CONFIG_FILE"] = "/etc/c"
        #expect(throws: CredentialsError(source: "/etc/c", reason: "Permission denied")) {
            try LoadedProfiles.load(environment: environment)
        }
    }

    @Test(arguments: [
        (["AWS_REGION": "a-1", "AWS_DEFAULT_REGION": "b-1"], "a-1"),
        (["AWS_DEFAULT_REGION": "b-1"], "b-1"),
        ([:], "c-1"),
    ])
    func `the Region's order is variable, older variable, profile`(
        variables: [String: String],
        region: String
    ) async throws {
        let place = world(variables, files: ["/home/.aws/config": "[default]\nregion=c-1"])
        let loaded = try LoadedProfiles.load(environment: place.environment)
        let found = await RegionLookup.region(
            environment: place.environment,
            profile: loaded.profile,
            metadata: InstanceMetadata(environment: place.environment)
        )
        #expect(found == .success(region))
        #expect(place.transport.requests.isEmpty)
    }

    @Test func `without any setting the instance gives the Region`() async {
        let base = "http://169.254.169.254/latest"
        let place = world(exchanges: [
            exchange("PUT", "\(base)/api/token", body: "t"),
            exchange(
                "GET",
                "\(base)/meta-data/placement/region",
                headers: [HTTPHeader("x-aws-ec2-metadata-token", "t")],
                body: "eu-west-3\n"
            ),
        ])
        let metadata = InstanceMetadata(environment: place.environment)
        let found = await RegionLookup.region(
            environment: place.environment,
            profile: nil,
            metadata: metadata
        )
        #expect(found == .success("eu-west-3"))
    }

    @Test func `no Region anywhere is an error and never a default`() async {
        let place = world(["AWS_EC2_METADATA_DISABLED": "true"])
        let metadata = InstanceMetadata(environment: place.environment)
        let found = await RegionLookup.region(
            environment: place.environment,
            profile: nil,
            metadata: metadata
        )
        guard case .failure(let error) = found else {
            Issue.record("a Region came from nowhere")
            return
        }
        #expect(error.reason.contains("none is set"))
    }

    @Test(arguments: ["x.evil.com/", "a b", "-a", "a-", "", "é-1", "a/../b"])
    func `a Region that would change the host is refused`(region: String) {
        #expect(throws: CredentialsError.self) {
            try RegionLookup.checked(region, source: "region")
        }
    }

    @Test(
        arguments: [
            ([:], "http://service.example"),
            (["AWS_ENDPOINT_URL": "http://all.example"], "http://all.example"),
            (
                [
                    "AWS_ENDPOINT_URL": "http://all.example",
                    "AWS_ENDPOINT_URL_STS": "http://sts.example",
                ],
                "http://sts.example"
            ),
            (["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"], nil),
        ] as [([String: String], String?)]
    )
    func `a service's endpoint is configured`(variables: [String: String], url: String?) throws {
        let config = """
            [default]
            services = s
            endpoint_url = http://profile.example
            [services s]
            sts =
              endpoint_url = http://service.example
            """
        let environment = world(variables, files: ["/home/.aws/config": config]).environment
        let endpoint = try ConfiguredEndpoint(
            service: .sts,
            environment: environment,
            profiles: try LoadedProfiles.load(environment: environment),
            allowsInsecure: true
        )
        #expect(endpoint.url == url)
    }

    @Test func `a switch that is neither true nor false is an error`() throws {
        let environment = world(["AWS_USE_FIPS_ENDPOINT": "yes"]).environment
        let profiles = try LoadedProfiles.load(environment: environment)
        #expect(throws: CredentialsError.self) {
            try ConfiguredEndpoint(
                service: .sts,
                environment: environment,
                profiles: profiles
            )
        }
    }
}
