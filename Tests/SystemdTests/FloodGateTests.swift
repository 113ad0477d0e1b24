import Primitives
import Synchronization
import Systemd
import Testing

@Suite struct FloodGateTests {
    private let start = WallTime(milliseconds: 1_795_392_000_000)

    @Test(arguments: [
        (JournalPriority.info, false, false), (.notice, false, false), (.debug, false, false),
        (.notice, true, true), (.info, true, true), (.warning, false, true), (.error, false, true),
        (.critical, false, true),
    ])
    func `over the quota only routine entries are withheld`(
        priority: JournalPriority,
        isOutcome: Bool,
        passes: Bool
    ) {
        var gate = FloodGate(quota: 3)
        for _ in 0..<3 { #expect(gate.admits(entry(), at: start) == true) }
        #expect(gate.admits(entry(priority, isOutcome: isOutcome), at: start) == passes)
        #expect(gate.isHolding == !passes)
    }

    @Test func `outcomes, warnings and errors do not use up the quota`() {
        var gate = FloodGate(quota: 1)
        for _ in 0..<100 {
            #expect(gate.admits(entry(.notice, isOutcome: true), at: start) == true)
            #expect(gate.admits(entry(.error), at: start) == true)
        }
        #expect(gate.admits(entry(), at: start) == true)
        #expect(gate.admits(entry(), at: start) == false)
    }

    @Test func `withheld entries are reported once, when their interval is over`() {
        var gate = FloodGate(quota: 2)
        for _ in 0..<7 { _ = gate.admits(entry(), at: start) }
        #expect(gate.takeWithheld(at: start + .seconds(29)) == 0)
        #expect(gate.takeWithheld(at: start + .seconds(30)) == 5)
        #expect(gate.takeWithheld(at: start + .seconds(60)) == 0)
        #expect(!gate.isHolding)
    }

    @Test func `the end reports withheld entries, however early`() {
        var gate = FloodGate(quota: 1)
        for _ in 0..<3 { _ = gate.admits(entry(), at: start) }
        #expect(gate.takeWithheld(at: start, isLast: true) == 2)
    }

    @Test(arguments: [30, 31, 4000, -1])
    func `a new interval, or a clock set back, has a quota of its own`(seconds: Int) {
        var gate = FloodGate(quota: 1)
        for _ in 0..<5 { _ = gate.admits(entry(), at: start) }
        let later = start + .seconds(seconds)
        #expect(gate.admits(entry(), at: later) == true)
        #expect(gate.admits(entry(), at: later) == false)
        #expect(gate.takeWithheld(at: later, isLast: true) == 5)
    }

    /// journald's model: 10,000 entries of a unit in 30 s, notice and info together.
    @Test func `in the worst flood journald accepts every outcome`() {
        var gate = FloodGate()
        var routine = 0
        for _ in 0..<1000 {
            for _ in 0..<20 where gate.admits(entry(), at: start) { routine += 1 }
            #expect(gate.admits(entry(.notice, isOutcome: true), at: start) == true)
        }
        #expect(routine + 1000 <= 10_000)
        #expect(gate.takeWithheld(at: start, isLast: true) == 20_000 - routine)
    }

    @Test func `the sink withholds routine entries and reports the number`() throws {
        let received = Received()
        let sink = try QueuedSink(
            name: "test",
            capacity: 10_000,
            flushLimit: .seconds(30),
            flood: FloodGate(quota: 10),
            now: { WallTime(milliseconds: 0) },
            deliver: { received.take($0) }
        )
        for _ in 0..<100 {
            sink.write(entry())
            sink.write(entry(.notice, isOutcome: true))
        }
        sink.close()
        let entries = received.entries
        #expect(entries.count { !$0.fields.isEmpty && $0.priority == .notice } == 100)
        #expect(entries.count { $0.fields.isEmpty } == 10)
        #expect(entries.last == .entriesWithheld(90))
        #expect(entries.count == 111)
    }

    private func entry(
        _ priority: JournalPriority = .info,
        isOutcome: Bool = false
    ) -> JournalEntry {
        JournalEntry(
            message: "text",
            priority: priority,
            fields: isOutcome ? [(.outcome, "recovered")] : []
        )
    }
}

/// The entries that a sink delivered.
private final class Received: Sendable {
    private let taken = Mutex<[JournalEntry]>([])

    var entries: [JournalEntry] { taken.withLock { $0 } }

    func take(_ item: StampedEntry) -> Int32 {
        taken.withLock { $0.append(item.entry) }
        return 0
    }
}
