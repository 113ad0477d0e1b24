import AttemptLedger
import Primitives
import RetryCore
import Testing

@Suite("A ledger with any damage")
struct LedgerFuzzTests {
    /// The bytes of a stopped ledger with rows of each kind, and the log of a running one.
    private static let files: (database: [UInt8], log: [UInt8])? = {
        let directory = TemporaryDirectory()
        do throws(LedgerError) {
            let first = try open(directory).ledger
            try first.apply(rows, now: time(0))
            first.close()
            let second = try open(directory).ledger
            defer { second.close() }
            try second.apply([.episode(episode("late")), .pause(pause("other"))], now: time(1))
            guard let database = directory.read("ledger.sqlite"),
                let log = directory.read("ledger.sqlite-wal")
            else { return nil }
            return (database, log)
        } catch {
            Issue.record("\(error)")
            return nil
        }
    }()

    private static let rows: [LedgerWrite] = (0..<40).flatMap { number -> [LedgerWrite] in
        var record = episode("ended\(number)", endedAt: time(Int64(number)))
        record.lastFingerprint = Fingerprint(reduced: String(repeating: "x", count: 400))
        return [
            .episode(record), .episode(episode("open\(number)")),
            .intent(intent(of: "open\(number)")), .intent(intent(of: "ended\(number)")),
            .pause(pause(PipelineName("p\(number)"))),
        ]
    }

    /// Changes, cuts or lengthens the bytes somewhere.
    private func damage(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
        guard !bytes.isEmpty else { return }
        let place = random.below(random.below(4) == 0 ? min(100, bytes.count) : bytes.count)
        switch random.below(6) {
        case 0, 1: bytes[place] ^= UInt8(1 << random.below(8))
        case 2: bytes[place] = UInt8(random.below(256))
        case 3:
            for index in place..<min(bytes.count, place + 1 + random.below(5000)) {
                bytes[index] = UInt8(random.below(256))
            }
        case 4: bytes.removeLast(bytes.count - place)
        default: bytes += (0..<1 + random.below(9000)).map { _ in UInt8(random.below(256)) }
        }
    }

    @Test(arguments: UInt64(1)...150)
    func `it is opened, set aside or refused, and one that is open takes writes`(
        _ seed: UInt64
    ) throws {
        var random = SplitMix64(seed: seed)
        let directory = TemporaryDirectory()
        var (database, log) = try #require(Self.files)
        for _ in 0...random.below(3) {
            if random.below(4) == 0 { damage(&log, &random) } else { damage(&database, &random) }
        }
        directory.write(database, to: "ledger.sqlite")
        if random.below(2) == 0 { directory.write(log, to: "ledger.sqlite-wal") }
        let options = LedgerOptions(checkedPages: random.below(2) == 0 ? 0 : 8192)
        do throws(LedgerError) {
            let ledger = try open(directory, options: options).ledger
            defer { ledger.close() }
            _ = try ledger.recall(key("ended1"), now: time(5))
            try ledger.pruneAll(now: time(days(500)))
            try ledger.record(intent(of: "new"), now: time(6))
            try ledger.apply([.episode(episode("new", endedAt: time(7)))], now: time(7))
            #expect(try ledger.recall(key("new"), now: time(8)) == .ended(.recovered))
        } catch {
            // The marks in the header are damaged; or the file has a lower version than its tables,
            // to which the next step is refused.
            switch error {
            case .notALedger, .newer: break
            case .other(let code, _): #expect(code == 1, "seed \(seed): \(error)")
            default: Issue.record("seed \(seed): \(error)")
            }
        }
    }
}
