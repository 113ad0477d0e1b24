import AWSClient
import Dispatch
import NIOCore
import Synchronization
import Testing

private let ok = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"
/// The same from a server that announces the close: the next request takes its own connection.
private let last = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}"
private let homes = [IPAddress("127.0.0.1")].compactMap(\.self)
/// Where no server of a test listens.
private let nowhere = [IPAddress("127.0.0.99")].compactMap(\.self)

/// A name server of a test: answers for names, counts, and is silent on request.
private final class Names: Sendable {
    private struct State {
        var asked: [String: Int] = [:]
        var silent: Set<String>
        var errors: [String: NameLookupError.Kind] = [:]
        var addresses: [String: [IPAddress]] = [:]
        var now = NIODeadline.uptimeNanoseconds(0)
    }

    private let state: Mutex<State>
    private let silence = DispatchSemaphore(value: 0)

    init(silent: Set<String> = []) {
        state = Mutex(State(silent: silent))
    }

    func lookup(_ limits: NameLookup.Limits = .init(), standsStill: Bool = false) -> NameLookup {
        NameLookup(
            limits: limits,
            now: { standsStill ? self.now : .now() },
            ask: { host in self.answer(host) }
        )
    }

    private var now: NIODeadline { state.withLock { $0.now } }

    /// How often a name was queried.
    func asked(_ host: String) -> Int { state.withLock { $0.asked[host] ?? 0 } }

    func pass(_ time: TimeAmount) { state.withLock { $0.now = $0.now + time } }

    func fail(_ host: String, _ kind: NameLookupError.Kind?) {
        state.withLock { $0.errors[host] = kind }
    }

    func move(_ host: String, to addresses: [IPAddress]) {
        state.withLock { $0.addresses[host] = addresses }
    }

    func silence(_ host: String) { state.withLock { _ = $0.silent.insert(host) } }

    /// Ends the silence of so many lookups.
    func answer(_ count: Int) {
        state.withLock { $0.silent = [] }
        for _ in 0..<count { silence.signal() }
    }

    private func answer(_ host: String) -> Result<[IPAddress], NameLookupError> {
        let (isSilent, error) = state.withLock { state in
            state.asked[host, default: 0] += 1
            return (state.silent.contains(host), state.errors[host])
        }
        if isSilent { silence.wait() }
        if let error { return .failure(NameLookupError(host: host, error, "scripted")) }
        return .success(state.withLock { $0.addresses[host] } ?? homes)
    }
}

extension NameLookup.Limits {
    /// Limits under which each dial queries again, and waits this long for the answer.
    fileprivate static func patient(_ patience: TimeAmount) -> Self {
        var limits = Self()
        limits.fresh = .zero
        limits.patience = patience
        return limits
    }
}

extension HTTPLimits {
    /// Time that no test takes, so that a busy machine fails none.
    fileprivate static let unhurried = HTTPLimits(
        connect: .seconds(3600),
        total: .seconds(3600),
        bodyBytes: 1 << 20
    )
}

extension NameLookup {
    /// Waits until so many lookups run.
    fileprivate func waits(running count: Int) async {
        while running != count { await Task.yield() }
    }

    fileprivate func kind(of host: String) async -> NameLookupError.Kind? {
        do throws(NameLookupError) {
            _ = try await addresses(of: host)
            return nil
        } catch {
            return error.kind
        }
    }
}

private func post(_ host: String, _ server: LoopbackServer) -> HTTPRequest {
    HTTPRequest(method: "POST", url: "http://\(host):\(server.port)/", body: [1])
}

@Suite("How host names are looked up", .serialized, .timeLimit(.minutes(2)))
struct NameLookupTests {
    @Test(arguments: TransportKind.allCases)
    func `an unanswered name does not delay the others`(_ kind: TransportKind) async throws {
        let names = Names(silent: ["dead.test"])
        try await LoopbackServer.run(.answer(ok)) { server in
            try await kind.with(names: names.lookup()) { transport in
                let short = HTTPLimits(
                    connect: .milliseconds(300),
                    total: .seconds(5),
                    bodyBytes: 10
                )
                for _ in 0..<3 {
                    await #expect {
                        _ = try await transport.send(post("dead.test", server), limits: short)
                    } throws: { error in
                        let error = error as? TransportError
                        return error?.kind == .timeout && error?.progress == .notSent
                    }
                    let response = try await transport.send(
                        post("good.test", server),
                        limits: .unhurried
                    )
                    #expect(response.status == 200)
                }
                #expect(names.asked("dead.test") == 1, "no new lookup while one runs")
            }
        }
        names.answer(1)
    }

    @Test func `a hundred dials share one lookup`() async throws {
        let names = Names(silent: ["slow.test"])
        let lookup = names.lookup()
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<100 {
                group.addTask { try await lookup.addresses(of: "slow.test").count }
            }
            await lookup.waits(running: 1)
            names.answer(1)
            for try await count in group { #expect(count == 1) }
        }
        #expect(names.asked("slow.test") == 1)
    }

    @Test func `an answer is shared for ten seconds`() async throws {
        let names = Names()
        let lookup = names.lookup(standsStill: true)
        for _ in 0..<5 { _ = try await lookup.addresses(of: "a.test") }
        names.pass(.milliseconds(9999))
        _ = try await lookup.addresses(of: "a.test")
        #expect(names.asked("a.test") == 1)
        names.pass(.milliseconds(1))
        _ = try await lookup.addresses(of: "a.test")
        #expect(names.asked("a.test") == 2)
    }

    @Test func `stale addresses are used while the name server fails, and not for ever`()
        async throws
    {
        let names = Names()
        let lookup = names.lookup(standsStill: true)
        _ = try await lookup.addresses(of: "a.test")
        names.fail("a.test", .noAnswer)
        names.pass(.minutes(9))
        #expect(try await lookup.addresses(of: "a.test") == homes)
        names.pass(.minutes(1))
        #expect(await lookup.kind(of: "a.test") == .noAnswer)
    }

    @Test func `a removed name has no stale addresses`() async throws {
        let names = Names()
        let lookup = names.lookup(standsStill: true)
        _ = try await lookup.addresses(of: "a.test")
        names.fail("a.test", .unknownHost)
        names.pass(.minutes(1))
        #expect(await lookup.kind(of: "a.test") == .unknownHost)
        names.fail("a.test", .noAnswer)
        names.pass(.minutes(1))
        #expect(await lookup.kind(of: "a.test") == .noAnswer)
    }

    @Test func `a dial whose lookup takes longer than its limit uses stale addresses`()
        async throws
    {
        #expect(NameLookup.Limits().patience == .seconds(1))
        let names = Names()
        try await LoopbackServer.run(.answerAndClose(last)) { server in
            try await TransportKind.kept.with(names: names.lookup(.patient(.zero))) { transport in
                let first = try await transport.send(post("a.test", server), limits: .unhurried)
                #expect(first.status == 200)
                names.silence("a.test")
                let second = try await transport.send(post("a.test", server), limits: .unhurried)
                #expect(second.status == 200)
                // The querying thread may begin after the dial's limit has passed.
                while names.asked("a.test") < 2, !Task.isCancelled { await Task.yield() }
                #expect(names.asked("a.test") == 2, "a newer answer was asked for")
                names.answer(1)
            }
        }
    }

    @Test func `a dial whose lookup takes less than its limit waits for newer addresses`()
        async throws
    {
        let names = Names()
        let lookup = names.lookup(.patient(.hours(1)))
        try await LoopbackServer.run(.answer(ok)) { server in
            let once = TransportSettings(retriesConnecting: false)
            try await TransportKind.kept.with(once, names: lookup) { transport in
                names.move("a.test", to: nowhere)
                #expect(try await lookup.addresses(of: "a.test") == nowhere)
                names.move("a.test", to: homes)
                names.silence("a.test")
                async let answer = transport.send(post("a.test", server), limits: .unhurried)
                await lookup.waits(running: 1)
                // Everything that the dial would do at once is done when this one is through.
                let other = try await transport.send(post("b.test", server), limits: .unhurried)
                #expect(other.status == 200)
                names.answer(1)
                #expect(try await answer.status == 200)
            }
        }
    }

    @Test func `unanswered names take threads only from each other`() async throws {
        let dead = Set((0..<20).map { "dead\($0).test" })
        let names = Names(silent: dead)
        let lookup = names.lookup(standsStill: true)
        _ = try await lookup.addresses(of: "good.test")
        names.pass(.seconds(20))
        await withTaskGroup(of: Void.self) { group in
            for host in dead { group.addTask { _ = await lookup.kind(of: host) } }
            await lookup.waits(running: 12)
            #expect(await lookup.kind(of: "good.test") == nil)
            #expect(names.asked("good.test") == 2)
            // The waiting ones get their turn.
            names.answer(12)
        }
        #expect(dead.allSatisfy { names.asked($0) == 1 })
        #expect(lookup.running == 0)
    }

    @Test func `a cancelled caller waits no longer`() async throws {
        let names = Names(silent: ["dead.test"])
        let lookup = names.lookup()
        await withTaskGroup(of: NameLookupError.Kind?.self) { group in
            group.addTask { await lookup.kind(of: "dead.test") }
            await lookup.waits(running: 1)
            group.cancelAll()
            for await kind in group { #expect(kind == .noAnswer) }
        }
        names.answer(1)
    }

    @Test func `the system's resolver knows this machine and no invalid name`() async throws {
        #expect(try await NameLookup.system.addresses(of: "localhost").contains { $0.isLoopback })
        #expect(await NameLookup.system.kind(of: "no..such..name") != nil)
    }
}
