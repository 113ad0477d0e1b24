import AWSClient
import AWSProbeKit
import Primitives
import Synchronization
import Testing
import RetryTestSupport

/// A client whose credentials are in a file that a test rewrites.
final class RotatingFileHarness: Sendable {
    private struct State {
        var key = ""
        var version: UInt64 = 0
        /// The only key that the service takes; nil takes all.
        var only: String?
        var lastKey = ""
    }

    private let clock = ManualClock(limit: CredentialMachine.fetchLimit)
    private let state = Mutex(State())

    /// The key id that signed the last request.
    var lastKey: String { state.withLock(\.lastKey) }

    /// Writes the file.
    func write(_ key: String, refusingOthers: Bool = false) {
        state.withLock { state in
            state.key = key
            state.version += 1
            if refusingOthers { state.only = key }
        }
    }

    private var contents: FileContents {
        state.withLock { state in
            let text =
                "[default]\naws_access_key_id=\(state.key)\naws_secret_access_key=file-secret"
            let stamp = FileStamp(
                modified: Int64(state.version),
                size: Int64(text.utf8.count),
                inode: state.version,
                mode: 0o600,
                owner: 0
            )
            return FileContents(bytes: Array(text.utf8), stamp: stamp)
        }
    }

    private var environment: AWSEnvironment {
        var environment = world().environment
        let (clock, path) = (clock, "/home/.aws/credentials")
        environment.instant = { Instant(sinceOrigin: clock.time) }
        environment.wallTime = { FickleService.start + clock.time }
        environment.sleep = { pause throws(CancellationError) in try await clock.sleep(pause) }
        environment.readFile = { [self] name throws(FileError) in
            guard name == path else { throw .absent }
            return contents
        }
        environment.stat = { [self] name in name == path ? contents.stamp : nil }
        return environment
    }

    private let cacheBox = Mutex<(cache: CredentialCache, client: AWSServiceClient)?>(nil)

    /// Runs the cache while a body runs.
    func running<Result: Sendable>(_ body: @Sendable () async -> Result) async -> Result {
        let environment = environment
        let chain = CredentialChain(
            environment: environment,
            roles: STSRoleAssumer(
                transport: KeyCheck(self),
                environment: CallEnvironment(environment)
            ),
            metadata: InstanceMetadata(environment: environment)
        )
        let cache = CredentialCache(environment: environment, chain: chain, report: { _ in })
        let client = AWSServiceClient(
            endpoint: Endpoint(
                url: "https://codepipeline.eu-west-1.amazonaws.com",
                signingRegion: "eu-west-1",
                service: .codePipeline
            ),
            transport: KeyCheck(self),
            credentials: cache,
            environment: CallEnvironment(environment)
        )
        cacheBox.withLock { $0 = (cache, client) }
        return await withTaskGroup(of: Void.self) { group in
            group.addTask { await cache.run() }
            let result = await body()
            group.cancelAll()
            return result
        }
    }

    func call(_ replay: Replay) async -> CallAnswer {
        guard let client = cacheBox.withLock({ $0?.client }) else {
            preconditionFailure("the bench does not run")
        }
        return await client.call(.op(replay), body: [])
    }

    /// Lets time pass, event by event.
    func pass(_ pause: Duration) async {
        await settle()
        let end = clock.time + pause
        while let due = clock.nextDue, due <= end {
            clock.advance(to: due)
            await settle()
        }
        clock.advance(to: end)
    }

    private func settle() async {
        for _ in 0..<500_000 {
            if clock.isQuiet { return }
            await Task.yield()
        }
        Issue.record("the cache never came to rest")
    }

    /// Answers by the key id of the signature.
    private struct KeyCheck: HTTPTransport {
        let harness: RotatingFileHarness

        init(_ harness: RotatingFileHarness) {
            self.harness = harness
        }

        func send(
            _ request: HTTPRequest,
            limits: HTTPLimits
        ) async throws(TransportError) -> HTTPResponse {
            let authorization = request.header("authorization") ?? ""
            let key =
                authorization.split(separator: "Credential=").last?.prefix { $0 != "/" } ?? ""
            let isGood = harness.state.withLock { state in
                state.lastKey = String(key)
                return state.only == nil || state.only == String(key)
            }
            let id = [HTTPHeader("x-amzn-RequestId", "r")]
            return isGood
                ? HTTPResponse(status: 200, headers: id, body: Array("{}".utf8))
                : HTTPResponse(
                    status: 400,
                    headers: id,
                    body: Array(#"{"__type":"UnrecognizedClientException"}"#.utf8)
                )
        }
    }
}
