import AttemptLedger
import Primitives
import RetryCore
import Testing

@Suite("A ledger that is damaged, replaced or removed")
struct LedgerDamageTests {
    /// Junk that is longer than a page.
    private static let longJunk = String(repeating: "junk", count: 2000)

    /// Makes a closed ledger of several megabytes.
    private func bigLedger(_ directory: TemporaryDirectory, episodes: Int) throws {
        let ledger = try open(directory).ledger
        let writes = (0..<episodes).map { number in
            var record = episode("execution-\(number)")
            record.lastFingerprint = Fingerprint(reduced: String(repeating: "x", count: 500))
            return LedgerWrite.episode(record)
        }
        try ledger.apply(writes, now: time(0))
        ledger.close()
    }

    @Test(arguments: ["not a database", longJunk])
    func `a file that is not a database is set aside and a new one created`(_ junk: String) throws {
        let directory = TemporaryDirectory()
        directory.write(Array(junk.utf8), to: "ledger.sqlite")
        directory.write(Array("log".utf8), to: "ledger.sqlite-wal")
        let opening = try open(directory)
        let aside = "ledger.sqlite.corrupt-20261123T000000Z"
        #expect(opening.setAside == aside)
        #expect(opening.snapshot == LedgerSnapshot())
        #expect(directory.read(aside) == Array(junk.utf8))
        #expect(directory.read("ledger.sqlite-wal") != Array("log".utf8))
        try opening.ledger.record(intent(), now: time(0))
        opening.ledger.close()
        #expect(try stored(directory).intents == [intent()])
    }

    @Test
    func `two files damaged in the same second keep different names`() throws {
        let directory = TemporaryDirectory()
        for _ in 0..<2 {
            directory.remove("ledger.sqlite")
            directory.write(Array("not a database".utf8), to: "ledger.sqlite")
            try open(directory).ledger.close()
        }
        let aside = "ledger.sqlite.corrupt-20261123T000000Z"
        #expect(directory.names.filter { $0.contains("corrupt") } == [aside, aside + "-2"])
    }

    @Test
    func `a damaged page in the middle is found at start`() throws {
        let directory = TemporaryDirectory()
        try bigLedger(directory, episodes: 500)
        let page = directory.size("ledger.sqlite") / 4096 / 2
        directory.write([UInt8](repeating: 0xA5, count: 4096), to: "ledger.sqlite", at: page * 4096)
        let opening = try open(directory)
        defer { opening.ledger.close() }
        #expect(opening.setAside != nil)
        #expect(opening.snapshot == LedgerSnapshot())
    }

    @Test(arguments: [(0, true), (1, false)])
    func `damage that no row shows is found in a file small enough to be checked`(
        _ less: Int,
        _ isFound: Bool
    ) throws {
        let directory = TemporaryDirectory()
        let first = try open(directory).ledger
        let pauses = (0..<200).map { number in
            var next = pause(PipelineName("p\(number)"))
            next.reason = String(repeating: "x", count: 1000)
            return next
        }
        try first.apply(pauses.map { .pause($0) }, now: time(0))
        try first.apply(pauses.map { .resume($0.scope) }, now: time(0))
        first.close()
        // Bytes 32 to 35 of the header name the first page of the list of free pages.
        let header = try #require(directory.read("ledger.sqlite")).prefix(100)
        let page = header[32..<36].reduce(0) { $0 * 256 + Int($1) }
        try #require(page > 1)
        directory.write(
            [UInt8](repeating: 0xA5, count: 8),
            to: "ledger.sqlite",
            at: (page - 1) * 4096
        )
        let options = LedgerOptions(checkedPages: directory.size("ledger.sqlite") / 4096 - less)
        let opening = try open(directory, options: options)
        defer { opening.ledger.close() }
        #expect((opening.setAside != nil) == isFound)
    }

    @Test
    func `a truncated file is found at start`() throws {
        let directory = TemporaryDirectory()
        try bigLedger(directory, episodes: 100)
        let bytes = try #require(directory.read("ledger.sqlite"))
        directory.remove("ledger.sqlite")
        directory.write(Array(bytes.prefix(bytes.count / 2)), to: "ledger.sqlite")
        let opening = try open(directory)
        defer { opening.ledger.close() }
        #expect(opening.setAside != nil)
    }

    @Test
    func `an empty file is a new ledger`() throws {
        let directory = TemporaryDirectory()
        directory.write([], to: "ledger.sqlite")
        let opening = try open(directory)
        defer { opening.ledger.close() }
        #expect(opening.setAside == nil)
        try opening.ledger.record(intent(), now: time(0))
    }

    @Test
    func `damage found at run time loses nothing in memory`() throws {
        let directory = TemporaryDirectory()
        try bigLedger(directory, episodes: 6000)
        let opening = try open(directory)
        let ledger = opening.ledger
        let size = directory.size("ledger.sqlite")
        directory.write([UInt8](repeating: 0xA5, count: size - 8192), to: "ledger.sqlite", at: 8192)
        let touched = opening.snapshot.episodes.map { record in
            var record = record
            record.counts.late = 9
            return record
        }
        try ledger.apply(touched.map { .episode($0) }, now: time(5))
        let aside = "ledger.sqlite.corrupt-20261123T000005Z"
        #expect(ledger.takeNotices() == [.setAside(file: aside)])
        #expect(ledger.takeNotices().isEmpty)
        #expect(directory.size(aside) == size)
        try ledger.record(intent(), now: time(6))
        ledger.close()
        let after = try stored(directory)
        #expect(after.episodes == touched)
        #expect(after.intents == [intent()])
    }

    /// A ledger whose file is too large to be checked at a start, damaged except for its first
    /// pages.
    private func damagedLedger(_ directory: TemporaryDirectory, at now: WallTime) throws -> Ledger {
        let first = try open(directory).ledger
        let writes = (0..<3000).map { LedgerWrite.episode(episode("e\($0)", endedAt: time(0))) }
        try first.apply(writes + [.episode(episode("open", seen: now))], now: time(0))
        first.close()
        let ledger = try open(directory, options: LedgerOptions(checkedPages: 0)).ledger
        let size = directory.size("ledger.sqlite")
        let junk = [UInt8](repeating: 0xA5, count: size - 8192)
        directory.write(junk, to: "ledger.sqlite", at: 8192)
        return ledger
    }

    @Test
    func `damage found by a query sets the file aside, and open rows are kept`() throws {
        let directory = TemporaryDirectory()
        let ledger = try damagedLedger(directory, at: time(5))
        #expect(try ledger.recall(key("e1500"), now: time(5)) == .new)
        let aside = "ledger.sqlite.corrupt-20261123T000005Z"
        #expect(ledger.takeNotices() == [.setAside(file: aside)])
        try ledger.apply([], now: time(6))
        ledger.close()
        #expect(try stored(directory).episodes == [episode("open", seen: time(5))])
    }

    @Test
    func `damage found only in old rows sets the file aside, and open rows are kept`() throws {
        let directory = TemporaryDirectory()
        let now = time(days(31))
        let ledger = try damagedLedger(directory, at: now)
        #expect(try !ledger.prune(now: now))
        #expect(ledger.takeNotices().count == 1)
        try ledger.apply([], now: now)
        #expect(try ledger.snapshot().episodes == [episode("open", seen: now)])
        ledger.close()
        #expect(try stored(directory).episodes == [episode("open", seen: now)])
    }

    @Test
    func `a damaged file is set aside once an hour, and at once when the clock was set back`()
        throws
    {
        let directory = TemporaryDirectory()
        let ledger = try open(directory).ledger
        func damage() {
            directory.remove("ledger.sqlite")
            directory.write(Array("not a database".utf8), to: "ledger.sqlite")
        }
        try ledger.record(intent(1), now: time(0))
        damage()
        try ledger.record(intent(2), now: time(5))
        #expect(
            ledger.takeNotices() == [.setAside(file: "ledger.sqlite.corrupt-20261123T000005Z")]
        )
        damage()
        #expect(throws: LedgerError.corrupt) { try ledger.record(intent(3), now: time(5)) }
        #expect(throws: LedgerError.corrupt) { try ledger.record(intent(3), now: time(3604)) }
        #expect(ledger.takeNotices().isEmpty)
        try ledger.record(intent(3), now: time(3605))
        #expect(
            ledger.takeNotices() == [.setAside(file: "ledger.sqlite.corrupt-20261123T010005Z")]
        )
        damage()
        try ledger.record(intent(4), now: time(0))
        #expect(ledger.takeNotices().count == 1)
        ledger.close()
        #expect(try stored(directory).intents == (1...4).map { intent($0) })
    }

    @Test
    func `a removed file is recreated with everything in memory`() throws {
        let directory = TemporaryDirectory()
        let ledger = try open(directory).ledger
        try ledger.record(intent(1), now: time(0))
        try ledger.apply([.pause(pause())], now: time(0))
        directory.remove("ledger.sqlite")
        try ledger.record(intent(2), now: time(1))
        #expect(ledger.takeNotices() == [.missing])
        ledger.close()
        let after = try stored(directory)
        #expect(after == LedgerSnapshot(intents: [intent(1), intent(2)], pauses: [pause()]))
    }

    @Test
    func `a replaced file gets everything in memory`() throws {
        let other = TemporaryDirectory()
        let backup = try open(other).ledger
        try backup.apply([.episode(episode("backup"))], now: time(0))
        backup.close()
        let directory = TemporaryDirectory()
        let ledger = try open(directory).ledger
        try ledger.record(intent(1), now: time(0))
        directory.remove("ledger.sqlite")
        other.copy("ledger.sqlite", to: directory)
        try ledger.record(intent(2), now: time(1))
        #expect(ledger.takeNotices() == [.replaced])
        ledger.close()
        let after = try stored(directory)
        #expect(after.intents == [intent(1), intent(2)])
        #expect(after.episodes == [episode("backup")])
    }

    @Test(arguments: [true, false])
    func `an intent recorded after the file was removed or replaced survives a crash`(
        _ isReplaced: Bool
    ) throws {
        let backup = TemporaryDirectory()
        try open(backup).ledger.close()
        let directory = TemporaryDirectory()
        let ledger = try open(directory).ledger
        defer { ledger.close() }
        try ledger.record(intent(1), now: time(0))
        directory.remove("ledger.sqlite")
        if isReplaced { backup.copy("ledger.sqlite", to: directory) }
        for sequence in 2...3 {
            try ledger.record(intent(sequence), now: time(1))
            let copy = TemporaryDirectory()
            for name in ["ledger.sqlite", "ledger.sqlite-wal"] { directory.copy(name, to: copy) }
            #expect(try stored(copy).intents == (1...sequence).map { intent($0) })
        }
    }

    @Test
    func `a file that was moved away is released, whatever replaced it`() throws {
        let directory = TemporaryDirectory()
        try open(directory).ledger.close()
        let ledger = try open(directory).ledger
        defer { ledger.close() }
        let elsewhere = TemporaryDirectory()
        directory.move("ledger.sqlite", toPath: elsewhere.path + "/ledger.sqlite")
        directory.makeDirectory("ledger.sqlite")
        #expect(throws: LedgerError.readOnly) { try ledger.snapshot() }
        let other = try open(elsewhere).ledger
        defer { other.close() }
        try other.record(intent(), now: time(0))
        directory.removeDirectory("ledger.sqlite")
    }

    @Test
    func `a removed directory is created again`() throws {
        let directory = TemporaryDirectory()
        let path = directory.path + "/state"
        let ledger = try Ledger.open(directory: path, now: time(0), processID: 1).ledger
        try ledger.record(intent(1), now: time(0))
        for name in ["ledger.sqlite", "ledger.sqlite-wal", "ledger.lock"] {
            directory.remove("state/" + name)
        }
        directory.removeDirectory("state")
        try ledger.record(intent(2), now: time(1))
        #expect(try ledger.snapshot().intents == [intent(1), intent(2)])
        ledger.close()
        for name in ["ledger.sqlite", "ledger.lock"] { directory.remove("state/" + name) }
    }
}
