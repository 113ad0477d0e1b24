import AWSClient
import AWSProbeKit
import Primitives
import Synchronization
import Testing
import RetryTestSupport

/// Assumes roles only for the last of the tokens, and records its requests.
private final class TokenCheck: RoleAssumer {
    private let good: String
    private let seen = Mutex<[String]>([])

    init(good: String) {
        self.good = good
    }

    var tokens: [String] { seen.withLock { $0 } }

    func assume(
        _ role: RoleRequest,
        with credentials: Credentials,
        at place: STSPlace
    ) async throws(CredentialsError) -> Credentials {
        throw CredentialsError(source: "test", reason: "not asked for")
    }

    func assume(
        _ role: RoleRequest,
        withToken token: Secret,
        at place: STSPlace
    ) async throws(CredentialsError) -> Credentials {
        seen.withLock { $0.append(token.exposed) }
        guard token.exposed == good else {
            throw CredentialsError(source: "STS", reason: "InvalidIdentityToken")
        }
        return Credentials(accessKeyID: "ASIAWEB", secretAccessKey: Secret("web-secret"))
    }
}

@Suite struct WebIdentityTests {
    /// The key id from an environment whose token file has these contents, one after the other.
    private func keyID(
        contents: [FileContents?],
        _ check: TokenCheck
    ) async -> Result<String, CredentialsError> {
        var environment = world([
            "AWS_WEB_IDENTITY_TOKEN_FILE": "/token", "AWS_ROLE_ARN": "arn:r",
            "AWS_REGION": "eu-west-1",
        ]).environment
        let rest = Mutex(contents)
        environment.readFile = { path throws(FileError) in
            guard path == "/token",
                let next = rest.withLock({ $0.isEmpty ? nil : $0.removeFirst() })
            else { throw .absent }
            return next
        }
        let chain = CredentialChain(
            environment: environment,
            roles: check,
            metadata: InstanceMetadata(environment: environment)
        )
        do throws(CredentialsError) {
            return .success(try await chain.resolve().credentials.accessKeyID)
        } catch {
            return .failure(error)
        }
    }

    private func token(_ text: String) -> FileContents {
        FileContents(
            bytes: Array("\(text)\n".utf8),
            stamp: FileStamp(modified: 0, size: 1, inode: 1, mode: 0o600, owner: 0)
        )
    }

    @Test func `a token that was replaced during the STS call is retried once`() async throws {
        let check = TokenCheck(good: "new")
        let result = await keyID(contents: [token("old"), token("new")], check)
        #expect(try result.get() == "ASIAWEB")
        #expect(check.tokens == ["old", "new"])
    }

    @Test func `an unchanged or removed token is not retried`() async {
        for second in [token("old"), nil] {
            let check = TokenCheck(good: "new")
            let result = await keyID(contents: [token("old"), second], check)
            #expect(throws: CredentialsError(source: "STS", reason: "InvalidIdentityToken")) {
                try result.get()
            }
            #expect(check.tokens == ["old"])
        }
    }

    @Test func `two refused tokens are enough`() async {
        let check = TokenCheck(good: "never")
        let contents = ["a", "b", "c", "d"].map { token($0) }
        _ = await keyID(contents: contents, check)
        #expect(check.tokens == ["a", "b"])
    }
}

@Suite struct SharedClockTests {
    @Test func `credentials expire by the clock that a call found`() async throws {
        let place = world()
        let (keys, calls) = place.environment.sharingClock()
        let refusal = HTTPResponse(
            status: 403,
            headers: [
                HTTPHeader("x-amzn-RequestId", "r"),
                HTTPHeader("Date", "Mon, 01 Jan 2001 00:20:00 GMT"),
            ],
            body: Array("<E><Code>SignatureDoesNotMatch</Code></E>".utf8)
        )
        let transport = ScriptedTransport([
            .success(refusal),
            .ok(assumed("ASIANEW")),
        ])
        let assumer = STSRoleAssumer(transport: transport, environment: calls)
        let before = keys.wallTime()
        let role = RoleRequest(roleARN: "r", sessionName: "s")
        _ = try await assumer.assume(role, with: .sample, at: STSPlace(region: "eu-west-1"))
        #expect(keys.wallTime() - before == .seconds(1200))
        #expect(place.environment.wallTime() == before)
    }
}
