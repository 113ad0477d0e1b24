import AWSClient
import AWSProbeKit
import Primitives
import Testing

@Suite struct CredentialsChainTests {
    static let keys = ["AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "env-secret"]
    static let config = "[default]\naws_access_key_id=AKIAFILE\naws_secret_access_key=file-secret"
    static let container = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/role"]
    static let containerURL = "http://169.254.170.2/role"

    @Test func `variables beat the profile, a profile of our settings beats variables`()
        async
    {
        let files = ["/home/.aws/config": Self.config]
        let place = world(Self.keys, files: files)
        #expect(await resolve(place).keyID == "AKIAENV")
        #expect(
            await resolve(place, settings: ChainSettings(profile: "default")).keyID == "AKIAFILE"
        )
    }

    @Test(arguments: [
        (["AWS_ACCESS_KEY_ID": "k"], "AWS_SECRET_ACCESS_KEY is not"),
        (
            ["AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": " \t"],
            "AWS_SECRET_ACCESS_KEY is not"
        ),
        (["AWS_PROFILE": "gone"], "\"gone\""),
        (["AWS_WEB_IDENTITY_TOKEN_FILE": "/t"], "AWS_ROLE_ARN is not"),
        (
            ["AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_ROLE_ARN": "r", "AWS_REGION": "a-1"],
            "does not exist"
        ),
        (["AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_ROLE_ARN": "r"], "Missing Region"),
        (["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://10.0.0.1/x"], "not allowed"),
        (["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://evil.example/x"], "no address"),
        (["AWS_CONTAINER_CREDENTIALS_FULL_URI": "ftp://localhost/x"], "not an http"),
        (["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://a@localhost/x"], "not an http"),
        (["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "@evil.example/x"], "not a path"),
        (["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/a b"], "not a path"),
    ])
    func `a configured but broken source stops the chain`(
        variables: [String: String],
        reason: String
    ) async {
        let place = world(variables, exchanges: instanceExchanges(body: keysJSON("ASIAIMDS")))
        let result = await resolve(place)
        #expect(result.reason?.contains(reason) == true, "\(result)")
        #expect(place.transport.requests.isEmpty)
    }

    @Test func `blank variables are no credentials`() async {
        let place = world(
            ["AWS_ACCESS_KEY_ID": " ", "AWS_SECRET_ACCESS_KEY": " "],
            files: ["/home/.aws/config": Self.config]
        )
        #expect(await resolve(place).keyID == "AKIAFILE")
    }

    @Test func `a syntax error in a shared file stops the chain`() async {
        let result = await resolve(world(files: ["/home/.aws/config": "[default"]))
        #expect(result.reason?.contains("/home/.aws/config:1") == true)
    }

    @Test(arguments: [
        ("mfa_serial = arn:m\nrole_arn = r\ncredential_source = Environment", "mfa_serial"),
        ("sso_region=r\nsso_start_url=u", "uses sso_*"),
        ("login_session = s", "uses login_session"),
        ("role_arn = r\ncredential_source = Moon", "Moon is unknown"),
        ("role_arn = r\ncredential_source = Environment", "no AWS_ACCESS_KEY_ID"),
        ("role_arn = r\ncredential_source = EcsContainer", "no AWS_CONTAINER"),
    ])
    func `an impossible source is refused by name`(lines: String, reason: String) async {
        let config = "[default]\nregion = eu-west-1\n\(lines)"
        let result = await resolve(world(files: ["/home/.aws/config": config]))
        #expect(result.reason?.contains(reason) == true, "\(result)")
    }

    @Test func `a role of our settings is assumed on top of any source`() async {
        let place = world(
            Self.keys,
            exchanges: [assumeRole("sts.eu-west-1.amazonaws.com", keyID: "ASIAROLE")]
        )
        let settings = ChainSettings(
            region: "eu-west-1",
            roleARN: "arn:r",
            externalID: "word",
            roleSessionName: "me"
        )
        let result = await resolve(place, settings: settings)
        #expect(result.keyID == "ASIAROLE")
        guard case .success(let found) = result, let request = place.transport.requests.first
        else { return }
        #expect(found.kind == .assumedRole)
        #expect(found.credentials.accountID == "111122223333")
        let body = String(decoding: request.body, as: UTF8.self)
        #expect(body.contains("RoleSessionName=me"))
        #expect(body.contains("ExternalId=word"))
    }

    @Test func `another role is assumed with the credentials of a provider`() async throws {
        let place = world(exchanges: [assumeRole("sts.eu-west-1.amazonaws.com", keyID: "ASIAROLE")])
        let keys = Credentials(accessKeyID: "AKIAOWN", secretAccessKey: Secret("own-secret"))
        let settings = ChainSettings(
            region: "eu-west-1",
            roleARN: "arn:own",
            externalID: "word"
        )
        let found = try await place.chain(settings: settings)
            .resolve(role: "arn:causes", from: StaticCredentials(keys))
        #expect(found.credentials.accessKeyID == "ASIAROLE")
        let request = try #require(place.transport.requests.first)
        let body = String(decoding: request.body, as: UTF8.self)
        #expect(body.contains("RoleArn=arn%3Acauses"))
        #expect(body.contains("ExternalId=word"))
        let signature = request.headers.firstValue(named: "Authorization")
        #expect(signature?.contains("Credential=AKIAOWN/") == true)
    }

    @Test func `our session names tell who and where`() async {
        let place = world(
            Self.keys,
            exchanges: [assumeRole("sts.eu-west-1.amazonaws.com", keyID: "ASIAROLE")]
        )
        let settings = ChainSettings(region: "eu-west-1", roleARN: "arn:r")
        _ = await resolve(place, settings: settings)
        let body = place.transport.requests.first.map { String(decoding: $0.body, as: UTF8.self) }
        #expect(body?.contains("RoleSessionName=pipeline-retryd-replay-978307200") == true)
    }

    @Test func `the container's token file is read at every fetch and beats the variable`() async {
        var variables = Self.container
        variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = "/token"
        variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "from-variable"
        let place = world(
            variables,
            files: ["/token": "from-file\n"],
            exchanges: [exchange("GET", Self.containerURL, body: keysJSON("ASIAC"))]
        )
        #expect(await resolve(place).keyID == "ASIAC")
        let sent = place.transport.requests.first?.headers.first { $0.name == "authorization" }
        #expect(sent?.value == "from-file")
        #expect(!place.log.joined().contains("from-file"))
    }

    @Test func `a token with a line break is refused`() async {
        var variables = Self.container
        variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "a\r\nx-evil: 1"
        let place = world(variables)
        #expect(await resolve(place).reason?.contains("line end") == true)
        #expect(place.transport.requests.isEmpty)
    }

    @Test func `a host name is connected to by the address that was checked`() async {
        let place = world(
            ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost:9/x?y=1"],
            exchanges: [exchange("GET", "http://127.0.0.1:9/x?y=1", body: keysJSON("ASIAC"))]
        )
        #expect(await resolve(place).keyID == "ASIAC")
        let host = place.transport.requests.first?.headers.first { $0.name == "host" }
        #expect(host?.value == "localhost:9")
    }

    @Test func `one address that is not allowed forbids the whole name`() async {
        var environment = world(
            ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://two.example/x"]
        ).environment
        environment.resolveHost = { _ throws(AWSEnvironmentError) in
            ["127.0.0.1", "10.0.0.1"].compactMap { IPAddress($0) }
        }
        let copy = environment
        await #expect(throws: CredentialsError.self) { try await ContainerEndpoint.find(in: copy) }
    }

    @Test func `a container's error body is reported and its secrets are not`() async {
        let place = world(
            Self.container,
            exchanges: [
                exchange(
                    "GET",
                    Self.containerURL,
                    status: 400,
                    body: #"{"code":"Denied","message":"no role; token=abcdef"}"#
                )
            ]
        )
        let reason = await resolve(place).reason
        #expect(reason?.contains("HTTP 400: Denied: no role") == true)
        #expect(reason?.contains("abcdef") == false)
    }

    @Test func `a failing container endpoint is queried three times, a second apart`() async {
        let bad = exchange("GET", Self.containerURL, status: 500)
        let place = world(Self.container, exchanges: [bad, bad, bad])
        #expect(await resolve(place).reason?.contains("HTTP 500") == true)
        #expect(place.transport.mismatches == [])
        #expect(place.slept == .seconds(2))
    }

    @Test(arguments: [
        ("not json", "not a JSON object"),
        ("{}", "no AccessKeyId"),
        (#"{"AccessKeyId":"k","SecretAccessKey":"s","Token":"t"}"#, "no Expiration"),
        (
            #"{"AccessKeyId":"k","SecretAccessKey":"s","Token":"t","Expiration":"soon"}"#,
            "not an RFC 3339 time"
        ),
    ])
    func `an answer without usable credentials is an error`(body: String, reason: String) async {
        let place = world(
            Self.container,
            exchanges: [exchange("GET", Self.containerURL, body: body)]
        )
        #expect(await resolve(place).reason?.contains(reason) == true)
    }

    @Test func `the stamps of both shared files come with a profile's credentials`() async {
        let files = ["/home/.aws/config": Self.config]
        let place = world(files: files)
        let result = await resolve(place)
        guard case .success(let found) = result else {
            Issue.record("\(result)")
            return
        }
        let stamp = place.environment.stat("/home/.aws/config")
        #expect(stamp != nil)
        #expect(found.files == ["/home/.aws/config": stamp, "/home/.aws/credentials": nil])
    }

    @Test func `a cache serves what its chain finds`() async throws {
        let place = world(Self.keys)
        var environment = place.environment
        environment.sleep = { _ throws(CancellationError) in
            // Nothing of this test lies in the future.
            while !Task.isCancelled { await Task.yield() }
            throw CancellationError()
        }
        let cache = CredentialCache(
            environment: environment,
            chain: place.chain(),
            report: { _ in }
        )
        let keys = try await withThrowingTaskGroup(of: Credentials?.self) { group in
            group.addTask {
                await cache.run()
                return nil
            }
            group.addTask { try await cache.credentials() }
            let first = try await group.next() ?? nil
            group.cancelAll()
            return first
        }
        #expect(keys?.accessKeyID == "AKIAENV")
    }
}
