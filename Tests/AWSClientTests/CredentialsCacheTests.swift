import AWSClient
import AWSProbeKit
import Primitives
import Synchronization
import Testing

/// A source that answers when the test says so.
private final class Source: Sendable {
    private struct State {
        var asked = 0
        var open: CheckedContinuation<Result<ResolvedCredentials, CredentialsError>, Never>?
        var isCancelled = false
    }

    private let state = Mutex(State())

    /// How often it was asked.
    var asked: Int { state.withLock { $0.asked } }
    /// Whether a question waits for its answer.
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
private struct CacheBench: Sendable {
    let clock = ManualClock()
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

    /// Gives other tasks their turn until something holds.
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
        let bench = CacheBench()
        await bench.running {
            await withTaskGroup { group in
                for _ in 0..<20 { group.addTask { await bench.keyID() } }
                await bench.until("all wait") {
                    bench.source.isOpen && bench.cache.waitingCallers == 20
                }
                bench.answer("k")
                for await keyID in group { #expect(keyID == "k") }
            }
            #expect(bench.source.asked == 1)
            #expect(await bench.keyID() == "k")
        }
    }

    @Test func `a cancelled caller takes nothing from the others`() async {
        let bench = CacheBench()
        await bench.running {
            await withTaskGroup { group in
                group.addTask {
                    let first = await withTaskGroup { inner in
                        inner.addTask { await bench.keyID() }
                        await bench.until("two wait") { bench.cache.waitingCallers == 2 }
                        inner.cancelAll()
                        return await inner.next() ?? ""
                    }
                    #expect(first == "error: the caller was cancelled")
                    await bench.until("one waits") { bench.cache.waitingCallers == 1 }
                    #expect(bench.source.isOpen)
                    bench.answer("k")
                    return "k"
                }
                group.addTask { await bench.keyID() }
                for await keyID in group { #expect(keyID == "k") }
            }
            #expect(bench.source.asked == 1)
        }
    }

    @Test func `a failure is told, and the next try heals it without a restart`() async {
        let bench = CacheBench()
        await bench.running {
            await bench.until("asked") { bench.source.isOpen }
            bench.fail("down")
            await bench.until("pause") { bench.clock.isAwaited(at: .seconds(30)) }
            #expect(await bench.keyID() == "error: down")
            bench.clock.advance(to: .seconds(30))
            await bench.until("asked again") { bench.source.isOpen }
            bench.answer("k")
            await bench.until("served") { bench.cache.waitingCallers == 0 && !bench.source.isOpen }
            await bench.until("holding") { bench.clock.isAwaited(at: .seconds(60)) }
            #expect(await bench.keyID() == "k")
        }
    }

    @Test func `old keys serve while a renewal is in flight and after it failed`() async {
        let bench = CacheBench()
        await bench.running {
            await bench.until("asked") { bench.source.isOpen }
            bench.answer("old", seconds: 900)
            await bench.until("holding") { bench.clock.isAwaited(at: .seconds(30)) }
            bench.clock.advance(to: .seconds(675))
            await bench.until("renewal") { bench.source.isOpen }
            #expect(await bench.keyID() == "old")
            bench.fail("down")
            await bench.until("pause") { bench.clock.isAwaited(at: .seconds(705)) }
            #expect(await bench.keyID() == "old")
            bench.clock.advance(to: .seconds(705))
            await bench.until("second try") { bench.source.isOpen }
            bench.answer("new", seconds: 900)
            await bench.until("done") { bench.clock.isAwaited(at: .seconds(735)) }
            #expect(await bench.keyID() == "new")
        }
    }

    @Test func `a fetch that hangs is cancelled at its limit`() async {
        let bench = CacheBench()
        await bench.running {
            await bench.until("asked") {
                bench.source.isOpen && bench.clock.isAwaited(at: .seconds(120))
            }
            bench.clock.advance(to: .seconds(120))
            await bench.until("pause") { bench.clock.isAwaited(at: .seconds(150)) }
            #expect(await bench.keyID() == "error: no answer within 2m")
        }
    }

    @Test func `refused keys wake the sleeping loop`() async {
        let bench = CacheBench()
        await bench.running {
            await bench.until("asked") { bench.source.isOpen }
            bench.answer("old")
            await bench.until("holding") { bench.clock.isAwaited(at: .seconds(30)) }
            await bench.cache.reject(held("old", until: nil).credentials)
            await bench.until("asked again") { bench.source.isOpen }
            bench.answer("new")
            #expect(await bench.keyID() == "new")
            #expect(bench.source.asked == 2)
        }
    }

    @Test func `a changed file leads to new keys`() async {
        let stamp = Mutex<FileStamp?>(nil)
        let bench = CacheBench(stat: { _ in stamp.withLock { $0 } })
        await bench.running {
            await bench.until("asked") { bench.source.isOpen }
            bench.answer("old", files: ["/f": nil])
            await bench.until("holding") { bench.clock.isAwaited(at: .seconds(30)) }
            bench.clock.advance(to: .seconds(30))
            await bench.until("looked") { bench.clock.isAwaited(at: .seconds(60)) }
            #expect(bench.source.asked == 1)
            stamp.withLock {
                $0 = FileStamp(modified: 1, size: 1, inode: 1, mode: 0o600, owner: 0)
            }
            bench.clock.advance(to: .seconds(60))
            await bench.until("asked again") { bench.source.isOpen }
            bench.answer("new")
            await bench.until("served") { !bench.source.isOpen }
            await bench.until("holding") { bench.clock.isAwaited(at: .seconds(90)) }
            #expect(await bench.keyID() == "new")
        }
    }

    @Test func `who waits gets an error when the loop ends, and so does who comes later`() async {
        let bench = CacheBench()
        await withTaskGroup { group in
            group.addTask { await bench.keyID() }
            await bench.running {
                await bench.until("waits") {
                    bench.cache.waitingCallers == 1 && bench.source.isOpen
                }
            }
            #expect(await group.next() == "error: it has been stopped")
        }
        #expect(await bench.keyID() == "error: it has been stopped")
    }
}
