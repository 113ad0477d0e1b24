import Primitives
import RetryCore
import Settings
import Testing

@Suite struct ZoneTests {
    /// The rules of a zone as a window of a config file gets them.
    private func rules(_ file: [UInt8]?, names: [String] = []) throws -> ZoneRules {
        let zones = ZoneDatabase(file: { _ in file }, names: { names })
        return try rules("Some/Zone", zones)
    }

    private func rules(_ name: String, _ zones: ZoneDatabase) throws -> ZoneRules {
        let entry = try result(name, zones).get().configuration.targets.first?.pipelines.first
        return try #require(entry?.policy.windows.first?.zone)
    }

    private func result(
        _ name: String,
        _ zones: ZoneDatabase
    ) -> Result<LoadedSettings, SettingsErrors> {
        let text = """
            policies: { default: { windows: [{ allow: Mon, time_zone: \(name) }] } }
            pipelines: [{ name: a }]
            """
        let environment = SettingsEnvironment(zones: zones, now: environment.now)
        return SettingsFile.load(Array(text.utf8), path: "c.yaml", environment: environment)
    }

    private func time(_ text: String) throws -> WallTime {
        try #require(WallTime(rfc3339: text))
    }

    @Test(arguments: [
        // Footer, a time, the offset just before it and from it on.
        ("CET-1CEST,M3.5.0,M10.5.0/3", "2026-03-29T01:00:00Z", 3600, 7200),
        ("CET-1CEST,M3.5.0,M10.5.0/3", "2026-10-25T01:00:00Z", 7200, 3600),
        ("CET-1CEST,M3.5.0,M10.5.0/3", "2036-10-26T01:00:00Z", 7200, 3600),
        ("EST5EDT,M3.2.0,M11.1.0", "2027-03-14T07:00:00Z", -18_000, -14_400),
        ("EST5EDT,M3.2.0,M11.1.0", "2027-11-07T06:00:00Z", -14_400, -18_000),
        // The southern half, and half an hour of daylight-saving time.
        ("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2027-04-03T15:00:00Z", 39_600, 37_800),
        ("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2027-10-02T15:30:00Z", 37_800, 39_600),
        // Winter is the exception (Dublin), times below zero and beyond a day (Nuuk, Gaza).
        ("IST-1GMT0,M10.5.0,M3.5.0/1", "2027-03-28T01:00:00Z", 0, 3600),
        ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2027-03-28T01:00:00Z", -7200, -3600),
        ("EET-2EEST,M3.4.4/50,M10.4.4/50", "2027-03-27T00:00:00Z", 7200, 10_800),
        // Days of the year: with and without February 29.
        ("XST0XDT,J60/0,J300/0", "2028-03-01T00:00:00Z", 0, 3600),
        ("XST0XDT,59/0,300/0", "2028-02-29T00:00:00Z", 0, 3600),
        ("XST0XDT,59/0,300/0", "2027-03-01T00:00:00Z", 0, 3600),
    ])
    func `the footer applies for the years ahead`(
        footer: String,
        at: String,
        before: Int,
        from: Int
    ) throws {
        let rules = try rules(zoneFile(base: 0, footer: footer))
        let time = try time(at)
        #expect(rules.offset(at: time + .milliseconds(-1)) == before)
        #expect(rules.offset(at: time) == from)
    }

    @Test func `transitions of the file apply up to the last, the footer from there on`() throws {
        let first = try time("2027-06-01T00:00:00Z").milliseconds / 1000
        let old = try time("1990-01-01T00:00:00Z").milliseconds / 1000
        let file = zoneFile(
            base: 60,
            transitions: [(at: old, offset: 3600), (at: first, offset: 7200)],
            footer: "CET-1CEST,M3.5.0,M10.5.0/3"
        )
        let rules = try rules(file)
        #expect(rules.base == 3600)
        // The footer's transition of March 2027 lies before the last of the file.
        #expect(
            rules.transitions.first == .init(at: try time("2027-06-01T00:00:00Z"), offset: 7200)
        )
        #expect(rules.offset(at: try time("2027-10-31T01:00:00Z")) == 3600)
        #expect(rules.transitions.count == 1 + 1 + 2 * 9)
        #expect(
            zip(rules.transitions, rules.transitions.dropFirst()).allSatisfy { $0.at < $1.at }
        )
    }

    @Test func `ten years ahead and one back are kept`() throws {
        let rules = try rules(zoneFile(base: 3600, footer: "CET-1CEST,M3.5.0,M10.5.0/3"))
        #expect(rules.transitions.count == 2 * 12)
        #expect(rules.transitions.first?.at == (try time("2025-03-30T01:00:00Z")))
        #expect(rules.transitions.last?.at == (try time("2036-10-26T01:00:00Z")))
    }

    @Test func `a zone without changes has none`() throws {
        #expect(
            try rules(zoneFile(base: 19_800, footer: "IST-5:30"))
                == ZoneRules(name: "Some/Zone", base: 19_800, transitions: [])
        )
        // Always in daylight-saving time (RFC 8536, 3.3.1).
        let always = try rules(zoneFile(base: -14_400, footer: "XXX3EDT4,0/0,J365/23"))
        #expect(always.offset(at: environment.now) == -14_400)
        #expect(always.transitions.isEmpty)
    }

    @Test func `UTC needs no database`() throws {
        let none = ZoneDatabase(file: { _ in nil }, names: { [] })
        #expect(try rules("UTC", none) == .utc)
    }

    @Test(arguments: [
        [], Array("TZif2".utf8), Array(zoneFile(base: 0, footer: "UTC0").dropLast(30)),
        zoneFile(base: 0, footer: "UTC0", version: "\0"),
        zoneFile(base: 0, footer: "UTC0", leaps: 1),
        zoneFile(base: 1_000_000, footer: "UTC0"),
        zoneFile(base: 0, transitions: [(at: 5, offset: 0), (at: 4, offset: 0)], footer: "UTC0"),
    ])
    func `a file that is not a zone is an error`(file: [UInt8]) {
        #expect(throws: SettingsErrors.self) { try rules(file) }
    }

    @Test func `a truncated or changed file never traps`() {
        let file = zoneFile(
            base: 3600,
            transitions: [(at: 1_700_000_000, offset: 7200)],
            footer: "CET-1CEST,M3.5.0,M10.5.0/3"
        )
        var random = SplitMix64(seed: 7)
        var files = (0..<file.count).map { Array(file.prefix($0)) }
        for _ in 0..<2000 {
            var changed = file
            let place = Int(random.next() % UInt64(file.count))
            changed[place] = UInt8(truncatingIfNeeded: random.next())
            files.append(changed)
        }
        var refused = 0
        for file in files {
            let zones = ZoneDatabase(file: { _ in file }, names: { ["UTC"] })
            switch result("Some/Zone", zones) {
            case .success: break
            case .failure: refused += 1
            }
        }
        // Without its footer, or with another, a file is still one.
        #expect(refused > 150)
        #expect(refused < files.count)
    }

    @Test func `without a database the error tells what to install`() {
        let none = ZoneDatabase(file: { _ in nil }, names: { [] })
        #expect {
            try rules("Europe/Berlin", none)
        } throws: { error in
            "\(error)"
                == "c.yaml:1:59: policies.default.windows[0].time_zone: is Europe/Berlin, and "
                + "there is no time zone database; "
                + "expected UTC, or the package tzdata to be installed"
        }
    }

    @Test(arguments: [
        ("Berlin", "Europe/Berlin"), ("America/New York", "America/New_York"),
        ("america/new_york", "America/New_York"), ("New York", "America/New_York"),
    ])
    func `a city or a typo gets a suggestion`(name: String, suggestion: String) {
        let text = "policies: { default: { windows: [{ allow: Mon, time_zone: \(name) }] } }\n"
        let found = errors(text + "pipelines: [{ name: a }]")
        #expect(found.first?.hasSuffix("did you mean \"\(suggestion)\"?") == true)
    }

    @Test(arguments: [
        "/etc/localtime", "Europe/../UTC", "right/UTC", "posix/UTC", "a b", "Europe//Berlin", ".",
    ])
    func `a name of another form never reaches the file system`(name: String) {
        let zones = ZoneDatabase(
            file: { name in
                Issue.record("asked for \(name)")
                return nil
            },
            names: { ["UTC"] }
        )
        #expect(throws: SettingsErrors.self) { try rules("\"\(name)\"", zones) }
    }

    @Test(
        .enabled(
            if: ZoneDatabase.system.file("Europe/Berlin") != nil,
            "no /usr/share/zoneinfo/Europe/Berlin: install the package tzdata"
        )
    )
    func `the zones of this machine can be read`() throws {
        let berlin = try #require(ZoneDatabase.system.file("Europe/Berlin"))
        let rules = try rules(berlin)
        #expect(rules.offset(at: try time("2026-03-29T00:59:59.999Z")) == 3600)
        #expect(rules.offset(at: try time("2026-03-29T01:00:00Z")) == 7200)
        #expect(rules.offset(at: try time("2036-10-26T01:00:00Z")) == 3600)
        let names = ZoneDatabase.system.names()
        for name in names {
            let file = try #require(ZoneDatabase.system.file(name), "\(name)")
            #expect(throws: Never.self, "\(name)") { try self.rules(file) }
        }
        #expect(names.isEmpty || names.contains("Europe/Berlin"))
    }
}
