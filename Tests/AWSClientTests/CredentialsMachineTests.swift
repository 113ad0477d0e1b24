import AWSClient
import Primitives
import Testing

/// Credentials of a kind that are valid from a start for a while.
func held(
    _ keyID: String,
    kind: CredentialSourceKind = .container,
    until expiration: WallTime?,
    files: [String: FileStamp?] = [:]
) -> ResolvedCredentials {
    ResolvedCredentials(
        credentials: Credentials(
            accessKeyID: keyID,
            secretAccessKey: Secret("s"),
            expiration: expiration
        ),
        kind: kind,
        source: "test",
        files: files
    )
}

private let error = CredentialsError(source: "test", reason: "down")

/// A machine with its clocks.
private struct Harness {
    var machine = CredentialMachine(at: .origin)
    var instant = Instant.origin
    var wall = WallTime(milliseconds: 0)

    var now: Moment { Moment(instant: instant, wall: wall) }

    mutating func pass(_ duration: Duration) {
        instant = instant + duration
        wall = wall + duration
    }

    mutating func passToDeadline() {
        guard let deadline = machine.nextDeadline else { return }
        pass(max(.zero, deadline - instant))
    }

    @discardableResult
    mutating func handle(_ event: CredentialEvent) -> [CredentialEffect] {
        machine.handle(event, at: now)
    }

    /// Lets time pass until the next fetch starts.
    mutating func passToFetch() -> Duration {
        let start = instant
        for _ in 0..<10_000 {
            passToDeadline()
            for case .fetch in handle(.deadline(chance: 0)) { return instant - start }
        }
        return .zero
    }

    mutating func fetch(_ keys: ResolvedCredentials, chance: Double = 0) {
        _ = passToFetch()
        handle(.fetched(machine.fetchNumber, keys, chance: chance))
    }

    mutating func fail() {
        _ = passToFetch()
        handle(.failed(machine.fetchNumber, error, chance: 0))
    }

    func end(in duration: Duration) -> WallTime { wall + duration }

    /// The key id served now, or nil.
    mutating func served() -> String? {
        for case .serve(let keys) in handle(.asked) { return keys.accessKeyID }
        return nil
    }
}

@Suite struct CredentialsMachineTests {
    @Test func `the first caller waits for the first fetch`() {
        var harness = Harness()
        #expect(harness.handle(.asked) == [.wait, .wake])
        #expect(harness.passToFetch() == .zero)
        #expect(harness.handle(.asked) == [.wait])
        let keys = held("k", until: harness.end(in: .seconds(3600)))
        #expect(harness.handle(.fetched(1, keys, chance: 0)).first == .release)
        #expect(harness.served() == "k")
    }

    @Test(arguments: [
        // Lifetime, chance, and when the renewal starts.
        (21_600, 0.0, 20_700),
        (21_600, 1.0, 20_880),
        (3600, 0.0, 2700),
        (900, 0.0, 675),
        (900, 0.5, 697),
        (40, 0.0, 30),
    ])
    func `the refresh time scales with the lifetime`(life: Int64, chance: Double, start: Int64) {
        var harness = Harness()
        harness.fetch(held("k", until: harness.end(in: .seconds(life))), chance: chance)
        let waited = harness.passToFetch()
        #expect(waited >= .seconds(start) && waited < .seconds(start + 1))
        #expect(harness.served() == "k")
    }

    @Test func `callers wait for a refresh only in the last minute`() {
        var harness = Harness()
        harness.fetch(held("k", until: harness.end(in: .seconds(3600))))
        _ = harness.passToFetch()
        harness.pass(.seconds(839))
        #expect(harness.served() == "k")
        harness.pass(.seconds(1))
        #expect(harness.handle(.asked) == [.wait])
    }

    @Test func `valid credentials are served while refreshes fail, with attempts to the end`() {
        var harness = Harness()
        let end = harness.end(in: .seconds(900))
        harness.fetch(held("k", until: end))
        var tries = 0
        while harness.wall < end {
            harness.fail()
            tries += 1
            guard harness.wall < end else { break }
            #expect(harness.served() == "k")
            #expect(tries < 100)
        }
        #expect(tries >= 4)
        #expect(harness.served() == nil)
        guard case .refuse(let error)? = harness.handle(.asked).first else {
            Issue.record("no error after the end")
            return
        }
        #expect(error.source == "test")
        #expect(error.reason.contains("expired at 1970-01-01T00:15:00.000Z"))
        harness.fetch(held("new", until: harness.end(in: .seconds(900))))
        #expect(harness.served() == "new")
    }

    @Test(
        arguments: [
            (1, 0.0, 30), (1, 1.0, 60), (2, 1.0, 120), (5, 1.0, 300), (50, 1.0, 300),
            (50, 0.5, 165),
        ] as [(Int, Double, Int64)]
    )
    func `pauses after failures grow from 30 s to 5 min`(
        failures: Int,
        chance: Double,
        pause: Int64
    ) {
        var harness = Harness()
        for count in 1...failures {
            _ = harness.passToFetch()
            let isLast = count == failures
            harness.handle(.failed(count, error, chance: isLast ? chance : 0))
        }
        #expect(harness.passToFetch() == .seconds(pause))
    }

    @Test func `instance credentials are served after their end, others are not`() {
        for kind in CredentialSourceKind.allCases {
            var harness = Harness()
            harness.fetch(held("k", kind: kind, until: harness.end(in: .seconds(900))))
            for _ in 0..<12 { harness.fail() }
            #expect(harness.wall > WallTime(milliseconds: 900_000))
            #expect(harness.served() == (kind == .instanceMetadata ? "k" : nil))
        }
    }

    @Test func `expired instance credentials are used and requested again in 5 to 10 min`() {
        var harness = Harness()
        harness.fetch(
            held("k", kind: .instanceMetadata, until: harness.end(in: .seconds(-60))),
            chance: 1
        )
        #expect(harness.served() == "k")
        #expect(harness.passToFetch() == .seconds(600))
    }

    @Test func `other expired credentials are a failure`() {
        var harness = Harness()
        harness.fetch(held("k", until: harness.end(in: .seconds(-1))))
        guard case .refuse(let error)? = harness.handle(.asked).first else {
            Issue.record("expired keys were taken")
            return
        }
        #expect(error.reason.contains("already expired"))
    }

    @Test(arguments: ["AK\r\nID", "AK ID", "", "AKIÄ"])
    func `credentials that cannot sign are a failure, and older ones are still served`(
        _ keyID: String
    ) {
        var harness = Harness()
        harness.fetch(held(keyID, until: nil))
        guard case .refuse(let error)? = harness.handle(.asked).first else {
            Issue.record("unusable keys were taken")
            return
        }
        #expect(error.source == "test")
        #expect(error.reason.hasPrefix("the access key id is empty or has a blank"))
        #expect(harness.passToFetch() == .seconds(30))
        harness.handle(.fetched(2, held("k", until: harness.end(in: .seconds(3600))), chance: 0))
        harness.fetch(held(keyID, until: nil))
        #expect(harness.served() == "k")
    }

    @Test func `a fetch without an answer is given up and retried`() {
        var harness = Harness()
        _ = harness.passToFetch()
        harness.passToDeadline()
        let effects = harness.handle(.deadline(chance: 0))
        #expect(effects.first == .release)
        #expect(harness.passToFetch() == .seconds(30))
        #expect(harness.handle(.fetched(1, held("late", until: nil), chance: 0)) == [])
        #expect(harness.served() == nil)
    }

    @Test func `refused credentials are replaced before anybody gets them again`() {
        var harness = Harness()
        let old = held("old", until: nil)
        harness.fetch(old)
        #expect(harness.handle(.rejected(old.credentials)) == [.wake])
        #expect(harness.handle(.asked) == [.wait, .wake])
        #expect(harness.passToFetch() == .zero)
        harness.handle(.fetched(2, held("new", until: nil), chance: 0))
        #expect(harness.served() == "new")
        #expect(harness.handle(.rejected(old.credentials)) == [])
        #expect(harness.served() == "new")
    }

    @Test func `the same credentials again are served, and refusals are ignored for a while`() {
        var harness = Harness()
        let keys = held("k", until: nil)
        harness.fetch(keys)
        harness.handle(.rejected(keys.credentials))
        _ = harness.passToFetch()
        let effects = harness.handle(.fetched(2, keys, chance: 0))
        #expect(effects.contains(.report(.sameKeysAgain(key: "k…k"))))
        #expect(harness.handle(.rejected(keys.credentials)) == [])
        #expect(harness.served() == "k")
        harness.pass(.seconds(300))
        #expect(harness.handle(.rejected(keys.credentials)) == [.wake])
    }

    @Test func `files are checked every 30 s, and a change leads to a fetch`() {
        var harness = Harness()
        let files: [String: FileStamp?] = ["/f": nil]
        harness.fetch(held("old", until: nil, files: files))
        harness.pass(.seconds(29))
        #expect(harness.handle(.deadline(chance: 0)) == [])
        harness.pass(.seconds(1))
        #expect(harness.handle(.deadline(chance: 0)) == [.check(files)])
        #expect(harness.handle(.checked(changed: false)) == [])
        harness.pass(.seconds(30))
        harness.handle(.deadline(chance: 0))
        #expect(harness.handle(.checked(changed: true)) == [.report(.filesChanged), .wake])
        #expect(harness.served() == "old")
        #expect(
            harness.handle(.deadline(chance: 0)).contains(
                .fetch(2, until: harness.instant + .seconds(120))
            )
        )
        harness.handle(.failed(2, error, chance: 0))
        #expect(harness.served() == "old")
    }

    @Test func `a step of the clock past the end leads to a fetch and never to old credentials`() {
        var harness = Harness()
        harness.fetch(held("k", until: harness.end(in: .seconds(3600))))
        harness.wall = harness.wall + .seconds(4000)
        #expect(harness.handle(.asked) == [.wait, .wake])
        #expect(harness.passToFetch() == .zero)
    }

    @Test func `after the stop callers get an error and nothing is due`() {
        var harness = Harness()
        harness.fetch(held("k", until: nil))
        #expect(harness.handle(.stopped) == [.release])
        #expect(harness.machine.nextDeadline == nil)
        guard case .refuse? = harness.handle(.asked).first else {
            Issue.record("a stopped machine must refuse")
            return
        }
    }

    @Test func `reports and the machine show no secret`() {
        var harness = Harness()
        let keys = ResolvedCredentials(
            credentials: Credentials(
                accessKeyID: "AKIAABCDEFGHWXYZ",
                secretAccessKey: Secret("hush-secret"),
                sessionToken: Secret("hush-token")
            ),
            kind: .container,
            source: "test"
        )
        _ = harness.passToFetch()
        let effects = harness.handle(.fetched(1, keys, chance: 0))
        var text = "\(effects) \(harness.machine) " + String(reflecting: harness.machine)
        dump(harness.machine, to: &text)
        #expect(!text.contains("hush"))
        #expect(text.contains("AKIA…WXYZ"))
    }
}
