import AWSClient
import AWSProbeKit
import Primitives
import Synchronization
import Testing
import RetryTestSupport

/// A client with the whole credentials side on a clock that the test moves: a profile's role,
/// refreshed by the real cache, and a service that is sometimes down.
struct VirtualHarness: Sendable {
    let clock: ManualClock
    let service: FickleService
    let cache: CredentialCache
    let client: AWSServiceClient
    private let notes: NoteBox

    /// The cache's reports.
    private final class NoteBox: Sendable {
        let reports = Mutex<[CredentialReport]>([])
    }

    private static let files = [
        "/home/.aws/config": """
        [default]
        region = eu-west-1
        role_arn = arn:aws:iam::111122223333:role/r
        source_profile = base
        duration_seconds = 900
        [profile base]
        aws_access_key_id = AKIABASE
        aws_secret_access_key = base-secret
        """
    ]

    init(
        seed: UInt64 = 1,
        weather: @escaping @Sendable (_ isSTS: Bool, Duration) -> FickleService.Weather
    ) {
        let clock = ManualClock(limit: CredentialMachine.fetchLimit)
        let service = FickleService(clock, weather: weather)
        let notes = NoteBox()
        let chance = Chance(seed)
        var environment = world(files: VirtualHarness.files).environment
        environment.instant = { Instant(sinceOrigin: clock.time) }
        environment.wallTime = { FickleService.start + clock.time }
        environment.random = { chance.next() }
        // A call's own pauses pass at once; only the cache's loop waits for the test.
        environment.sleep = { pause throws(CancellationError) in
            clock.advance(to: clock.time + pause)
        }
        let chain = CredentialChain(
            environment: environment,
            roles: STSRoleAssumer(transport: service, environment: CallEnvironment(environment)),
            metadata: InstanceMetadata(environment: environment)
        )
        var waiting = environment
        waiting.sleep = { pause throws(CancellationError) in try await clock.sleep(pause) }
        let cache = CredentialCache(environment: waiting, chain: chain) { report in
            notes.reports.withLock { $0.append(report) }
        }
        client = AWSServiceClient(
            endpoint: Endpoint(
                url: "https://codepipeline.eu-west-1.amazonaws.com",
                signingRegion: "eu-west-1",
                service: .codePipeline
            ),
            transport: service,
            credentials: cache,
            environment: CallEnvironment(environment)
        )
        (self.clock, self.service, self.cache, self.notes) = (clock, service, cache, notes)
    }

    var reports: [CredentialReport] { notes.reports.withLock { $0 } }

    /// Runs the cache while a body runs.
    func running(_ body: () async -> Void) async {
        await withTaskGroup { group in
            group.addTask { await cache.run() }
            await body()
            group.cancelAll()
        }
    }

    /// Lets time pass, event by event.
    func pass(to time: Duration) async {
        await settle()
        while let due = clock.nextDue, due <= time {
            clock.advance(to: due)
            await settle()
        }
        clock.advance(to: time)
        await settle()
    }

    func call(_ replay: Replay) async -> CallAnswer {
        await client.call(.op(replay), body: [])
    }

    /// Yields to the cache until it sleeps.
    private func settle() async {
        for _ in 0..<500_000 {
            if clock.isQuiet { return }
            await Task.yield()
        }
        Issue.record("the cache never came to rest at \(clock.time)")
    }
}

/// Reproducible numbers from 0 up to 1.
final class Chance: Sendable {
    private let state: Mutex<UInt64>

    init(_ seed: UInt64) {
        state = Mutex(seed)
    }

    func next() -> Double {
        let bits = state.withLock { state in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 11
        }
        return Double(bits) / Double(UInt64(1) << 53)
    }
}
