import AWSClient
import AWSProbeKit
import Primitives
import Synchronization
import Testing
import RetryTestSupport

/// A source that answers when the test lets it.
private final class Source: Sendable {
    private struct State {
        var asked = 0
        var open: CheckedContinuation<Result<ResolvedCredentials, CredentialsError>, Never>?
        var isCancelled = false
    }

    private let state = Mutex(State())

    /// How often it was asked.
    var asked: Int { state.withLock { $0.asked } }
    /// Whether a request waits for its answer.
    var isOpen: Bool { state.withLock { $0.open != nil } }

    func fetch() async throws(CredentialsError) -> ResolvedCredentials {
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                state.withLock { state in
                    state.asked += 1
                    state.open = continuation
                }
            }
        } onCancel: {
            answer(.failure(CredentialsError(source: "test", reason: "cancelled")))
        }
        return try result.get()
    }

    func answer(_ result: Result<ResolvedCredentials, CredentialsError>) {
        let open = state.withLock { state in
            defer { state.open = nil }
            return state.open
        }
        open?.resume(returning: result)
    }
}

/// A cache on a manual clock with a manual source.
private struct CacheHarness: Sendable {
    let clock = ManualClock(limit: CredentialMachine.fetchLimit)
    let source = Source()
    let cache: CredentialCache

    init(stat: @escaping @Sendable (String) -> FileStamp? = { _ in nil }) {
        var environment = world().environment
        let (clock, source) = (clock, source)
        environment.instant = { Instant(sinceOrigin: clock.time) }
        environment.wallTime = { WallTime(milliseconds: 0) + clock.time }
        environment.sleep = { pause throws(CancellationError) in try await clock.sleep(pause) }
        environment.random = { 0 }
        environment.stat = stat
        cache = CredentialCache(environment: environment, report: { _ in }) {
            () async throws(CredentialsError) in try await source.fetch()
        }
    }

    /// Yields to other tasks until a condition holds.
    func until(_ what: Comment, _ condition: () -> Bool) async {
        for _ in 0..<200_000 {
            if condition() { return }
            await Task.yield()
        }
        Issue.record("never: \(what)")
    }

    /// Runs the cache while a body runs.
    func running(_ body: @Sendable () async -> Void) async {
        await withTaskGroup { group in
            group.addTask { await cache.run() }
            await body()
            group.cancelAll()
        }
    }

    func keyID() async -> String {
        do throws(CredentialsError) {
            return try await cache.credentials().accessKeyID
        } catch {
            return "error: \(error.reason)"
        }
    }

    func answer(_ keyID: String, seconds: Int64? = nil, files: [String: FileStamp?] = [:]) {
        let end = seconds.map { WallTime(milliseconds: 0) + clock.time + .seconds($0) }
        source.answer(.success(held(keyID, until: end, files: files)))
    }

    func fail(_ reason: String) {
        source.answer(.failure(CredentialsError(source: "test", reason: reason)))
    }
}

@Suite struct CredentialsCacheTests {
    @Test func `many callers share one fetch`() async {
        let harness = CacheHarness()
        await harness.running {
            await withTaskGroup { group in
                for _ in 0..<20 { group.addTask { await harness.keyID() } }
                await harness.until("all wait") {
                    harness.source.isOpen && harness.cache.waitingCallers == 20
                }
                harness.answer("k")
                for await keyID in group { #expect(keyID == "k") }
            }
            #expect(harness.source.asked == 1)
            #expect(await harness.keyID() == "k")
        }
    }

    @Test func `a cancelled caller does not affect the others`() async {
        let harness = CacheHarness()
        await harness.running {
            await withTaskGroup { group in
                group.addTask {
                    let first = await withTaskGroup { inner in
                        inner.addTask { await harness.keyID() }
                        await harness.until("two wait") { harness.cache.waitingCallers == 2 }
                        inner.cancelAll()
                        return await inner.next() ?? ""
                    }
                    #expect(first == "error: the caller was cancelled")
                    await harness.until("one waits") { harness.cache.waitingCallers == 1 }
                    #expect(harness.source.isOpen)
                    harness.answer("k")
                    return "k"
                }
                group.addTask { await harness.keyID() }
                for await keyID in group { #expect(keyID == "k") }
            }
            #expect(harness.source.asked == 1)
        }
    }

    @Test func `a failure is reported, and the next attempt recovers without a restart`() async {
        let harness = CacheHarness()
        await harness.running {
            await harness.until("asked") { harness.source.isOpen }
            harness.fail("down")
            await harness.until("pause") { harness.clock.isAwaited(at: .seconds(30)) }
            #expect(await harness.keyID() == "error: down")
            harness.clock.advance(to: .seconds(30))
            await harness.until("asked again") { harness.source.isOpen }
            harness.answer("k")
            await harness.until("served") {
                harness.cache.waitingCallers == 0 && !harness.source.isOpen
            }
            await harness.until("holding") { harness.clock.isAwaited(at: .seconds(60)) }
            #expect(await harness.keyID() == "k")
        }
    }

    @Test func `old credentials are served during a refresh and after it failed`() async {
        let harness = CacheHarness()
        await harness.running {
            await harness.until("asked") { harness.source.isOpen }
            harness.answer("old", seconds: 900)
            await harness.until("holding") { harness.clock.isAwaited(at: .seconds(30)) }
            harness.clock.advance(to: .seconds(675))
            await harness.until("renewal") { harness.source.isOpen }
            #expect(await harness.keyID() == "old")
            harness.fail("down")
            await harness.until("pause") { harness.clock.isAwaited(at: .seconds(705)) }
            #expect(await harness.keyID() == "old")
            harness.clock.advance(to: .seconds(705))
            await harness.until("second try") { harness.source.isOpen }
            harness.answer("new", seconds: 900)
            await harness.until("done") { harness.clock.isAwaited(at: .seconds(735)) }
            #expect(await harness.keyID() == "new")
        }
    }

    @Test func `a fetch that hangs is cancelled at its limit`() async {
        let harness = CacheHarness()
        await harness.running {
            await harness.until("asked") {
                harness.source.isOpen && harness.clock.isAwaited(at: .seconds(120))
            }
            harness.clock.advance(to: .seconds(120))
            await harness.until("pause") { harness.clock.isAwaited(at: .seconds(150)) }
            #expect(await harness.keyID() == "error: no answer within 2m")
        }
    }

    @Test func `refused credentials wake the sleeping loop`() async {
        let harness = CacheHarness()
        await harness.running {
            await harness.until("asked") { harness.source.isOpen }
            harness.answer("old")
            await harness.until("holding") { harness.clock.isAwaited(at: .seconds(30)) }
            await harness.cache.reject(held("old", until: nil).credentials)
            await harness.until("asked again") { harness.source.isOpen }
            harness.answer("new")
            #expect(await harness.keyID() == "new")
            #expect(harness.source.asked == 2)
        }
    }

    @Test func `a changed file leads to new credentials`() async {
        let stamp = Mutex<FileStamp?>(nil)
        let harness = CacheHarness(stat: { _ in stamp.withLock { $0 } })
        await harness.running {
            await harness.until("asked") { harness.source.isOpen }
            harness.answer("old", files: ["/f": nil])
            await harness.until("holding") { harness.clock.isAwaited(at: .seconds(30)) }
            harness.clock.advance(to: .seconds(30))
            await harness.until("looked") { harness.clock.isAwaited(at: .seconds(60)) }
            #expect(harness.source.asked == 1)
            stamp.withLock {
                $0 = FileStamp(modified: 1, size: 1, inode: 1, mode: 0o600, owner: 0)
            }
            harness.clock.advance(to: .seconds(60))
            await harness.until("asked again") { harness.source.isOpen }
            harness.answer("new")
            await harness.until("served") { !harness.source.isOpen }
            await harness.until("holding") { harness.clock.isAwaited(at: .seconds(90)) }
            #expect(await harness.keyID() == "new")
        }
    }

    @Test func `waiting and later callers get an error when the loop ends`() async {
        let harness = CacheHarness()
        await withTaskGroup { group in
            group.addTask { await harness.keyID() }
            await harness.running {
                await harness.until("waits") {
                    harness.cache.waitingCallers == 1 && harness.source.isOpen
                }
            }
            #expect(await group.next() == "error: it has been stopped")
        }
        #expect(await harness.keyID() == "error: it has been stopped")
    }
}
